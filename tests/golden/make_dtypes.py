#!/usr/bin/env python3
"""Writes dtypes.json, the dtypes of PyTorch 1.13's results, for every pair of dtypes, of tensors and of numbers; and
conversions.json, values converted between every pair of dtypes."""

import base64

import torch

from golden import DTYPES, name_of, write

DTYPES = DTYPES | {name: getattr(torch, name) for name in ("uint8", "int8", "int16", "int32", "float16", "bfloat16")}

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


def stored(x):
    """As golden.encode, for the dtypes that NumPy does not have as well."""
    raw = x.view(torch.int16) if x.dtype == torch.bfloat16 else x
    return [name_of(x.dtype), list(x.shape), base64.b64encode(raw.numpy().tobytes()).decode()]


def conversions():
    real = torch.tensor([0.0, 1.0, -1.0, 2.5, -2.5, 0.1, 100.7, 3e-6, -6.1e-5, 5.96e-8, 2.98e-8, 1e-9, 2049.0, 1.0009765625, 65504.0,
                         65519.0, 65520.0, 1e6], dtype=torch.float64)
    special = torch.tensor([float("inf"), -float("inf"), float("nan")], dtype=torch.float64)
    whole = torch.tensor([0, 1, -1, 127, -128, 128, 255, 256, -129, 32767, -32769, 65535, 2**31 - 1, -2**31 - 1, 2**40 + 3])
    cases = []
    for a in DTYPES.values():
        for b in DTYPES.values():
            floats = a.is_floating_point and b.is_floating_point
            # Numbers with a fraction go to integers within their range: beyond it C++ has no answer.
            for values in ([real, special] if floats else [real[:7].clamp(0, 120)] if a.is_floating_point else [whole]):
                source = values.to(a)
                cases.append([stored(source), stored(source.to(b))])
    write("conversions", cases)


main()
conversions()
