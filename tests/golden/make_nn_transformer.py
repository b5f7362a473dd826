#!/usr/bin/env python3
"""Writes nn/transformer.json: Transformers of PyTorch 1.13, without dropout, while training."""

import math

import torch
from torch import nn

from nn_cases import Cases, given, spec

cases = Cases("transformer")
later = torch.ones(3, 3, dtype=torch.bool).triu(1)
numbers = torch.zeros(3, 3).double().masked_fill(later, -math.inf)
padding = torch.tensor([[False, False, True], [False, True, True]])
source_padding = torch.tensor([[False, False, False, True], [False, False, True, True]])

for options in ({}, {"norm_first": True}, {"batch_first": True}, {"activation": "gelu", "layer_norm_eps": 0.1}):
    make = lambda: nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, **options)
    shape = [2, 3, 4] if options.get("batch_first") else [3, 2, 4]
    cases.case("TransformerEncoderLayer", make(), [spec(shape), None, None], options)
    cases.case("TransformerEncoderLayer", make(), [spec(shape), given(later), given(padding)], options)
    cases.case("TransformerEncoderLayer", make(), [spec(shape), given(numbers), None], options)
    make = lambda: nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0, **options)
    memory = [2, 4, 4] if options.get("batch_first") else [4, 2, 4]
    run = lambda m, x, y, a, b, c: m(x, y, a, None, b, c)
    cases.case("TransformerDecoderLayer", make(), [spec(shape), spec(memory), None, None, None], options, run)
    cases.case("TransformerDecoderLayer", make(), [spec(shape), spec(memory), given(later), given(padding), given(source_padding)], options, run)
cases.case("TransformerEncoderLayer", nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0), [spec([3, 2, 4]), None, None], {}, dtype="float32")

encoder = lambda norm: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0), 2, nn.LayerNorm(4) if norm else None)
decoder = lambda norm: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0), 2, nn.LayerNorm(4) if norm else None)
for norm in (False, True):
    cases.case("TransformerEncoder", encoder(norm), [spec([3, 2, 4]), given(later), given(padding)], {"norm": norm})
    cases.case("TransformerDecoder", decoder(norm), [spec([3, 2, 4]), spec([4, 2, 4]), given(later), given(source_padding)], {"norm": norm},
               lambda m, x, y, a, b: m(x, y, a, memory_key_padding_mask=b))
for options in ({}, {"norm_first": True, "activation": "gelu"}):
    model = nn.Transformer(4, 2, 2, 1, 6, dropout=0.0, **options)
    cases.case("Transformer", model, [spec([4, 2, 4]), spec([3, 2, 4]), given(later), given(source_padding)], options,
               lambda m, x, y, a, b: m(x, y, tgt_mask=a, src_key_padding_mask=b, memory_key_padding_mask=b))
cases.write()
