#!/usr/bin/env python3
"""Writes nn/init.json: what each initialiser of PyTorch 1.13 puts into a tensor after torch.manual_seed(seed)."""

import torch
from torch.nn import init

from golden import encode, write

INITIALISERS = [
    ("uniform_", {}), ("uniform_", {"a": -2.0, "b": 0.5}), ("normal_", {}), ("normal_", {"mean": 1.0, "std": 0.3}),
    ("constant_", {"val": 0.7}), ("ones_", {}), ("zeros_", {}), ("eye_", {}), ("xavier_uniform_", {}), ("xavier_uniform_", {"gain": 2.0}),
    ("xavier_normal_", {}), ("xavier_normal_", {"gain": 0.5}), ("kaiming_uniform_", {}), ("kaiming_normal_", {}),
    ("kaiming_uniform_", {"a": 0.3, "mode": "fan_out"}), ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", {"nonlinearity": "tanh"}), ("kaiming_uniform_", {"nonlinearity": "sigmoid"}), ("orthogonal_", {}),
    ("orthogonal_", {"gain": 2.0}), ("sparse_", {"sparsity": 0.3}), ("sparse_", {"sparsity": 0.5, "std": 2.0}), ("dirac_", {}),
]
cases = []
for seed, (name, options) in enumerate(INITIALISERS):
    for shape in ([3, 2, 4], [2, 3, 3, 2], [2, 2, 1, 3, 2]) if name == "dirac_" else ([4, 6], [6, 4], [5, 5], [3, 2, 4]):
        if len(shape) > 2 and name in ("eye_", "sparse_"):
            continue
        for dtype in (torch.float32, torch.float64):
            torch.manual_seed(seed)
            cases.append({"name": name, "options": options, "seed": seed,
                          "result": encode(getattr(init, name)(torch.empty(shape, dtype=dtype), **options))})
write("nn/init", cases)
