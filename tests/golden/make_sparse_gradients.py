#!/usr/bin/env python3
"""Writes sparse_gradients.json: what PyTorch 1.13 does with the gradients of Embedding(sparse=True).

A table of 40 rows, uniform(seed 1), of which row 3 is padding and rows 30 and above are never looked up. A step looks up
several rows twice in one graph, and every second step adds up the gradients of a third look-up from a backward of its own.
The loss never settles: sum((row - target_k)^4) with target_k = sin(0.1 k + position); with "maximize", minus that.
Snapshots are of the table after 1, 10, 100 and 1000 steps. "state" is that of SparseAdam after 10 steps.
"""

import torch

from golden import encode, uniform, write

CHECKED = (1, 10, 100, 1000)
OPTIMIZERS = {
    "sparse_adam": lambda p: torch.optim.SparseAdam(p, lr=1e-2),
    "sparse_adam_betas": lambda p: torch.optim.SparseAdam(p, lr=3e-3, betas=(0.8, 0.95), eps=1e-6),
    "sparse_adam_maximize": lambda p: torch.optim.SparseAdam(p, lr=1e-2, maximize=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3),
    "sgd_maximize": lambda p: torch.optim.SGD(p, lr=1e-3, maximize=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "adagrad_decay": lambda p: torch.optim.Adagrad(p, lr=0.1, lr_decay=0.01, initial_accumulator_value=0.5, eps=1e-6),
}


def indices(step, number):
    """The look-up of this number in a step: 8 rows, some of them twice."""
    return torch.tensor([(5 * step + 11 * number + i * i) % 30 for i in range(8)]).reshape(2, 4)


def loss(table, step, number):
    rows = torch.nn.functional.embedding(indices(step, number), table, padding_idx=3, sparse=True)
    positions = torch.arange(rows.numel(), dtype=rows.dtype).reshape(rows.shape)
    return ((rows - torch.sin(positions + 0.1 * step)) ** 4).sum()


def train(optimizer, table, step, sign):
    optimizer.zero_grad()
    (sign * (loss(table, step, 0) + loss(table, step, 1))).backward()
    if step % 2 == 0:
        (sign * loss(table, step, 2)).backward()
    optimizer.step()


cases = []
for name, optimizer_of in OPTIMIZERS.items():
    for dtype in (torch.float64, torch.float32):
        table = uniform([40, 5], 1, -1, 1, dtype).requires_grad_()
        optimizer = optimizer_of([table])
        case = {"optimizer": name, "dtype": str(dtype).removeprefix("torch."), "snapshots": []}
        for step in range(1, (100 if dtype == torch.float32 else CHECKED[-1]) + 1):
            train(optimizer, table, step, -1 if name.endswith("maximize") else 1)
            if step in CHECKED:
                case["snapshots"].append({"step": step, "table": encode(table)})
            if step == 10 and name.startswith("sparse_adam"):
                saved = optimizer.state_dict()
                state = saved["state"][0]
                case["state"] = {"step": state["step"], "exp_avg": encode(state["exp_avg"]),
                                 "exp_avg_sq": encode(state["exp_avg_sq"]), "group": sorted(saved["param_groups"][0])}
        cases.append(case)
write("sparse_gradients", cases)
