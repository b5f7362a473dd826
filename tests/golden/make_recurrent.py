#!/usr/bin/env python3
"""Writes recurrent.json: RNN, LSTM and GRU of PyTorch 1.13, and their cells: outputs, final states and all gradients.

Nothing that can be made again is stored. Parameter number i, in the order of named_parameters, is uniform(seed + i); the
input is uniform(seed + 100), the states follow, and the outputs' weights start at seed + 200 (see golden.py).
"""

import itertools

import torch
from torch.nn.utils.rnn import pack_padded_sequence

from golden import DTYPES, encode, uniform, weights_for, write

TIME, BATCH, INPUT, HIDDEN = 4, 3, 2, 3
LENGTHS = {"padded": None, "sorted": [4, 3, 1], "unsorted": [2, 4, 3]}


def fill(module, seed, dtype):
    module.to(dtype)
    with torch.no_grad():
        for i, (name, parameter) in enumerate(module.named_parameters()):
            parameter.copy_(uniform(list(parameter.shape), seed + i, -0.7, 0.7, dtype))


def make(kind, **options):
    if kind in ("tanh", "relu"):
        return torch.nn.RNN(INPUT, HIDDEN, nonlinearity=kind, **options)
    return getattr(torch.nn, kind)(INPUT, HIDDEN, **options)


def run(kind, layers, bidirectional, bias, mode, given, dtype, seed, batch_first):
    module = make(kind, num_layers=layers, bidirectional=bidirectional, bias=bias, batch_first=batch_first)
    fill(module, seed, dtype)
    x = uniform([TIME, BATCH, INPUT], seed + 100, -1, 1, dtype).requires_grad_()
    shape = [layers * (2 if bidirectional else 1), BATCH, HIDDEN]
    states = [uniform(shape, seed + 101 + i, -1, 1, dtype).requires_grad_() for i in range(2 if kind == "LSTM" else 1)] if given else []
    state = None if not given else tuple(states) if kind == "LSTM" else states[0]
    fed = x.transpose(0, 1) if batch_first else x
    if mode != "padded":
        fed = pack_padded_sequence(fed, torch.tensor(LENGTHS[mode]), batch_first, enforce_sorted=mode == "sorted")
    output, final = module(fed, state)
    output = output.data if mode != "padded" else output.transpose(0, 1) if batch_first else output
    results = [output, *(final if kind == "LSTM" else [final])]
    loss = sum((result * weights_for(result, seed + 200 + i)).sum() for i, result in enumerate(results))
    wanted = [x, *states, *module.parameters()]
    return results, torch.autograd.grad(loss, wanted)


def sequences():
    cases = []
    grid = list(itertools.product(("tanh", "relu", "LSTM", "GRU"), (1, 2, 3), (False, True), (True, False), LENGTHS, (True, False), ("float64",)))
    grid += list(itertools.product(("tanh", "relu", "LSTM", "GRU"), (2,), (True,), (True,), LENGTHS, (True,), ("float32",)))
    for number, (kind, layers, bidirectional, bias, mode, given, dtype) in enumerate(grid):
        arguments = (kind, layers, bidirectional, bias, mode, given, DTYPES[dtype], 1000 * number)
        results, gradients = run(*arguments, batch_first=False)
        twins = run(*arguments, batch_first=True)
        for one, other in zip((*results, *gradients), (*twins[0], *twins[1])):  # what is stored holds for both layouts
            assert torch.allclose(one, other, rtol=1e-5 if dtype == "float32" else 1e-12)
        cases.append({"kind": kind, "layers": layers, "bidirectional": bidirectional, "bias": bias, "mode": mode, "states": given,
                      "dtype": dtype, "seed": 1000 * number, "results": [encode(result) for result in results],
                      "gradients": [encode(gradient) for gradient in gradients]})
    write("recurrent", cases)


def cells():
    cases = []
    for number, (kind, bias, given, batch) in enumerate(itertools.product(("tanh", "relu", "LSTM", "GRU"), (True, False), (True, False), (3, 0))):
        dtype, seed = torch.float64, 700000 + 1000 * number
        if kind in ("tanh", "relu"):
            module = torch.nn.RNNCell(INPUT, HIDDEN, bias=bias, nonlinearity=kind)
        else:
            module = getattr(torch.nn, kind + "Cell")(INPUT, HIDDEN, bias=bias)
        fill(module, seed, dtype)
        x = uniform([batch, INPUT] if batch else [INPUT], seed + 100, -1, 1, dtype).requires_grad_()  # 0: one sequence alone
        shape = [batch, HIDDEN] if batch else [HIDDEN]
        states = [uniform(shape, seed + 101 + i, -1, 1, dtype).requires_grad_() for i in range(2 if kind == "LSTM" else 1)] if given else []
        result = module(x, None if not given else tuple(states) if kind == "LSTM" else states[0])
        results = list(result) if kind == "LSTM" else [result]
        loss = sum((r * weights_for(r, seed + 200 + i)).sum() for i, r in enumerate(results))
        gradients = torch.autograd.grad(loss, [x, *states, *module.parameters()])
        cases.append({"kind": kind, "bias": bias, "states": given, "batch": batch, "seed": seed, "results": [encode(r) for r in results],
                      "gradients": [encode(gradient) for gradient in gradients]})
    write("recurrent_cells", cases)


sequences()
cells()
