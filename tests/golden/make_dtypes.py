#!/usr/bin/env python3
"""Writes dtypes.json: the dtypes of PyTorch 1.13's results, for every pair of dtypes, of tensors and of numbers."""

import torch

from golden import DTYPES, name_of, write

OPS = {
    "add": torch.add, "mul": torch.mul, "div": torch.div, "maximum": torch.maximum, "eq": torch.eq,
    "where": lambda a, b: torch.where(torch.tensor(True), a, b),
    "cat": lambda a, b: torch.cat([a.reshape(-1), b.reshape(-1)]),
}
NUMBERS = {"bool": True, "int": 2, "float": 1.5}


def made(dtype, dims):
    return torch.ones([2] * dims).to(dtype)


def main():
    cases = []
    for op, function in OPS.items():
        for first, a in DTYPES.items():
            for second, b in DTYPES.items():
                for dims in ((1, 1), (1, 0), (0, 1), (0, 0)):
                    if op == "cat" and dims != (1, 1):
                        continue
                    try:
                        result = name_of(function(made(a, dims[0]), made(b, dims[1])).dtype)
                    except RuntimeError:
                        continue
                    cases.append([op, first, dims[0], second, dims[1], result])
    for op in ("add", "mul", "div"):
        for first, a in DTYPES.items():
            for kind, number in NUMBERS.items():
                for dims in (0, 1):
                    cases.append([op, first, dims, kind, -1, name_of(OPS[op](made(a, dims), number).dtype)])
    write("dtypes", cases)


main()
