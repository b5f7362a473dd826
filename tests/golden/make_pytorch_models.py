#!/usr/bin/env python3
"""Writes pytorch/models/: models of convolutions, Transformers and attention, as Python saves them.

NAME.pt is torch.save(model.state_dict()), NAME.safetensors the same state in that format, and NAME.run.pt holds "inputs" and the
"outputs" that the model gives for them in evaluation. tests/xgrad/pytorch_models_test.cpp has the same models.
"""

import json
import os
import struct

import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch", "models")


class Listener(nn.Module):
    """Convolutions in time, up and down, and an LSTM with projections in both directions."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(2, 6, 5, stride=2, padding=2), nn.BatchNorm1d(6), nn.ReLU(),
            nn.Conv1d(6, 6, 3, groups=3, dilation=2, padding="same", padding_mode="reflect", bias=False), nn.PReLU(6),
            nn.MaxPool1d(2))
        self.grow = nn.ConvTranspose1d(6, 4, 4, stride=2, padding=1, groups=2)
        self.normal = nn.utils.weight_norm(nn.Conv1d(4, 4, 1))
        self.rnn = nn.LSTM(4, 5, bidirectional=True, proj_size=3, batch_first=True)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.rnn(self.normal(self.grow(self.features(x))).transpose(1, 2))[0])


class Reader(nn.Module):
    """Words with padding through a Transformer's encoder, and pooled."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8, padding_idx=0)
        layer = nn.TransformerEncoderLayer(8, 2, 12, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8))
        self.head = nn.Linear(8, 3)

    def forward(self, words):
        padding = words == 0
        x = self.encoder(self.embedding(words), src_key_padding_mask=padding)
        return self.head(x.masked_fill(padding.unsqueeze(2), 0).sum(1))


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Transformer(8, 2, 1, 2, 12)
        self.head = nn.Linear(8, 5)

    def forward(self, source, target):
        mask = nn.Transformer.generate_square_subsequent_mask(target.size(0))
        return self.head(self.transformer(source, target, tgt_mask=mask))


class Looker(nn.Module):
    """Attention with keys and values of other widths, and with a learned key and value."""

    def __init__(self):
        super().__init__()
        self.mixed = nn.MultiheadAttention(8, 4, kdim=3, vdim=5, batch_first=True)
        self.own = nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True, batch_first=True)

    def forward(self, query, key, value):
        x, weights = self.mixed(query, key, value)
        return [self.own(x, x, x, need_weights=False)[0], weights]


def inputs_of(name):
    if name == "listener":
        return [torch.randn(2, 2, 21)]
    if name == "reader":
        return [torch.tensor([[3, 7, 10, 1], [2, 5, 0, 0], [4, 0, 0, 0]])]
    if name == "translator":
        return [torch.randn(5, 2, 8), torch.randn(3, 2, 8)]
    return [torch.randn(2, 3, 8), torch.randn(2, 4, 3), torch.randn(2, 4, 5)]


def write_safetensors(state, path):
    """https://huggingface.co/docs/safetensors: the header's length, the header, the numbers."""
    names = {torch.float32: "F32", torch.int64: "I64"}
    header, data = {}, b""
    for name, tensor in state.items():
        part = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def write_model(name, model):
    torch.manual_seed(len(name))
    inputs = inputs_of(name)
    for parameter in model.parameters():  # biases and factors of 0 and 1 would hide what is mixed up
        nn.init.uniform_(parameter, -0.7, 0.7)
    model.train()
    with torch.no_grad():
        model(*inputs)  # statistics of batches
        model.eval()
        outputs = model(*inputs)
    path = os.path.join(FOLDER, name)
    torch.save(model.state_dict(), path + ".pt")
    write_safetensors(model.state_dict(), path + ".safetensors")
    torch.save({"inputs": inputs, "outputs": outputs if isinstance(outputs, list) else [outputs]}, path + ".run.pt")


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    for model in Listener, Reader, Translator, Looker:
        write_model(model.__name__.lower(), model())
