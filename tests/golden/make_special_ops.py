#!/usr/bin/env python3
"""Writes ops/*.json of the rarer families: special functions, further functions of two tensors, bits, reductions without NaN,
running extrema, products of vectors, diagonals.

Run with names of families to write only those.
"""

import math

import torch

from golden import DTYPES
from families import FLOATS, OPEN, POSITIVE, UNIT, Family, binary, given, spec, unary, write_families
from make_further_ops import flags, integers

LAYOUTS = (([3, 4], "contiguous"), ([3, 4], "transposed"), ([3, 4], "strided"), ([3, 4], "expanded"))


def special():
    family = Family("special")
    unary(family, "exp2", torch.exp2)
    unary(family, "erfc", torch.erfc)
    unary(family, "erfinv", torch.erfinv, (-0.95, 0.95))
    unary(family, "sinc", torch.sinc, special=False)
    unary(family, "logit", lambda x, eps: torch.logit(x, eps), (0.05, 0.95), args=(None,), special=False)
    unary(family, "logit", lambda x, eps: torch.logit(x, eps), (0.05, 0.95), args=(0.3,), special=False)
    for dtype in FLOATS:
        # PyTorch's float32 digamma is off by 1e-5 near its zero, which is tested in float64.
        unary(family, "lgamma", torch.lgamma, (0.5, 6) if dtype == "float64" else (3, 9), dtypes=(dtype,), special=False)
        # PyTorch's polygamma(1, x), and so the gradient of digamma, is good to 1e-9 only.
        if dtype == "float32":
            unary(family, "digamma", torch.digamma, (3, 9), dtypes=(dtype,), special=False)
        for n in (0, 1, 2, 4) if dtype == "float32" else (2, 4):
            unary(family, "polygamma", lambda x, n: torch.polygamma(n, x), (0.5, 12) if dtype == "float64" else (3, 9), args=(n,), dtypes=(dtype,), special=False)
        special_values = torch.tensor([math.inf, 1.0, 2.0, 25.0, 1e-3, 100.0, -0.5, -1.5, -2.25], dtype=DTYPES[dtype])
        family.case("lgamma_values", lambda x: torch.lgamma(x.detach()), [given(special_values)])
        if dtype == "float64":
            family.case("digamma_values", lambda x: torch.digamma(x.detach()), [given(special_values[1:])])
            family.case("digamma_values", lambda x: torch.digamma(x.detach()), [spec([37], dtype, (0.1, 20))])
        family.case("erfinv", torch.erfinv, [given(torch.tensor([1 - 1e-3, -1 + 1e-3, 1e-8, 0.0, 0.5], dtype=DTYPES[dtype]))])
        family.case("sinc", torch.sinc, [given(torch.tensor([0.0, 1.0, -2.0, 0.5], dtype=DTYPES[dtype]))])
    unary(family, "entr", torch.special.entr, POSITIVE)
    binary(family, "zeta", lambda s, q: torch.special.zeta(s.detach(), q.detach()), ((1, 6), POSITIVE))
    unary(family, "frexp", torch.frexp, POSITIVE, special=False)
    for dtype in FLOATS:
        family.case("frexp_values", lambda x: torch.frexp(x.detach()), [given(torch.tensor([0.0, -0.75, 1.0, 1e-30, 12345.0], dtype=DTYPES[dtype]))])
        family.case("zeta_values", lambda s, q: torch.special.zeta(s.detach(), q.detach()), [given(torch.tensor([1.0, 0.5, 2.0, 3.0, 2.0, 2.5, 3.0], dtype=DTYPES[dtype])), given(torch.tensor([2.0, 2.0, -1.0, -1.5, -2.5, -1.5, 0.0], dtype=DTYPES[dtype]))])
    family.write()


def two_tensors():
    family = Family("binary")
    mixed = (("float32", "float32"), ("float64", "float64"), ("int64", "float32"))
    binary(family, "copysign", torch.copysign, pairs=mixed)
    binary(family, "hypot", torch.hypot)
    binary(family, "logaddexp", torch.logaddexp)
    binary(family, "logaddexp2", torch.logaddexp2)
    binary(family, "xlogy", torch.xlogy, (OPEN, POSITIVE), pairs=mixed)
    binary(family, "xlog1py", torch.special.xlog1py, (OPEN, POSITIVE), pairs=mixed)
    binary(family, "float_power", torch.float_power, (POSITIVE, OPEN), pairs=mixed)
    binary(family, "ldexp", torch.ldexp, pairs=(("float32", "int64"), ("float64", "float64")))
    binary(family, "fmax", torch.fmax, pairs=mixed)
    binary(family, "fmin", torch.fmin, pairs=mixed)
    for op in ("heaviside", "nextafter"):
        binary(family, op, lambda a, b, op=op: getattr(torch, op)(a.detach(), b.detach()))
    values = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -2.0]
    for dtype in FLOATS:
        a = torch.tensor([v for v in values for _ in values], dtype=DTYPES[dtype])
        b = torch.tensor(values * len(values), dtype=DTYPES[dtype])
        for op in ("copysign", "fmax", "fmin", "heaviside", "xlogy", "logaddexp", "logaddexp2"):
            family.case(op + "_values", lambda a, b, op=op: getattr(torch, op)(a.detach(), b.detach()), [given(a), given(b)])
    family.write()


def bitwise():
    family = Family("bitwise")
    pairs = (("int64", "int64"), ("bool", "bool"), ("int64", "bool"))
    for op in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        binary(family, op, getattr(torch, op), ((-100, 100), (-100, 100)), pairs=pairs)
    unary(family, "bitwise_not", torch.bitwise_not, (-100, 100), dtypes=("int64", "bool"))
    for op in ("bitwise_left_shift", "bitwise_right_shift"):
        binary(family, op, getattr(torch, op), ((-100, 100), (0, 9)), pairs=pairs[:1])
    for op in ("gcd", "lcm"):
        binary(family, op, getattr(torch, op), ((-100, 100), (-30, 30)), pairs=pairs[:1])
    family.write()


def nan_reduce():
    family = Family("nan_reduce")
    hole = [[1.0, math.nan, 3.0, -2.0], [math.nan] * 4, [0.5, 0.0, -1.5, math.nan]]
    for dtype in FLOATS:
        inputs = lambda: [spec(shape, dtype, OPEN, layout) for shape, layout in LAYOUTS] + [given(torch.tensor(hole, dtype=DTYPES[dtype])), spec([0, 4], dtype)]
        for op in ("nansum", "nanmean"):
            for x in inputs():
                for dims, keepdim in (([0], False), ([1], True), ([0, 1], False)):
                    if op == "nanmean" and dims == [1] and "tensor" in x:
                        continue  # a row of NaN, through which PyTorch's gradient is NaN too; here it is 0
                    family.case(op, getattr(torch, op), [x], (dims, keepdim))
        for x in inputs():
            for dims in ([0], [-1], [0, 1]):
                family.case("count_nonzero", lambda x, dims: torch.count_nonzero(x.detach(), dims), [x], (dims,))
        for x in inputs()[:4]:
            for dim in (0, 1, -1):
                for keepdim in (False, True):
                    family.case("aminmax", lambda x, dim, keepdim: torch.aminmax(x.detach(), dim=dim, keepdim=keepdim), [x], (dim, keepdim))
                for n in (0, 1, 2, 5):
                    family.case("diff", lambda x, n, dim: torch.diff(x, n=n, dim=dim), [x], (n, dim))
            for p in (1, 2, 3, "inf"):
                family.case("dist", torch.dist, [x, spec([4], dtype)], (p,))
            for sizes in ([4], [1, 4], [3, 1], [], [3, 4]):
                family.case("sum_to_size", lambda x, sizes: x.sum_to_size(sizes), [x], (sizes,))
            for p, dim, maxnorm in ((2, 0, 1.5), (1, 1, 2.0), (3, -1, 100.0)):
                family.case("renorm", torch.renorm, [x], (p, dim, maxnorm))
        family.case("diff_joined", lambda x, a, b: torch.diff(x, prepend=a, append=b), [spec([3, 4], dtype), spec([3, 1], dtype), spec([3, 2], dtype)])
    family.case("diff", lambda x, n, dim: torch.diff(x, n=n, dim=dim), [spec([7], "bool")], (1, 0))
    family.case("nansum", torch.nansum, [spec([3, 4], "int64")], ([1], False))
    family.write()


def cumulative():
    family = Family("cumulative")
    for dtype in FLOATS + ("int64",):
        for shape, layout in LAYOUTS + (([2, 3, 2], "contiguous"), ([0, 3], "contiguous"), ([1], "contiguous")):
            for dim in range(-1, len(shape)):
                for op in ("cummax", "cummin"):
                    family.case(op, getattr(torch, op), [spec(shape, dtype, OPEN, layout)], (dim,))
        for op in ("cummax", "cummin"):
            family.case(op, getattr(torch, op), [spec([], dtype)], (0,))
    for dtype in FLOATS:
        values = torch.tensor([1.0, 3.0, 3.0, math.nan, 5.0, math.inf], dtype=DTYPES[dtype])
        for op in ("cummax", "cummin"):
            family.case(op, getattr(torch, op), [given(values)], (0,))
        for shape, layout in LAYOUTS + (([2, 3, 2], "contiguous"), ([0, 3], "contiguous"), ([1], "contiguous"), ([], "contiguous")):
            for dim in range(-1, len(shape)):
                family.case("logcumsumexp", torch.logcumsumexp, [spec(shape, dtype, OPEN, layout)], (dim,))
        values = torch.tensor([-math.inf, -1e4, 1.0, 500.0, -500.0, math.inf, 1.0, math.nan, 2.0], dtype=DTYPES[dtype])
        family.case("logcumsumexp_values", lambda x, dim: torch.logcumsumexp(x.detach(), dim), [given(values)], (0,))
    family.write()


def vector_products():
    family = Family("vector_products")
    scaled = lambda op: lambda c, a, b, beta, alpha: getattr(torch, op)(c, a, b, beta=beta, alpha=alpha)
    for dtype in FLOATS:
        for factors in ((1, 1), (0.5, -2.0)):
            for layout in ("contiguous", "transposed"):
                family.case("addmv", scaled("addmv"), [spec([3], dtype), spec([3, 4], dtype, OPEN, layout), spec([4], dtype, OPEN, "strided")], factors)
                family.case("addmv", scaled("addmv"), [spec([1], dtype), spec([3, 4], dtype, OPEN, layout), spec([4], dtype)], factors)
                family.case("addr", scaled("addr"), [spec([3, 4], dtype, OPEN, layout), spec([3], dtype, OPEN, "strided"), spec([4], dtype)], factors)
                family.case("addr", scaled("addr"), [spec([4], dtype), spec([3], dtype), spec([4], dtype)], factors)
                family.case("addbmm", scaled("addbmm"), [spec([3, 2], dtype), spec([2, 3, 4], dtype, OPEN, layout), spec([2, 4, 2], dtype, OPEN, layout)], factors)
        family.case("addmv", scaled("addmv"), [spec([3], dtype), spec([3, 0], dtype), spec([0], dtype)], (1, 1))
        for a, b in (([4], [4]), ([3, 4], [4]), ([2, 3, 4], [5, 4]), ([], [3]), ([3, 2], []), ([2, 0], [3, 0]), ([1], [1])):
            family.case("inner", torch.inner, [spec(a, dtype), spec(b, dtype)])
        for a, b in (([2, 3], [3, 2]), ([3], [2]), ([2, 2], [2]), ([], [2, 3]), ([2], [2, 1, 2]), ([0], [2]), ([1, 1], [1])):
            family.case("kron", torch.kron, [spec(a, dtype), spec(b, dtype)])
        for shape in ([3], [2, 3], [3, 3], [3, 0], [4, 3, 2]):
            for layout in ("contiguous", "transposed"):
                dim = len(shape) - 1 - shape[::-1].index(3)
                family.case("cross", lambda a, b, dim: torch.cross(a, b, dim=dim), [spec(shape, dtype, OPEN, layout), spec(shape, dtype)], (dim,))
        family.case("cross", lambda a, b, dim: torch.cross(a, b, dim=dim), [spec([2, 3], dtype), spec([1, 3], dtype)], (-1,))
        family.case("cross", lambda a, b, dim: torch.cross(a, b), [spec([3, 2], dtype), spec([3, 2], dtype)], (None,))
    family.write()


def diagonal():
    family = Family("diagonal")
    for dtype in FLOATS + ("int64", "bool"):
        for shape, layout in LAYOUTS + (([3], "contiguous"), ([3], "strided"), ([0], "contiguous"), ([1, 1], "contiguous"), ([4, 3], "contiguous")):
            for offset in (0, 1, -2):
                if shape != [1, 1] or offset == 0:  # PyTorch 1.13 fails for diagonals outside of the matrix
                    family.case("diag", torch.diag, [spec(shape, dtype, OPEN, layout)], (offset,))
                family.case("diagflat", torch.diagflat, [spec(shape, dtype, OPEN, layout)], (offset,))
                family.case("diag_embed", torch.diag_embed, [spec(shape, dtype, OPEN, layout)], (offset, -2, -1))
        family.case("diag_embed", torch.diag_embed, [spec([2, 3], dtype)], (1, 2, 0))
        for shape, layout in LAYOUTS + (([0, 3], "contiguous"), ([1, 1], "contiguous")):
            if dtype != "bool":
                family.case("trace", torch.trace, [spec(shape, dtype, OPEN, layout)])
        for shape, layout in LAYOUTS:
            x = lambda: spec(shape, dtype, OPEN, layout)
            family.case("diagonal_scatter", torch.diagonal_scatter, [x(), spec([3], dtype)], (1, 0, 1))
            family.case("select_scatter", torch.select_scatter, [x(), spec([4], dtype)], (0, -1))
            family.case("select_scatter", torch.select_scatter, [x(), spec([3], dtype, OPEN, "strided")], (1, 2))
            family.case("slice_scatter", torch.slice_scatter, [x(), spec([3, 2], dtype)], (1, 1, None, 2))
            family.case("slice_scatter", torch.slice_scatter, [x(), spec([2, 4], dtype)], (0, 0, -1, 1))
            if layout == "contiguous":  # PyTorch's gradient reads memory that is not its own
                family.case("as_strided_scatter", lambda x, source, *args: torch.as_strided_scatter(x.detach(), source.detach(), *args), [x(), spec([2, 3], dtype)], ([2, 3], [4, 1], 1))
                family.case("as_strided_scatter", lambda x, source, *args: torch.as_strided_scatter(x.detach(), source.detach(), *args), [x(), spec([4], dtype, OPEN, "strided")], ([4], [3], 0))
        for shape in ([3, 4], [7, 3], [3, 3, 3], [1, 1], [0, 3]):
            for wrap in (False, True):
                family.case("fill_diagonal", lambda x, value, wrap: x.clone().fill_diagonal_(value, wrap), [spec(shape, dtype)], (1, wrap))
    family.write()


if __name__ == "__main__":
    write_families(special, two_tensors, bitwise, nan_reduce, cumulative, vector_products, diagonal)
