#!/usr/bin/env python3
"""Writes the families of ops/*.json of arithmetic, comparisons and functions of one number, and those that write in place; see families.py."""

import math

import torch
import torch.nn.functional as F

from families import FLOATS, OPEN, POSITIVE, SPECIAL, BINARY_GRID, Family, binary, given, index_spec, spec, unary, write_families
from golden import DTYPES


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


if __name__ == "__main__":
    write_families(pointwise, arithmetic, comparison, copy, inplace)
