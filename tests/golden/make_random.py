#!/usr/bin/env python3
"""Writes random.json: the random numbers of PyTorch 1.13 for a number of seeds.

What xgrad draws bit for bit is kept as a CRC-32 of the elements' bytes. Normal numbers, which go through the standard
library's logarithm and sines, are kept as a few samples and their sum.
"""

import zlib

import torch

from golden import encode, write

SEEDS = [0, 1, 2, 3, 42, 123, 1234, 99999, 2**31 - 1, 2**31, 2**32 - 1, 2**32 + 5, 7, 8, 9, 10, 2024, 31337, 271828, 314159]
SIZES = [1, 2, 15, 16, 17, 100, 10000]

EXACT = {
    "rand_float32": lambda n: torch.rand(n),
    "rand_float64": lambda n: torch.rand(n, dtype=torch.float64),
    "uniform_float32": lambda n: torch.empty(n).uniform_(-0.3, 0.7),
    "uniform_wide_float32": lambda n: torch.empty(n).uniform_(-(0.5**0.5), 0.5**0.5),
    "uniform_wide_float64": lambda n: torch.empty(n, dtype=torch.float64).uniform_(-(0.5**0.5), 0.5**0.5),
    "uniform_float64": lambda n: torch.empty(n, dtype=torch.float64).uniform_(-0.3, 0.7),
    "randint": lambda n: torch.randint(10, (n,)),
    "randint_negative": lambda n: torch.randint(-5, 7, (n,)),
    "randint_wide": lambda n: torch.randint(0, 2**40, (n,)),
    "randint_float32": lambda n: torch.randint(0, 100, (n,), dtype=torch.float32),
    "randperm": lambda n: torch.randperm(n),
    "random_float32": lambda n: torch.empty(n).random_(),
    "random_float64": lambda n: torch.empty(n, dtype=torch.float64).random_(),
    "random_int64": lambda n: torch.empty(n, dtype=torch.int64).random_(),
    "random_uint8": lambda n: torch.empty(n, dtype=torch.uint8).random_(),
    "random_int16": lambda n: torch.empty(n, dtype=torch.int16).random_(),
    "random_bool": lambda n: torch.empty(n, dtype=torch.bool).random_(),
    "random_below": lambda n: torch.empty(n).random_(10),
    "random_between": lambda n: torch.empty(n, dtype=torch.int64).random_(-5, 2**41),
    "geometric_float32": lambda n: torch.empty(n).geometric_(0.3),
    "geometric_int64": lambda n: torch.empty(n, dtype=torch.int64).geometric_(0.01),
    "bernoulli_": lambda n: torch.empty(n).bernoulli_(0.3),
    "uniform_float16": lambda n: torch.empty(n, dtype=torch.float16).uniform_(-1, 3),
    "uniform_bfloat16": lambda n: torch.empty(n, dtype=torch.bfloat16).uniform_(0.25, 1).view(torch.int16),
    "bernoulli_bool": lambda n: torch.empty(n, dtype=torch.bool).bernoulli_(0.3),
    "bernoulli_int64": lambda n: torch.empty(n, dtype=torch.int64).bernoulli_(0.7),
    "bernoulli_float64": lambda n: torch.empty(n, dtype=torch.float64).bernoulli_(0.8),
    "bernoulli": lambda n: torch.bernoulli(torch.full((n,), 0.4)),
    "bernoulli_probabilities": lambda n: torch.bernoulli(torch.linspace(0, 1, n, dtype=torch.float64)),
}
NORMAL = {
    "randn_float32": lambda n: torch.randn(n),
    "randn_float64": lambda n: torch.randn(n, dtype=torch.float64),
    "exponential_float32": lambda n: torch.empty(n).exponential_(2.5),
    "exponential_float64": lambda n: torch.empty(n, dtype=torch.float64).exponential_(0.1),
    "log_normal_float32": lambda n: torch.empty(n).log_normal_(0.5, 0.25),
    "log_normal_float64": lambda n: torch.empty(n, dtype=torch.float64).log_normal_(-1, 1.5),
    "cauchy_float64": lambda n: torch.empty(n, dtype=torch.float64).cauchy_(1, 2),
    "normal_float32": lambda n: torch.empty(n).normal_(2, 3),
    "normal_float64": lambda n: torch.empty(n, dtype=torch.float64).normal_(-1, 0.5),
}


def positions(n):
    return sorted({0, 1, n // 3, n // 2, n - 16, n - 9, n - 1} & set(range(n)))


def sequence():
    """Draws of different kinds in turn: what one leaves behind, the next one sees."""
    yield torch.randn(3)
    yield torch.rand(2)
    yield torch.randn(2, dtype=torch.float64)
    yield torch.randint(100, (3,))
    yield torch.randn(17)
    yield torch.randn(1)
    yield torch.randperm(5)
    yield torch.randn(4, 5).t().contiguous()
    yield torch.empty(5, 4).t().normal_().contiguous()
    yield torch.randn(2)


def main():
    result = {"exact": {}, "normal": {}, "sequence": {}}
    for name, function in EXACT.items():
        rows = []
        for seed in SEEDS:
            for n in SIZES:
                torch.manual_seed(seed)
                rows.append(zlib.crc32(function(n).numpy().tobytes()))
        result["exact"][name] = rows
    for name, function in NORMAL.items():
        rows = []
        for seed in SEEDS:
            for n in SIZES:
                torch.manual_seed(seed)
                x = function(n)
                rows.append(encode(torch.stack([x[i] for i in positions(n)] + [x.double().sum().to(x.dtype)])))
        result["normal"][name] = rows
    for seed in (0, 5, 77):
        torch.manual_seed(seed)
        result["sequence"][str(seed)] = [encode(x) for x in sequence()]
    result["seeds"] = SEEDS
    result["sizes"] = SIZES
    result["positions"] = [positions(n) for n in SIZES]
    write("random", [result])


main()
