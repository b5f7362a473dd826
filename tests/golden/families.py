"""What the scripts that write ops/*.json share: the cases of one family of operations, by PyTorch 1.13, on a grid of shapes,
layouts, dtypes and dimensions.

Each case has the operation's name, its inputs (see golden.py), its arguments, its outputs, and the gradients of its
floating-point inputs for a fixed weighting of the outputs.
"""

import math
import sys
import zlib

import torch

from golden import DTYPES, describe_input, encode, make_input, weights_for, write

FLOATS = ("float32", "float64")
OPEN = (-3, 3)
POSITIVE = (0.25, 4)
UNIT = (-1, 1)


class Family:
    """The cases of one file."""

    def __init__(self, name):
        self.name = name
        self.cases = []

    def case(self, op, function, inputs, args=()):
        seed = zlib.crc32(f"{self.name} {op} {len(self.cases)}".encode()) % 1000000
        for i, spec in enumerate(inputs):
            spec.setdefault("seed", seed + i)
        tensors = [make_input(spec) for spec in inputs]
        for tensor in tensors:
            if tensor.is_floating_point():
                tensor.requires_grad_()
        outputs = function(*tensors, *[math.inf if arg == "inf" else arg for arg in args])
        outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
        described = [describe_input(spec) for spec in inputs]
        case = {"op": op, "inputs": described, "args": list(args), "outputs": [encode(output) for output in outputs]}
        recorded = [output for output in outputs if output.requires_grad]
        if recorded:
            case["seed"] = seed + 100
            weights = [weights_for(output, seed + 100 + i) for i, output in enumerate(recorded)]
            floating = [tensor for tensor in tensors if tensor.requires_grad]
            gradients = iter(torch.autograd.grad(recorded, floating, weights, allow_unused=True))
            found = [next(gradients) if tensor.requires_grad else None for tensor in tensors]
            case["gradients"] = [None if gradient is None else encode(gradient) for gradient in found]
        self.cases.append(case)

    def write(self):
        write(f"ops/{self.name}", self.cases)


def spec(shape, dtype="float64", range=OPEN, layout="contiguous"):
    return {"dtype": dtype, "shape": list(shape), "layout": layout, "range": list(range)}


def given(tensor):
    return {"tensor": tensor}


def index_spec(shape, size):
    return spec(shape, "int64", (0, size))


UNARY_GRID = [
    ([], "contiguous"), ([0], "contiguous"), ([1], "contiguous"), ([3, 4], "contiguous"), ([3, 4], "transposed"),
    ([3, 4], "strided"), ([3, 4], "expanded"), ([2, 0, 3], "contiguous"), ([37], "contiguous"), ([2, 3, 2], "transposed"),
]
BINARY_GRID = [
    ([], "contiguous", [], "contiguous"), ([3, 4], "contiguous", [3, 4], "contiguous"), ([3, 4], "contiguous", [4], "strided"),
    ([3, 1], "contiguous", [1, 4], "contiguous"), ([], "contiguous", [3, 4], "transposed"),
    ([2, 3], "strided", [], "contiguous"), ([0], "contiguous", [1], "contiguous"), ([2, 0], "contiguous", [2, 1], "contiguous"),
    ([2, 1, 3], "contiguous", [4, 1], "expanded"), ([3, 4], "transposed", [3, 4], "strided"), ([19], "contiguous", [19], "contiguous"),
    ([1], "contiguous", [1, 1], "contiguous"),
]
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 25.0, -25.0, 100.0, -100.0, 1e-8, -1e-8]
REDUCED = [
    ([], "contiguous", ([0], [-1])), ([5], "contiguous", ([0], [-1])), ([3, 4], "contiguous", ([0], [1], [-1], [0, 1])),
    ([3, 4], "transposed", ([0], [-1], [-2, 1])), ([3, 4], "strided", ([0], [-1])), ([3, 4], "expanded", ([0], [-1], [0, 1])),
    ([2, 3, 4], "contiguous", ([1], [0, 2], [-1, -2], [0, 1, 2])), ([2, 3, 4], "transposed", ([1], [0, 2])),
    ([1, 70], "contiguous", ([1], [0])), ([2, 0, 3], "contiguous", ([0], [1], [2], [0, 1])),
]


def unary(family, op, function, range=OPEN, args=(), dtypes=FLOATS, special=True):
    for dtype in dtypes:
        for shape, layout in UNARY_GRID:
            family.case(op, function, [spec(shape, dtype, range, layout)], args)
        if special and dtype in FLOATS:
            family.case(op, function, [given(torch.tensor(SPECIAL, dtype=DTYPES[dtype]))], args)


def binary(family, op, function, ranges=(OPEN, OPEN), args=(), pairs=(("float32", "float32"), ("float64", "float64"))):
    for first, second in pairs:
        for a, a_layout, b, b_layout in BINARY_GRID:
            if first == second or (a_layout, b_layout) == ("contiguous", "contiguous"):
                family.case(op, function, [spec(a, first, ranges[0], a_layout), spec(b, second, ranges[1], b_layout)], args)


def write_families(*families):
    """Runs those that the command line names, or all."""
    for family in families:
        if len(sys.argv) == 1 or family.__name__ in sys.argv[1:]:
            family()
