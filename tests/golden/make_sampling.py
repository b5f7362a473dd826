#!/usr/bin/env python3
"""Writes sampling.json: random counts and gamma variables of PyTorch 1.13 after a number of seeds."""

import torch

from golden import encode, write

FUNCTIONS = {
    "poisson": torch.poisson,
    "binomial": torch.binomial,
    "standard_gamma": torch._standard_gamma,
    "sample_dirichlet": torch._sample_dirichlet,
}


def main():
    entries = []
    for dtype in (torch.float32, torch.float64):
        numbers = lambda *values: torch.tensor(values, dtype=dtype)
        inputs = {
            "poisson": [[numbers(0.0, 0.3, 4.0, 9.9, 10.0, 35.0, 1000.0).repeat(4)]],
            "binomial": [[numbers(5.0, 40.0, 40.0, 1000.0, 0.0, 7.0, 3.0).repeat(4), numbers(0.3, 0.25, 0.75, 0.9, 0.5, 0.0, 1.0).repeat(4)]],
            "standard_gamma": [[numbers(0.01, 0.5, 1.0, 2.5, 10.0, 1e4).repeat(4)]],
            "sample_dirichlet": [[numbers([0.5, 2.0, 1.0], [10.0, 0.1, 3.0]).repeat(3, 1)]],
        }
        for name, function in FUNCTIONS.items():
            for arguments in inputs[name]:
                for seed in (0, 42, 2**32 + 5):
                    torch.manual_seed(seed)
                    entries.append({"name": name, "seed": seed, "inputs": [encode(x) for x in arguments], "drawn": encode(function(*arguments))})
    write("sampling", entries)


main()
