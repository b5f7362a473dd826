#!/usr/bin/env python3
"""Writes optim.json: parameters under PyTorch 1.13's optimizers, after 1, 10, 100 and 1000 steps.

The parameters are uniform(seed 1) and uniform(seed 2). The gradient comes from a loss that never settles: at step k,
sum((p - target_k)^4) with target_k = sin(0.1 k + position).
"""

import torch

from golden import encode, uniform, write

CHECKED = (1, 10, 100, 1000)
OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-2),
    "adam_betas": lambda p: torch.optim.Adam(p, lr=3e-3, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adam_amsgrad": lambda p: torch.optim.Adam(p, lr=1e-2, amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2),
    "adamw_decay": lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.2, amsgrad=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, nesterov=True, weight_decay=0.01),
}
SCHEDULERS = {
    "none": None,
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 30, gamma=0.8),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.997),
}


def loss(parameters, step):
    total = 0
    for p in parameters:
        positions = torch.arange(p.numel(), dtype=p.dtype).reshape(p.shape)
        total = total + ((p - torch.sin(positions + 0.1 * step)) ** 4).sum()
    return total


cases = []
for name, optimizer_of in OPTIMIZERS.items():
    for schedule, scheduler_of in SCHEDULERS.items():
        for dtype in (torch.float64,) if schedule != "none" else (torch.float64, torch.float32):
            parameters = [uniform([3, 7], 1, -1, 1, dtype).requires_grad_(), uniform([5], 2, -1, 1, dtype).requires_grad_()]
            optimizer = optimizer_of(parameters)
            scheduler = scheduler_of(optimizer) if scheduler_of else None
            snapshots = []
            for step in range(1, (100 if dtype == torch.float32 else 1000) + 1):
                optimizer.zero_grad()
                loss(parameters, step).backward()
                optimizer.step()
                if scheduler:
                    scheduler.step()
                if step in CHECKED:
                    snapshots.append({"step": step, "lr": optimizer.param_groups[0]["lr"], "parameters": [encode(p) for p in parameters]})
            cases.append({"optimizer": name, "scheduler": schedule, "dtype": str(dtype).removeprefix("torch."), "snapshots": snapshots})
write("optim", cases)
