#!/usr/bin/env python3
"""Writes optim.json, lr_scheduler.json and optim_state.json: what PyTorch 1.13's optimizers and schedulers do.

optim.json: parameters after 1, 10, 100 and 1000 steps (with a line search, 10 at most). They begin as uniform(seed 1) and uniform(seed 2). The gradient comes
from a loss that never settles: at step k, sum((p - target_k)^4) with target_k = sin(0.1 k + position); with "maximize", from
minus that.
lr_scheduler.json: learning rate, and momentum where it is cycled, before the first step and after each of the others.
optim_state.json: state_dict() of optimizer and scheduler after 10 steps, and parameters then and after 10 more.
"""

import collections

import torch
from torch.optim import lr_scheduler

from golden import encode, uniform, write

CHECKED = (1, 10, 100, 1000)
CHAOTIC = (1, 5, 10)  # with a line search, a difference of one bit grows to 1e-5 within 33 steps
OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-2),
    "adam_betas": lambda p: torch.optim.Adam(p, lr=3e-3, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adam_amsgrad": lambda p: torch.optim.Adam(p, lr=1e-2, amsgrad=True),
    "adam_maximize": lambda p: torch.optim.Adam(p, lr=1e-2, weight_decay=0.1, maximize=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2),
    "adamw_decay": lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.2, amsgrad=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, nesterov=True, weight_decay=0.01),
    "sgd_maximize": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.5, maximize=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "adagrad_decay": lambda p: torch.optim.Adagrad(
        p, lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-6),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-2),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.9, eps=1e-6, momentum=0.9, weight_decay=0.1),
    "rmsprop_centered": lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.95, centered=True, momentum=0.5),
    "lbfgs": lambda p: torch.optim.LBFGS(p, lr=0.1, max_iter=3, history_size=4),
    "lbfgs_wolfe": lambda p: torch.optim.LBFGS(p, max_iter=5, history_size=4, line_search_fn="strong_wolfe"),
}


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)


def sequential(optimizer):
    parts = [lr_scheduler.LinearLR(optimizer, 0.1, total_iters=8), lr_scheduler.CosineAnnealingLR(optimizer, 20),
             lr_scheduler.ExponentialLR(optimizer, 0.9)]
    return lr_scheduler.SequentialLR(optimizer, parts, milestones=[8, 28])


# Name: optimizer, scheduler, number of steps.
SCHEDULERS = {
    "step": (sgd, lambda o: lr_scheduler.StepLR(o, 7, gamma=0.5), 30),
    "multi_step": (sgd, lambda o: lr_scheduler.MultiStepLR(o, [3, 10, 10, 20], gamma=0.5), 30),
    "exponential": (sgd, lambda o: lr_scheduler.ExponentialLR(o, 0.9), 30),
    "cosine": (sgd, lambda o: lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.01), 45),
    "lambda": (sgd, lambda o: lr_scheduler.LambdaLR(o, lambda step: 0.95**step / (1 + step)), 30),
    "linear": (sgd, lambda o: lr_scheduler.LinearLR(o, 0.25, 0.75, 12), 20),
    "one_cycle": (sgd, lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=40), 40),
    "one_cycle_linear": (
        lambda p: torch.optim.Adam(p, betas=(0.9, 0.99)),
        lambda o: lr_scheduler.OneCycleLR(
            o, 0.5, total_steps=40, pct_start=0.25, anneal_strategy="linear", base_momentum=0.8, max_momentum=0.99,
            div_factor=10, final_div_factor=100, three_phase=True),
        40),
    "one_cycle_no_momentum": (
        lambda p: torch.optim.Adagrad(p), lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=30, cycle_momentum=False), 30),
    "sequential": (sgd, sequential, 40),
    "plateau": (sgd, lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=2), 40),
    "plateau_max": (
        sgd,
        lambda o: lr_scheduler.ReduceLROnPlateau(
            o, "max", factor=0.3, patience=1, threshold=0.05, threshold_mode="abs", cooldown=3, min_lr=0.002),
        60),
}
# Optimizer and scheduler, by name.
STATES = [("sgd_nesterov", "multi_step"), ("sgd", "plateau"), ("adam_amsgrad", "one_cycle"), ("adamw", "cosine"),
          ("adagrad_decay", "linear"), ("rmsprop_centered", "sequential"), ("lbfgs_wolfe", "step"), ("adam", "exponential")]


def start(dtype):
    return [uniform([3, 7], 1, -1, 1, dtype).requires_grad_(), uniform([5], 2, -1, 1, dtype).requires_grad_()]


def loss(parameters, step):
    total = 0
    for p in parameters:
        positions = torch.arange(p.numel(), dtype=p.dtype).reshape(p.shape)
        total = total + ((p - torch.sin(positions + 0.1 * step)) ** 4).sum()
    return total


def train(optimizer, parameters, step, maximize):
    def closure():
        optimizer.zero_grad()
        value = loss(parameters, step) * (-1 if maximize else 1)
        value.backward()
        return value

    optimizer.step(closure)


def metric(step):
    """Gets better, stands still, gets worse."""
    return 1 / (1 + step) if step < 8 else 0.1 + 0.01 * (step % 5)


def schedule(scheduler, step):
    if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
        scheduler.step(metric(step))
    else:
        scheduler.step()


def rates(optimizer):
    group = optimizer.param_groups[0]
    return [group["lr"], group["betas"][0] if "betas" in group else group.get("momentum", 0)]


def value(python):
    """Nested data as JSON: what JSON has no name for is an object with one member."""
    if isinstance(python, torch.Tensor):
        return {"tensor": encode(python)}
    if isinstance(python, tuple):
        return {"tuple": [value(item) for item in python]}
    if isinstance(python, list):
        return [value(item) for item in python]
    if isinstance(python, (dict, collections.Counter)):
        return {"dict": [[key, value(item)] for key, item in python.items() if key not in ("anneal_func", "al")]}
    if isinstance(python, float) and abs(python) == float("inf"):
        return {"infinity": python > 0}
    return python


cases = []
for name, optimizer_of in OPTIMIZERS.items():
    for dtype in (torch.float64, torch.float32):
        if name.startswith("lbfgs") and dtype == torch.float32:
            continue  # its decisions hang on single bits
        parameters = start(dtype)
        optimizer = optimizer_of(parameters)
        snapshots = []
        checked = CHAOTIC if name == "lbfgs_wolfe" else CHECKED
        for step in range(1, (100 if dtype == torch.float32 else checked[-1]) + 1):
            train(optimizer, parameters, step, "maximize" in name)
            if step in checked:
                snapshots.append({"step": step, "parameters": [encode(p) for p in parameters]})
        cases.append({"optimizer": name, "dtype": str(dtype).removeprefix("torch."), "snapshots": snapshots})
write("optim", cases)

curves = []
for name, (optimizer_of, scheduler_of, steps) in SCHEDULERS.items():
    optimizer = optimizer_of(start(torch.float32))
    scheduler = scheduler_of(optimizer)
    curve = [rates(optimizer)]
    for step in range(steps):
        optimizer.step()
        schedule(scheduler, step)
        curve.append(rates(optimizer))
    curves.append({"scheduler": name, "rates": curve})
write("lr_scheduler", curves)

states = []
for optimizer_name, scheduler_name in STATES:
    parameters = start(torch.float64)
    optimizer = OPTIMIZERS[optimizer_name](parameters)
    scheduler = SCHEDULERS[scheduler_name][1](optimizer)
    case = {"optimizer": optimizer_name, "scheduler": scheduler_name}
    for step in range(1, 21):
        train(optimizer, parameters, step, False)
        schedule(scheduler, step)
        if step == 10:
            case["middle"] = [encode(p) for p in parameters]
            case["optimizer_state"] = value(optimizer.state_dict())
            case["scheduler_state"] = value(scheduler.state_dict())
    case["end"] = [encode(p) for p in parameters]
    states.append(case)
write("optim_state", states)
