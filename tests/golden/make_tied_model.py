#!/usr/bin/env python3
"""Writes pytorch/tied.pt with torch.save: the state of a model whose head has the weight of its embedding, an input, and the
output; and the names that Python lists."""

import os

import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch")


class Head(torch.nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
        self.bias = torch.nn.Parameter(torch.randn(weight.shape[0]))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(5, 3)
        self.head = Head(self.embedding.weight)
        self.norm = torch.nn.BatchNorm1d(3)
        self.again = self.norm

    def forward(self, tokens):
        return self.head(self.again(self.norm(self.embedding(tokens))))


if __name__ == "__main__":
    torch.manual_seed(3)
    model = Tied()
    tokens = torch.tensor([0, 3, 1, 4])
    model(tokens)
    model.eval()
    torch.save({
        "state": model.state_dict(),
        "tokens": tokens,
        "output": model(tokens).detach(),
        "parameters": [name for name, _ in model.named_parameters()],
        "buffers": [name for name, _ in model.named_buffers()],
        "modules": [name for name, _ in model.named_modules()],
    }, os.path.join(FOLDER, "tied.pt"))
