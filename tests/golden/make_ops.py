#!/usr/bin/env python3
"""Writes ops/*.json: every operation of autograd/ops on a grid of shapes, layouts, dtypes and dimensions, by PyTorch 1.13.

Each case has the operation's name, its inputs (see golden.py), its arguments, its outputs, and the gradients of its
floating-point inputs for a fixed weighting of the outputs.
"""

import math
import sys
import zlib

import torch
import torch.nn.functional as F

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


def pointwise():
    family = Family("pointwise")
    for op in ("exp", "expm1", "square", "abs", "sign", "floor", "ceil", "round", "trunc", "frac", "erf", "tanh", "sigmoid", "relu"):
        unary(family, op, getattr(torch, op), dtypes=FLOATS + (("int64",) if op in ("abs", "sign", "square", "relu") else ()))
    for op in ("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal"):
        unary(family, op, getattr(torch, op), POSITIVE)
    unary(family, "log1p", torch.log1p, (-0.75, 3))
    unary(family, "logsigmoid", F.logsigmoid)
    unary(family, "leaky_relu", F.leaky_relu, args=(0.2,))
    unary(family, "elu", F.elu, args=(1.5,))
    unary(family, "gelu", F.gelu)
    unary(family, "silu", F.silu, special=False)
    for dtype in FLOATS:  # without -inf, where PyTorch has NaN
        family.case("silu", F.silu, [given(torch.tensor([value for value in SPECIAL if value != -math.inf], dtype=DTYPES[dtype]))])
    unary(family, "softplus", F.softplus, args=(1.0, 20.0))
    unary(family, "softplus", F.softplus, args=(2.5, 3.0), special=False)
    unary(family, "hardtanh", F.hardtanh, args=(-1.0, 1.0))
    for args in ((-1.0, 1.0), (None, 0.5), (-0.5, None)):
        unary(family, "clamp", torch.clamp, args=args, special=args[0] == -1.0)
    unary(family, "clamp", torch.clamp, (-10, 10), args=(-3, 4), dtypes=("int64",))
    family.write()


def arithmetic():
    family = Family("arithmetic")
    mixed = (("float32", "float32"), ("float64", "float64"), ("int64", "int64"), ("int64", "float32"), ("float32", "float64"),
             ("bool", "float64"), ("int64", "bool"))
    wide = ((-9, 9), (-9, 9))
    binary(family, "add", lambda a, b: torch.add(a, b), wide, pairs=mixed)
    binary(family, "add_alpha", lambda a, b, alpha: torch.add(a, b, alpha=alpha), wide, (2,), mixed[:4])
    binary(family, "sub", lambda a, b: torch.sub(a, b), wide, pairs=mixed[:5])
    binary(family, "sub_alpha", lambda a, b, alpha: torch.sub(a, b, alpha=alpha), wide, (3,), mixed[:4])
    binary(family, "mul", torch.mul, wide, pairs=mixed)
    binary(family, "div", torch.div, (wide[0], (1, 9)), pairs=mixed[:6])
    binary(family, "maximum", torch.maximum, wide, pairs=mixed[:5])
    binary(family, "minimum", torch.minimum, wide, pairs=mixed[:5])
    floor_divide = lambda a, b: torch.div(a, b, rounding_mode="floor").detach()
    binary(family, "floor_divide", floor_divide, (wide[0], (1, 5)), pairs=mixed[:4])
    binary(family, "floor_divide", floor_divide, (wide[0], (-5, -1)), pairs=mixed[1:3])
    binary(family, "remainder", torch.remainder, (wide[0], (1, 5)), pairs=mixed[:3])
    binary(family, "remainder", torch.remainder, (wide[0], (-5, -1)), pairs=mixed[1:3])
    binary(family, "fmod", torch.fmod, (wide[0], (1, 5)), pairs=mixed[:3])
    binary(family, "fmod", torch.fmod, (wide[0], (-5, -1)), pairs=mixed[1:3])
    binary(family, "pow", torch.pow, ((0.25, 3), OPEN))
    binary(family, "pow", torch.pow, (OPEN, (0, 4)), pairs=(("int64", "int64"),))
    for op, number, function in (
        ("add_scalar", 2.5, lambda a, s: a + s), ("sub_scalar", 2.5, lambda a, s: a - s), ("rsub", 2.5, lambda a, s: s - a),
        ("mul_scalar", -1.5, lambda a, s: a * s), ("div_scalar", 0.3, lambda a, s: a / s), ("rdiv", 2.5, lambda a, s: s / a),
        ("floor_divide_scalar", 1.5, lambda a, s: torch.div(a, s, rounding_mode="floor").detach()),
        ("remainder_scalar", 1.5, torch.remainder), ("fmod_scalar", 1.5, torch.fmod)):
        unary(family, op, function, POSITIVE if op == "rdiv" else OPEN, (number,), special=False)
        unary(family, op, function, (1, 9), (3,), ("int64",))
    unary(family, "pow_zero", torch.pow, OPEN, (0.0,))
    for exponent in (2.0, 3.0, 0.5, -1.0, -2.0, 1.0, 1.7):
        unary(family, "pow_scalar", torch.pow, POSITIVE, (exponent,), special=False)
    for exponent in (2.0, 3.0, 0.0, 1.0, -1.0):
        family.case("pow_scalar", torch.pow, [given(torch.tensor([-2.0, -0.5, 0.0, 1.0, 3.0], dtype=torch.float64))], (exponent,))
    unary(family, "pow_scalar", torch.pow, OPEN, (3,), ("int64",))
    for base in (2.0, 0.5, 1.0):
        unary(family, "scalar_pow", lambda b, base: torch.pow(base, b), OPEN, (base,), special=False)
    unary(family, "neg", torch.neg, dtypes=FLOATS + ("int64",))
    for dtype in FLOATS:
        ties = torch.tensor([1.0, 2.0, -1.0, math.nan, 0.0, 3.0], dtype=DTYPES[dtype])
        others = torch.tensor([1.0, 0.0, -1.0, 1.0, math.nan, 5.0], dtype=DTYPES[dtype])
        for op in ("maximum", "minimum"):
            family.case(op, getattr(torch, op), [given(ties), given(others)])
        for op, function in (("addcmul", torch.addcmul), ("addcdiv", torch.addcdiv)):
            for a, b, c in (([3, 4], [3, 4], [3, 4]), ([4], [3, 1], [3, 4]), ([], [2], [3, 1]), ([0], [1], [0])):
                layout = "transposed" if len(a) > 1 else "contiguous"
                specs = [spec(a, dtype, OPEN, layout), spec(b, dtype), spec(c, dtype, POSITIVE)]
                family.case(op, lambda x, y, z, value: function(x, y, z, value=value), specs, (-0.7,))
        for weight in (0.25, 0.75):
            for a, a_layout, b, b_layout in BINARY_GRID:
                family.case("lerp", torch.lerp, [spec(a, dtype, OPEN, a_layout), spec(b, dtype, OPEN, b_layout)], (weight,))
    family.write()


def comparison():
    family = Family("comparison")
    pairs = (("float32", "float32"), ("float64", "float64"), ("int64", "int64"), ("int64", "float32"), ("bool", "int64"))
    for op in ("eq", "ne", "lt", "le", "gt", "ge"):
        function = getattr(torch, op)
        binary(family, op, function, pairs=pairs)
        for dtype, number in (("float64", 0.5), ("float32", 0.1), ("int64", 1), ("int64", 0.5), ("bool", 1)):
            tensor = torch.tensor([0, 1, 2, -1, 0.5, 0.1, math.nan, math.inf], dtype=torch.float64)
            if dtype in ("int64", "bool"):
                tensor = tensor[:4]
            family.case(op + "_scalar", function, [given(tensor.to(DTYPES[dtype]))], (number,))
    for op in ("logical_and", "logical_or", "logical_xor"):
        binary(family, op, getattr(torch, op), pairs=(("bool", "bool"), ("int64", "int64"), ("float32", "bool")))
    for dtype in ("float32", "float64", "int64", "bool"):
        unary(family, "logical_not", torch.logical_not, dtypes=(dtype,))
        for op in ("isnan", "isinf", "isfinite"):
            family.case(op, getattr(torch, op), [spec([3, 4], dtype, OPEN, "transposed")])
            family.case(op, getattr(torch, op), [spec([0], dtype)])
            if dtype in FLOATS:
                family.case(op, getattr(torch, op), [given(torch.tensor(SPECIAL, dtype=DTYPES[dtype]))])
    for dtype in FLOATS + ("int64",):
        for condition, a, b in (([3, 4], [3, 4], [3, 4]), ([4], [3, 1], []), ([3, 1], [], [4]), ([], [2, 3], [2, 3]), ([0], [1], [0])):
            layout = "transposed" if len(a) > 1 else "contiguous"
            family.case("where", torch.where, [spec(condition, "bool"), spec(a, dtype, OPEN, layout), spec(b, dtype)])
        for shape, mask in (([3, 4], [3, 4]), ([3, 4], [4]), ([3, 4], [3, 1]), ([], []), ([0], [1])):
            for layout in ("contiguous", "strided") if shape else ("contiguous",):
                family.case("masked_fill", torch.masked_fill, [spec(shape, dtype, OPEN, layout), spec(mask, "bool")], (7,))
    for dtype in FLOATS:
        near = torch.tensor([1.0, 2.0, math.inf], dtype=DTYPES[dtype])
        flag = lambda f: lambda a, b, *args: torch.tensor(f(a, b, *args))
        for other in ([1.0, 2.0, math.inf], [1.0, 2.00001, math.inf], [1.0, 2.1, math.inf], [1.0, 2.0, -math.inf]):
            other = torch.tensor(other, dtype=DTYPES[dtype])
            family.case("equal", flag(torch.equal), [given(near), given(other)])
            family.case("allclose", flag(torch.allclose), [given(near), given(other)], (1e-4, 1e-8))
        nans = torch.tensor([math.nan, 1.0], dtype=DTYPES[dtype])
        family.case("equal", flag(torch.equal), [given(nans), given(nans)])
        family.case("equal", flag(torch.equal), [spec([2, 3], dtype), spec([3, 2], dtype)])
        family.case("allclose", flag(torch.allclose), [given(nans), given(nans)], (1e-5, 1e-8))
        family.case("allclose_nan", flag(lambda a, b: torch.allclose(a, b, equal_nan=True)), [given(nans), given(nans)])
    family.write()


REDUCED = [
    ([], "contiguous", ([0], [-1])), ([5], "contiguous", ([0], [-1])), ([3, 4], "contiguous", ([0], [1], [-1], [0, 1])),
    ([3, 4], "transposed", ([0], [-1], [-2, 1])), ([3, 4], "strided", ([0], [-1])), ([3, 4], "expanded", ([0], [-1], [0, 1])),
    ([2, 3, 4], "contiguous", ([1], [0, 2], [-1, -2], [0, 1, 2])), ([2, 3, 4], "transposed", ([1], [0, 2])),
    ([1, 70], "contiguous", ([1], [0])), ([2, 0, 3], "contiguous", ([0], [1], [2], [0, 1])),
]


def reductions(family, op, function, dtypes=FLOATS, range=OPEN, several=True, empty=True, args=(), layouts=True):
    """function(x, dims or dim, keepdim, ...)"""
    for dtype in dtypes:
        for shape, layout, lists in REDUCED:
            if not layouts and layout != "contiguous":
                continue
            for dims in lists:
                if 0 in shape and not empty:
                    if any(shape[dim] == 0 for dim in dims) or empty is None:
                        continue
                if len(dims) > 1 and not several:
                    continue
                for keepdim in (False, True) if dims[0] != 1 else (False,):
                    argument = dims if several else dims[0]
                    family.case(op, function, [spec(shape, dtype, range, layout)], (argument, keepdim, *args))


def whole(family, op, function, dtypes=FLOATS, range=OPEN, empty=True, args=()):
    for dtype in dtypes:
        for shape, layout in UNARY_GRID:
            if 0 not in shape or empty:
                family.case(op, function, [spec(shape, dtype, range, layout)], args)


def reduce():
    family = Family("reduce")
    every = FLOATS + ("int64", "bool")
    whole(family, "sum", torch.sum, every)
    reductions(family, "sum_dims", lambda x, dims, keep: torch.sum(x, dims, keep), FLOATS + ("int64",))
    family.case("sum_dtype", lambda x: torch.sum(x, dtype=torch.float64), [spec([3, 4], "float32")])
    family.case("sum_dtype", lambda x: torch.sum(x, dtype=torch.float64), [spec([3, 4], "int64")])
    for shape, to in (([3, 4], [4]), ([3, 4], [3, 1]), ([3, 4], []), ([2, 3, 4], [3, 1]), ([3, 4], [3, 4]), ([2, 0], [2, 1])):
        for dtype in FLOATS:
            family.case("sum_to", lambda x, sizes: x.sum_to_size(sizes), [spec(shape, dtype)], (to,))
    whole(family, "mean", torch.mean)
    reductions(family, "mean_dims", lambda x, dims, keep: torch.mean(x, dims, keep))
    for unbiased in (True, False):
        for op, function in (("var", torch.var), ("std", torch.std)):
            for dtype in FLOATS:
                for shape, layout in UNARY_GRID:
                    if math.prod(shape) > 1:
                        family.case(op, lambda x, u: function(x, unbiased=u), [spec(shape, dtype, OPEN, layout)], (unbiased,))
    for op, function in (("var_dims", torch.var), ("std_dims", torch.std)):
        for dtype in FLOATS:
            for shape, layout, dims in (([3, 4], "contiguous", [0]), ([3, 4], "strided", [-1]), ([2, 3, 4], "transposed", [0, 2]),
                                        ([2, 3, 4], "contiguous", [0, 1, 2]), ([5], "contiguous", [0])):
                for unbiased, keep in ((True, False), (False, True)):
                    family.case(op, lambda x, d, u, k: function(x, d, unbiased=u, keepdim=k),
                                [spec(shape, dtype, OPEN, layout)], (dims, unbiased, keep))
    whole(family, "prod", torch.prod, every)
    for values in ([2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0], [1.0, 2.0, 3.0]):
        family.case("prod", torch.prod, [given(torch.tensor(values, dtype=torch.float64))])
    reductions(family, "prod_dim", torch.prod, FLOATS + ("int64",), several=False)
    for values in ([[2.0, 0.0, 3.0], [0.0, 0.0, 3.0]], [[1.0, 2.0, 3.0], [-1.0, 0.0, 2.0]]):
        family.case("prod_dim", torch.prod, [given(torch.tensor(values, dtype=torch.float64))], (1, False))
    whole(family, "max", torch.max, FLOATS + ("int64",), empty=False)
    whole(family, "min", torch.min, FLOATS + ("int64",), empty=False)
    ties = torch.tensor([[1.0, 3.0, 3.0], [2.0, 3.0, 1.0]], dtype=torch.float64)
    nans = torch.tensor([[1.0, math.nan, 3.0], [2.0, 3.0, 1.0]], dtype=torch.float64)
    for op in ("max", "min"):
        function = getattr(torch, op)
        reductions(family, op + "_dim", lambda x, dim, keep: tuple(function(x, dim, keep)), FLOATS + ("int64",), several=False, empty=False)
        reductions(family, "a" + op, lambda x, dims, keep: getattr(torch, "a" + op)(x, dims, keep), FLOATS + ("int64",), empty=False)
        for tensor in (ties, -ties, nans):
            if tensor is nans:  # the values alone: the gradient of NaN is nothing to agree on
                family.case(op + "_of_nan", lambda x: function(x.detach()), [given(tensor)])
            else:
                family.case(op, function, [given(tensor)])
                family.case("a" + op, lambda x, dims, keep: getattr(torch, "a" + op)(x, dims, keep), [given(tensor)], ([1], False))
            for dim in (0, 1):
                family.case(op + "_dim", lambda x, dim, keep: tuple(function(x, dim, keep)), [given(tensor)], (dim, False))
                family.case("arg" + op + "_dim", lambda x, dim, keep: getattr(torch, "arg" + op)(x, dim, keep), [given(tensor)], (dim, False))
            family.case("arg" + op, getattr(torch, "arg" + op), [given(tensor)])
        whole(family, "arg" + op, getattr(torch, "arg" + op), FLOATS + ("int64",), empty=False)
        reductions(family, "arg" + op + "_dim", lambda x, dim, keep: getattr(torch, "arg" + op)(x, dim, keep), FLOATS, several=False, empty=False)
    for op in ("all", "any"):
        whole(family, op, getattr(torch, op), every)
        for values in ([True, True], [True, False], [False, False]):
            family.case(op, getattr(torch, op), [given(torch.tensor(values))])
        reductions(family, op + "_dim", getattr(torch, op), ("bool", "int64"), several=False)
    for p in (2, 1, 0, 3, 0.5, "inf", "-inf", 2.5):
        if p == 0:  # how many are not 0: PyTorch's gradient is none, ours zeros
            family.case("norm", lambda x, p: torch.norm(x.detach(), p) + 0 * x.sum(), [given(torch.tensor([0.0, 2.0, -0.5]))], (0,))
            continue
        function = lambda x, p: torch.norm(x, -math.inf if p == "-inf" else p)
        whole(family, "norm", function, FLOATS if p == 2 else ("float64",), empty=p not in ("inf", "-inf"), args=(p,))
        dims = lambda x, dims, keep, p: torch.norm(x, -math.inf if p == "-inf" else p, dims, keep)
        reductions(family, "norm_dims", dims, ("float64",), args=(p,), empty=False, layouts=p in (2, 1))
    family.case("norm", torch.norm, [given(torch.tensor([0.0, 0.0], dtype=torch.float64))], (2,))
    reductions(family, "logsumexp", lambda x, dims, keep: torch.logsumexp(x, dims, keep), empty=False)
    family.case("logsumexp", lambda x, dims, keep: torch.logsumexp(x, dims, keep),
                [given(torch.tensor([[1000.0, 1001.0], [-1000.0, -1002.0]], dtype=torch.float64))], ([1], False))
    # PyTorch 1.13's gradient of a row of -inf is NaN; it is 0.
    beside_nothing = lambda x, dims, keep: torch.where(
        (x == -math.inf).all(dims[0]), -math.inf, torch.logsumexp(x.masked_fill((x == -math.inf).all(dims[0], True), 0), dims, keep))
    family.case("logsumexp", beside_nothing,
                [given(torch.tensor([[-math.inf, -math.inf], [-math.inf, 0.0]], dtype=torch.float64))], ([1], False))
    for dtype in FLOATS + ("int64",):
        for shape, layout, lists in REDUCED:
            for dims in lists:
                if len(dims) == 1:
                    family.case("cumsum", torch.cumsum, [spec(shape, dtype, OPEN, layout)], (dims[0],))
    for op in ("var_mean", "std_mean"):
        for dtype in FLOATS:
            for layout in ("contiguous", "transposed", "strided"):
                family.case(op, getattr(torch, op), [spec([3, 4], dtype, OPEN, layout)])
                for dims in ([0], [1], [0, 1], [-1]):
                    for keepdim in (False, True):
                        family.case(op + "_dims", lambda x, dims, keepdim, unbiased, op=op: getattr(torch, op)(x, dims, unbiased, keepdim), [spec([3, 4], dtype, OPEN, layout)], (dims, keepdim, not keepdim))
    family.write()


def softmax():
    family = Family("softmax")
    for op in ("softmax", "log_softmax"):
        for dtype in FLOATS:
            for shape, layout, lists in REDUCED:
                for dims in lists:
                    if len(dims) == 1:
                        family.case(op, getattr(torch, op), [spec(shape, dtype, (-9, 9), layout)], (dims[0],))
            large = torch.tensor([[1000.0, 1001.0, -1000.0], [-math.inf, 0.0, 1.0]], dtype=DTYPES[dtype])
            family.case(op, getattr(torch, op), [given(large)], (1,))
    family.write()


def sort():
    family = Family("sort")
    for dtype in FLOATS + ("int64",):
        for shape, layout, lists in REDUCED:
            for dims in lists:
                if len(dims) > 1:
                    continue
                for descending in (False, True):
                    family.case("sort", lambda x, dim, down: tuple(torch.sort(x, stable=True, dim=dim, descending=down)),
                                [spec(shape, dtype, OPEN, layout)], (dims[0], descending))
                if dtype != "int64":  # with equal values, the order of topk is not specified
                    family.case("argsort", lambda x, dim, down: torch.sort(x, stable=True, dim=dim, descending=down)[1],
                                [spec(shape, dtype, OPEN, layout)], (dims[0], True))
                    size = shape[dims[0]] if shape else 1
                    for k in {0, 1, size} & set(range(size + 1)):
                        for largest in (True, False):
                            if layout != "expanded" or dims[0] != 0:
                                family.case("topk", lambda x, k, dim, largest: tuple(torch.topk(x, k, dim, largest)),
                                            [spec(shape, dtype, OPEN, layout)], (k, dims[0], largest))
        if dtype != "int64":
            nans = torch.tensor([1.0, math.nan, -math.inf, 3.0, math.inf, 3.0], dtype=DTYPES[dtype])
            for descending in (False, True):
                family.case("sort", lambda x, dim, down: tuple(torch.sort(x, stable=True, dim=dim, descending=down)),
                            [given(nans)], (0, descending))
    family.write()


def view():
    family = Family("view")
    grid = {
        "view": [([3, 4], [[12], [2, 6], [-1, 2], [3, 2, 2], [3, 4]]), ([], [[], [1], [1, -1]]), ([2, 0], [[0], [0, 5]])],
        "reshape": [([3, 4], [[12], [2, -1], [4, 3], [3, 1, 4]]), ([], [[], [1]]), ([2, 0], [[0, 3]])],
        "expand": [([3, 1], [[3, 4], [2, 3, 4], [-1, 2], [2, -1, -1]]), ([], [[], [3], [2, 2]]), ([1], [[0], [5]])],
        "permute": [([2, 3, 4], [[2, 0, 1], [0, 1, 2], [-1, 0, -2]]), ([], [[]])],
    }
    layouts = {"view": ("contiguous",), "reshape": ("contiguous", "transposed", "strided"),
               "expand": ("contiguous", "strided"), "permute": ("contiguous", "transposed", "strided")}
    for op, shapes in grid.items():
        for dtype in ("float64", "float32", "int64"):
            for shape, sizes in shapes:
                for layout in layouts[op] if shape else ("contiguous",):
                    for size in sizes:
                        family.case(op, getattr(torch.Tensor, op), [spec(shape, dtype, OPEN, layout)], (size,))
    simple = [
        ("transpose", ([3, 4], [(0, 1), (-1, -2), (1, 1)]), ([2, 3, 4], [(0, 2), (-1, 1)]), ([], [(0, -1)])),
        ("t", ([3, 4], [()]), ([5], [()]), ([], [()])),
        ("select", ([3, 4], [(0, 1), (-1, -2), (1, 3)]), ([5], [(0, -5), (0, 4)]), ([2, 3, 4], [(1, 1)])),
        ("slice", ([5, 4], [(0, None, None, 1), (0, 1, 3, 1), (1, -3, None, 2), (0, 4, 2, 1), (0, -99, 99, 3), (-1, None, -1, 1),
                            (0, 5, None, 1), (0, 0, 5, 2)])),
        ("narrow", ([5, 4], [(0, 1, 3), (1, 0, 4), (-1, -2, 2), (0, 5, 0)])),
        ("squeeze", ([1, 3, 1], [()]), ([3], [()]), ([], [()]), ([1], [()])),
        ("squeeze_dim", ([1, 3, 1], [(0,), (1,), (-1,)]), ([], [(0,), (-1,)])),
        ("unsqueeze", ([3, 4], [(0,), (1,), (2,), (-1,), (-3,)]), ([], [(0,), (-1,)])),
        ("flatten", ([2, 3, 4], [(0, -1), (1, 2), (0, 1), (-2, -1), (1, 1)]), ([], [(0, -1)]), ([2, 0, 3], [(0, 1)])),
        ("chunk", ([5, 4], [(2, 0), (3, -1), (1, 0), (9, 0)])),
        ("split", ([5, 4], [(2, 0), (3, -1), (5, 0), (9, 0)])),
        ("split_with_sizes", ([5, 4], [([2, 3], 0), ([1, 0, 3], -1)])),
        ("unbind", ([3, 4], [(0,), (1,), (-1,)]), ([2], [(0,)])),
        ("unflatten", ([6, 4], [(0, [2, 3]), (-1, [-1, 2]), (1, [4])]), ([2, 3, 4], [(1, [3, 1])])),
        ("movedim", ([2, 3, 4], [(0, 2), (-1, 0), (1, 1), (2, -3)]), ([], [(0, 0)])),
        ("unfold", ([7], [(0, 3, 1), (0, 2, 3), (0, 7, 1)]), ([3, 6], [(1, 4, 2), (0, 1, 1), (-1, 2, 2)]), ([], [(0, 1, 1)])),
        ("diagonal", ([3, 4], [(0, 0, 1), (1, 0, 1), (-2, 0, 1), (0, 1, 0), (4, 0, 1)]), ([2, 3, 4], [(0, 0, 2), (1, -1, -2)])),
    ]
    special = {
        "slice": lambda x, dim, start, end, step: torch.ops.aten.slice(x, dim, start, end, step),
        "squeeze_dim": lambda x, dim: torch.squeeze(x, dim),
        "unflatten": lambda x, dim, sizes: x.unflatten(dim, sizes),
        "unfold": lambda x, dim, size, step: x.unfold(dim, size, step),
        "split_with_sizes": lambda x, sizes, dim: torch.split(x, sizes, dim),
    }
    for op, *grids in simple:
        function = special.get(op) or getattr(torch, op)
        for dtype in FLOATS + ("int64",):
            for shape, arguments in grids:
                for layout in ("contiguous", "transposed", "strided") if len(shape) > 1 else ("contiguous",):
                    for args in arguments:
                        family.case(op, function, [spec(shape, dtype, OPEN, layout)], args)
    for dtype in FLOATS:
        for shape, args in (([12], ([3, 2], [3, 1], 1)), ([12], ([2, 5], [2, 1], None)), ([3, 4], ([4], [3], 2)), ([6], ([3, 3], [0, 1], 0)),
                            ([6], ([], [], 5))):
            family.case("as_strided", torch.as_strided, [spec(shape, dtype)], args)
    for dtype in ("float64", "int64"):
        for shape, layout in (([5, 4, 2], "contiguous"), ([5, 4, 2], "transposed"), ([3, 4], "strided"), ([3], "contiguous"), ([0, 2], "contiguous")):
            x = lambda: spec(shape, dtype, OPEN, layout)
            for dim in (0, -1):
                for sections in (1, 2, 3, 7):
                    family.case("tensor_split", lambda x, n, dim: torch.tensor_split(x, n, dim), [x()], (sections, dim))
                for indices in ([1], [1, 3], [2, 1], [-1, 9], []):
                    family.case("tensor_split_indices", lambda x, n, dim: torch.tensor_split(x, tuple(n), dim), [x()], (indices, dim))
            family.case("hsplit", torch.hsplit, [x()], (shape[0] if len(shape) == 1 else 2,))
            if len(shape) > 1:
                family.case("vsplit", torch.vsplit, [x()], (shape[0] or 2,))
            if len(shape) > 2:
                family.case("dsplit", torch.dsplit, [x()], (2,))
                for source, destination in (([0, 1], [2, 0]), ([-1], [0]), ([], []), ([2, 0, 1], [0, 1, 2])):
                    family.case("movedim_list", torch.movedim, [x()], (source, destination))
    family.write()


def linear():
    family = Family("linear")
    products = {
        "matmul": [([5], [5]), ([3, 5], [5]), ([5], [5, 2]), ([3, 5], [5, 2]), ([4, 3, 5], [5]), ([5], [4, 5, 2]), ([4, 3, 5], [4, 5, 2]),
                   ([4, 3, 5], [5, 2]), ([3, 5], [4, 5, 2]), ([2, 1, 3, 5], [4, 5, 2]), ([0], [0]), ([3, 0], [0, 2]), ([0, 5], [5, 2]),
                   ([2, 0, 5], [2, 5, 3]), ([1, 1], [1, 1]), ([1, 5], [5, 1]), ([17, 33], [33, 9])],
        "mm": [([3, 5], [5, 2]), ([0, 5], [5, 2]), ([3, 0], [0, 2]), ([1, 1], [1, 1])],
        "mv": [([3, 5], [5]), ([0, 5], [5]), ([3, 0], [0])],
        "bmm": [([4, 3, 5], [4, 5, 2]), ([0, 3, 5], [0, 5, 2]), ([2, 3, 0], [2, 0, 2])],
        "dot": [([5], [5]), ([0], [0]), ([70], [70])],
        "outer": [([3], [5]), ([0], [2]), ([1], [1])],
    }
    for op, shapes in products.items():
        for dtype in FLOATS:
            for a, b in shapes:
                for layouts in (("contiguous", "contiguous"), ("transposed", "strided"), ("strided", "transposed"), ("expanded", "contiguous")):
                    if any(layout == "transposed" and len(shape) < 2 for layout, shape in zip(layouts, (a, b))):
                        continue
                    if layouts != ("contiguous", "contiguous") and (0 in a or max(a) > 9):
                        continue
                    family.case(op, getattr(torch, op), [spec(a, dtype, UNIT, layouts[0]), spec(b, dtype, UNIT, layouts[1])])
    for dtype in FLOATS:
        for bias in ([3, 2], [2], [3, 1], []):
            for beta, alpha in ((1, 1), (0.5, -2.0), (0, 1)):
                family.case("addmm", lambda c, a, b, beta, alpha: torch.addmm(c, a, b, beta=beta, alpha=alpha),
                            [spec(bias, dtype, UNIT), spec([3, 5], dtype, UNIT, "transposed"), spec([5, 2], dtype, UNIT)], (beta, alpha))
        for shape in ([5], [3, 5], [2, 3, 5], [0, 5], [2, 0, 5], [40, 5]):
            for layout in ("contiguous", "strided", "transposed") if len(shape) > 1 and 0 not in shape else ("contiguous",):
                family.case("linear", F.linear, [spec(shape, dtype, UNIT, layout), spec([4, 5], dtype, UNIT), spec([4], dtype, UNIT)])
                family.case("linear", F.linear, [spec(shape, dtype, UNIT, layout), spec([4, 5], dtype, UNIT, "transposed")])
    family.write()


def index_spec(shape, size):
    return spec(shape, "int64", (0, size))


def indexing():
    family = Family("indexing")
    cat = lambda *tensors: torch.cat(tensors[:-1], tensors[-1])
    stack = lambda *tensors: torch.stack(tensors[:-1], tensors[-1])
    for dtype in FLOATS + ("int64", "bool"):
        for shapes, dims in ((([2, 3], [1, 3], [4, 3]), (0, -2)), (([2, 3], [2, 1], [2, 0]), (1, -1)), (([3],), (0,)), (([0], [2]), (0,))):
            for dim in dims:
                for layout in ("contiguous", "strided"):
                    family.case("cat", cat, [spec(shape, dtype, OPEN, layout) for shape in shapes], (dim,))
        for shape, dims in (([2, 3], (0, 1, 2, -1, -2)), ([], (0, -1)), ([0], (0, 1))):
            for dim in dims:
                family.case("stack", stack, [spec(shape, dtype), spec(shape, dtype, OPEN, "strided" if shape else "contiguous")], (dim,))
    family.case("cat", cat, [spec([2], "float32"), spec([2], "float64"), spec([1], "int64")], (0,))
    family.case("cat", cat, [spec([2], "bool"), spec([2], "int64")], (0,))
    for dtype in FLOATS + ("int64",):
        for layout in ("contiguous", "transposed", "strided", "expanded"):
            x = lambda: spec([3, 4], dtype, OPEN, layout)
            for dim, size in ((0, 3), (1, 4), (-1, 4)):
                for count in (0, 1, 6):
                    family.case("index_select", lambda x, i, dim: torch.index_select(x, dim, i), [x(), index_spec([count], size)], (dim,))
                    source = [3, 4]
                    source[dim] = count
                    family.case("index_add", lambda x, i, s, dim: torch.index_add(x, dim, i, s),
                                [x(), index_spec([count], size), spec(source, dtype)], (dim,))
            for dim, size, shape in ((0, 3, [2, 4]), (1, 4, [3, 6]), (-1, 4, [2, 2]), (0, 3, [0, 4])):
                family.case("gather", lambda x, i, dim: torch.gather(x, dim, i), [x(), index_spec(shape, size)], (dim,))
                family.case("scatter_add", lambda x, i, s, dim: torch.scatter_add(x, dim, i, s),
                            [x(), index_spec(shape, size), spec(shape, dtype)], (dim,))
            for mask in ([3, 4], [4], [3, 1], []):
                # PyTorch 1.13 mixes up the gradient of a transposed tensor.
                family.case("masked_select", lambda x, mask: torch.masked_select(x.contiguous(), mask), [x(), spec(mask, "bool")])
            for dims in ([0], [-1], [0, 1], []):
                family.case("flip", torch.flip, [x()], (dims,))
            for repeats in ([2, 1], [1, 3], [2, 1, 2], [0, 1]):
                family.case("repeat", torch.Tensor.repeat, [x()], (repeats,))
            for diagonal in (0, 1, -1, 5, -5):
                family.case("tril", torch.tril, [x()], (diagonal,))
                family.case("triu", torch.triu, [x()], (diagonal,))
        family.case("tril", torch.tril, [spec([2, 3, 3], dtype)], (0,))
        family.case("triu", torch.triu, [spec([2, 3, 3], dtype)], (1,))
        family.case("repeat", torch.Tensor.repeat, [spec([], dtype)], ([2],))
        for shape in ([], [0], [7], [3, 4]):
            family.case("nonzero", torch.nonzero, [spec(shape, "bool")])
            family.case("nonzero", torch.nonzero, [spec(shape, "int64", (0, 2))])
    for shape in ([], [5], [2, 3]):
        family.case("one_hot", F.one_hot, [index_spec(shape, 4)], (5,))
        family.case("one_hot", F.one_hot, [index_spec(shape, 4)], (-1,))
    for dtype in FLOATS:
        for shape in ([], [6], [2, 5], [0]):
            for padding in (-1, 0, 2):
                family.case("embedding_padding" if padding >= 0 else "embedding", lambda w, i, p: F.embedding(i, w, None if p < 0 else p),
                            [spec([4, 3], dtype), index_spec(shape, 4)], (padding,))
    family.write()


def copy():
    family = Family("copy")
    for source in DTYPES:
        for target in DTYPES:
            for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([3, 4], "strided"), ([], "contiguous"), ([0], "contiguous"),
                                  ([3, 4], "expanded"), ([21], "contiguous")):
                family.case("to", lambda x, name: x.to(DTYPES[name]), [spec(shape, source, OPEN, layout)], (target,))
        unary(family, "clone", lambda x: x.clone(), dtypes=(source,))
        unary(family, "contiguous", lambda x: x.contiguous(), dtypes=(source,), special=False)
    family.write()


def inplace():
    family = Family("inplace")
    # Each works on a clone, so that a leaf can be differentiated through it.
    def applied(op, **options):
        return lambda x, *rest: getattr(x.clone(), op)(*rest, **options)

    pairs = (("float32", "float32"), ("float64", "float64"), ("int64", "int64"), ("float64", "float32"), ("float32", "int64"))
    for first, second in pairs:
        for op in ("add_", "sub_", "mul_", "div_", "copy_"):
            if op == "div_" and first == "int64":
                continue
            for a, b in (([3, 4], [3, 4]), ([3, 4], [4]), ([3, 4], []), ([2, 0], [1]), ([], [])):
                for layout in ("contiguous", "transposed") if len(b) > 1 else ("contiguous",):
                    family.case(op, applied(op), [spec(a, first, (1, 9)), spec(b, second, (1, 9), layout)])
    for dtype in FLOATS:
        for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([], "contiguous"), ([0], "contiguous")):
            x = lambda: spec(shape, dtype, POSITIVE, layout)
            for op, number in (("add_", 2.5), ("sub_", 2.5), ("mul_", 2.5), ("div_", 2.5), ("pow_", 3), ("fill_", 4)):
                family.case(op + "scalar", applied(op), [x()], (number,))
            for op in ("neg_", "exp_", "sqrt_", "tanh_", "sigmoid_", "relu_", "zero_"):
                family.case(op, applied(op), [x()])
            family.case("clamp_", applied("clamp_"), [x()], (0.5, 2.0))
            family.case("addcmul_", lambda a, b, c, v: a.clone().addcmul_(b, c, value=v), [x(), x(), x()], (0.5,))
            family.case("addcdiv_", lambda a, b, c, v: a.clone().addcdiv_(b, c, value=v), [x(), x(), x()], (0.5,))
            family.case("lerp_", applied("lerp_"), [x(), x()], (0.3,))
            family.case("masked_fill_", applied("masked_fill_"), [x(), spec(shape, "bool")], (-1,))
        family.case("index_add_", lambda x, i, s, dim: x.clone().index_add_(dim, i, s),
                    [spec([3, 4], dtype), index_spec([5], 4), spec([3, 5], dtype)], (1,))
    family.write()


def loss():
    family = Family("loss")
    reductions = ("none", "mean", "sum")
    shapes = (([4, 3], [4]), ([3], []), ([2, 3, 5], [2, 5]), ([1, 1], [1]))
    for dtype in FLOATS:
        for reduction in reductions:
            for shape, target in shapes:
                classes = shape[1] if len(shape) > 1 else shape[0]
                for layout in ("contiguous", "strided"):
                    x = lambda: spec(shape, dtype, OPEN, layout)
                    family.case("nll_loss", lambda x, t, ignored, reduction: F.nll_loss(x, t, ignore_index=ignored, reduction=reduction),
                                [x(), index_spec(target, classes)], (-100, reduction))
                    for smoothing in (0.0, 0.2):
                        family.case("cross_entropy", lambda x, t, ignored, reduction, smoothing: F.cross_entropy(
                            x, t, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing),
                            [x(), index_spec(target, classes)], (-100, reduction, smoothing))
            for ignored in (-100, 1):
                weighted = lambda: [spec([6, 3], dtype), index_spec([6], 3), spec([3], dtype, (0.2, 2))]
                family.case("nll_loss", lambda x, t, w, ignored, reduction: F.nll_loss(x, t, w.detach(), ignore_index=ignored, reduction=reduction),
                            weighted(), (ignored, reduction))
                for smoothing in (0.0, 0.1):
                    family.case("cross_entropy", lambda x, t, w, ignored, reduction, smoothing: F.cross_entropy(
                        x, t, w.detach(), ignore_index=ignored, reduction=reduction, label_smoothing=smoothing),
                        weighted(), (ignored, reduction, smoothing))
            for smoothing in (0.0, 0.3):
                for shape in ([4, 3], [3], [2, 3, 2]):
                    for inputs in ([spec(shape, dtype), spec(shape, dtype, (0, 1))],
                                   [spec(shape, dtype), spec(shape, dtype, (0, 1)), spec([3], dtype, (0.2, 2))]):
                        family.case("cross_entropy", lambda x, t, *rest: F.cross_entropy(
                            x, t.detach(), *[w.detach() for w in rest[:-3]], reduction=rest[-2], label_smoothing=rest[-1]),
                            inputs, (-100, reduction, smoothing))
            for shape in ([4, 3], [], [0], [5]):
                pair = lambda low, high: [spec(shape, dtype, (low, high)), spec(shape, dtype, (0, 1), "strided" if shape else "contiguous")]
                for op in ("mse_loss", "l1_loss"):
                    family.case(op, lambda x, t, reduction: getattr(F, op)(x, t, reduction=reduction), pair(*OPEN), (reduction,))
                family.case("binary_cross_entropy", lambda x, t, reduction: F.binary_cross_entropy(x, t.detach(), reduction=reduction),
                            pair(0.05, 0.95), (reduction,))
                family.case("binary_cross_entropy", lambda x, t, w, reduction: F.binary_cross_entropy(x, t.detach(), w.detach(), reduction=reduction),
                            pair(0.05, 0.95) + [spec(shape, dtype, (0.2, 2))], (reduction,))
                logits = lambda x, t, reduction: F.binary_cross_entropy_with_logits(x, t.detach(), reduction=reduction)
                family.case("binary_cross_entropy_with_logits", logits, pair(*OPEN), (reduction,))
            family.case("binary_cross_entropy_with_logits", lambda x, t, w, p, reduction: F.binary_cross_entropy_with_logits(
                x, t.detach(), w.detach(), pos_weight=p.detach(), reduction=reduction),
                [spec([4, 3], dtype), spec([4, 3], dtype, (0, 1)), spec([4, 3], dtype, (0.2, 2)), spec([3], dtype, (0.2, 3))], (reduction,))
        extreme = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=DTYPES[dtype])
        family.case("cross_entropy", lambda x, t, ignored, reduction, smoothing: F.cross_entropy(x, t), [given(extreme), index_spec([2], 2)],
                    (-100, "mean", 0.0))
        family.case("binary_cross_entropy_with_logits", lambda x, t, reduction: F.binary_cross_entropy_with_logits(x, t.detach()),
                    [given(extreme), given(torch.tensor([[1.0, 1.0], [0.0, 0.0]], dtype=DTYPES[dtype]))], ("mean",))
        # Outside the graph: the gradient there is that of a limit, which PyTorch keeps in single precision.
        family.case("binary_cross_entropy_at_bounds", lambda x, t, reduction: F.binary_cross_entropy(x.detach(), t.detach()),
                    [given(torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=DTYPES[dtype])), given(torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=DTYPES[dtype]))],
                    ("mean",))
    family.write()


if __name__ == "__main__":
    for family in (loss, pointwise, arithmetic, comparison, reduce, softmax, sort, view, linear, indexing, copy, inplace):
        if len(sys.argv) == 1 or family.__name__ in sys.argv[1:]:
            family()
