#!/usr/bin/env python3
"""The steps of large_table.cpp in PyTorch: Embedding with Adam, and Embedding(sparse=True) with SparseAdam, in turn.

Prints the lower deciles of whole steps.

usage: large_table_pytorch.py [STEPS] [THREADS] [lstm]
"""
import math
import sys
import time

import torch
from torch import nn

WORDS, FEATURES, BATCH, LENGTH = 76000, 64, 64, 200


class Trainer:
    def __init__(self, sparse, lstm):
        self.table = nn.Embedding(WORDS, FEATURES, sparse=sparse)
        self.lstm = nn.LSTM(FEATURES, FEATURES, batch_first=True) if lstm else None
        self.linear = nn.Linear(FEATURES, 1)
        dense = [*self.linear.parameters(), *(self.lstm.parameters() if lstm else [])]
        self.all = [*dense, self.table.weight]
        self.optimizers = [torch.optim.Adam(dense if sparse else self.all)]
        if sparse:
            self.optimizers.append(torch.optim.SparseAdam([self.table.weight]))
        self.times = []

    def step(self, index):
        start = time.perf_counter()
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        vectors = self.table(index)
        state = self.lstm(vectors)[0][:, -1] if self.lstm else vectors.mean(1)
        self.linear(state).square().mean().backward()
        # clip_grad_norm_ takes no sparse gradients in 1.13: their norms and factors by hand.
        gradients = [p.grad for p in self.all]
        norm = torch.stack([torch.norm(g.coalesce().values() if g.is_sparse else g) for g in gradients]).norm()
        factor = torch.clamp(1 / (norm + 1e-6), max=1)
        for gradient in gradients:
            gradient.mul_(factor)
        for optimizer in self.optimizers:
            optimizer.step()
        self.times.append(time.perf_counter() - start)


steps = int(sys.argv[1]) if len(sys.argv) > 1 else 40
torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
torch.manual_seed(0)
trainers = [Trainer(sparse, "lstm" in sys.argv) for sparse in (False, True)]
for _ in range(steps):
    index = torch.exp(torch.rand(BATCH, LENGTH) * math.log(WORDS)).long()
    for trainer in trainers:
        trainer.step(index)
dense, sparse = (sorted(trainer.times)[len(trainer.times) // 10] * 1e3 for trainer in trainers)
print(f"dense {dense:.2f} ms, sparse {sparse:.2f} ms, ratio {dense / sparse:.2f}")
