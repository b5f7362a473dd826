#!/usr/bin/env python3
"""Writes the families of ops/*.json that make_ops.py leaves: advanced indexing, scattering, rearranging, products, trigonometry, statistics.

Run with names of families to write only those.
"""

import math

import torch
import torch.nn.functional as F

from golden import DTYPES
from families import FLOATS, OPEN, UNIT, Family, binary, given, index_spec, spec, unary, write_families


def integers(values):
    return given(torch.tensor(values, dtype=torch.int64))


def flags(values):
    return given(torch.tensor(values, dtype=torch.bool))


def to_index(items, tensors):
    """An index from its description: a number, a bool, None, "...", ["slice", start, stop, step], or "tensor", the next one."""
    tensors = iter(tensors)
    index = []
    for item in items:
        if item == "...":
            index.append(Ellipsis)
        elif item == "tensor":
            index.append(next(tensors))
        elif isinstance(item, list):
            index.append(slice(*item[1:]))
        else:
            index.append(item)
    return tuple(index)


def put(x, index, value, accumulate):
    """x[index] = value on a copy; with accumulate, by positions, so that those named twice count twice."""
    y = x.clone()
    if not accumulate:
        y[index] = value
        return y
    positions = torch.arange(x.numel()).reshape(x.shape)[index]
    flat = y.reshape(-1).index_put((positions,), value.expand(positions.shape), accumulate=True)
    return flat.reshape(x.shape)


def advanced_indexing():
    family = Family("advanced_indexing")
    every, tail, odd = ["slice", None, None, None], ["slice", 1, None, None], ["slice", 0, -1, 2]
    vector, matrix, column = integers([1, 0, -1]), integers([[0, 1], [-2, 0]]), integers([[1], [0]])
    none, mask3, mask34, mask4 = integers([]), flags([True, False, True]), flags([[True, False, False, True], [False] * 4, [True] * 4]), flags([False, True, True, False])
    basic = (([0], []), ([-1, 2], []), (["..."], []), ([None], []), ([tail], []), ([odd, None, 1], []), (["...", None, -1], []),
             ([None, "...", tail], []), ([every, every, odd], []), ([1, 2, 0], []), ([["slice", 5, 9, None]], []))
    # Each with distinct positions, so that what is assigned is certain.
    advanced = ((["tensor"], [vector]), (["tensor"], [none]), ([every, "tensor"], [vector]), (["...", "tensor"], [integers([1, 0])]),
                (["tensor", "tensor"], [vector, integers([0, 1, 2])]), (["tensor", every, "tensor"], [vector, integers([0, 1, 0])]),
                (["tensor", "tensor"], [column, vector]), ([every, "tensor", "tensor"], [vector, integers([0, 1, 0])]),
                ([1, "tensor"], [vector]), (["tensor", 1], [vector]), (["tensor", None, "tensor"], [vector, vector]),
                ([tail, "tensor"], [vector]), (["tensor"], [mask3]), (["tensor"], [mask34]), ([every, "tensor"], [mask4]),
                (["tensor", "tensor"], [mask3, integers([0, 3])]), (["tensor", "..."], [flags([False] * 3)]), ([True], []), ([False], []),
                ([None, "tensor"], [mask34]), ([every, "tensor"], [integers([[0, 1], [2, 3]])]), (["tensor", 0, "tensor"], [mask3, integers([1])]),
                (["tensor"], [integers(1)]), ([every, "tensor"], [flags(True)]))
    repeated = ((["tensor"], [integers([1, 1, -2, 0])]), ([every, "tensor"], [integers([[0, 0], [3, 0]])]),
                (["tensor", "...", "tensor"], [integers([0, 0, 1]), integers([1, 1, 0])]))
    for dtype in FLOATS + ("int64", "bool"):
        for layout in ("contiguous", "transposed", "strided") if dtype == "float64" else ("contiguous",):
            x = lambda: spec([3, 4, 2], dtype, OPEN, layout)
            run = lambda x, *rest: x.clone()[to_index(rest[-1], rest[:-1])] if len(rest) else x
            for items, tensors in basic + advanced + repeated:
                family.case("index", run, [x()] + [dict(t) for t in tensors], (items,))
            if dtype == "bool":
                continue
            for number, (items, tensors) in enumerate(basic + advanced + repeated):
                shape = list(torch.empty(3, 4, 2)[to_index(items, [t["tensor"] for t in tensors])].shape)
                for value in (shape, [], [1, 1] + shape[1:] if shape else [1]):
                    for accumulate in (False, True):
                        if accumulate and len(value) > len(shape) or not accumulate and number >= len(basic + advanced):
                            continue
                        op = lambda x, v, *rest: put(x, to_index(rest[-2], rest[:-2]), v, rest[-1])
                        family.case("index_put", op, [x(), spec(value, dtype)] + [dict(t) for t in tensors], (items, accumulate))
    for items, tensors in ((["tensor"], [none]), ([every, "tensor"], [vector])):
        family.case("index", lambda x, *rest: x[to_index(rest[-1], rest[:-1])], [spec([0, 3])] + [dict(t) for t in tensors], (items,))
    family.case("index", lambda x, items: x[to_index(items, ())], [spec([])], (["..."],))
    family.case("index", lambda x, items: x[to_index(items, ())], [spec([])], ([None],))
    family.case("index", lambda x, m, items: x[m], [spec([]), flags(True)], (["tensor"],))
    family.write()


def distinct(shape, dim, size):
    """Indices that name no element twice."""
    torch.manual_seed(len(shape) * 100 + dim * 10 + size)
    count = shape[dim]
    order = torch.rand([size if i == dim else n for i, n in enumerate(shape)]).argsort(dim)
    return given(order.narrow(dim, 0, count).contiguous())


def scatter():
    family = Family("scatter")
    for dtype in FLOATS + ("int64",):
        for layout in ("contiguous", "transposed", "strided"):
            x = lambda: spec([3, 4], dtype, OPEN, layout)
            for dim, size in ((0, 3), (1, 4), (-1, 4)):
                for shape in ([3, 4], [2, 3], [1, 1]):
                    index = distinct(shape, dim % 2, size)
                    # PyTorch 1.13 has no gradient where the source is larger than the index.
                    family.case("scatter", lambda x, i, s, dim: torch.scatter(x, dim, i, s[:i.shape[0], :i.shape[1]]),
                                [x(), dict(index), spec([3, 4], dtype)], (dim,))
                    family.case("scatter_value", lambda x, i, dim, v: torch.scatter(x, dim, i, v), [x(), dict(index)], (dim, 2))
                source = [2, 4] if dim == 0 else [3, 2]
                family.case("index_copy", lambda x, i, s, dim: torch.index_copy(x, dim, i, s),
                            [x(), integers([2, 0]), spec(source, dtype, OPEN, layout)], (dim,))
            family.case("scatter", lambda x, i, s, dim: torch.scatter(x, dim, i, s), [x(), integers([[]]), spec([1, 0], dtype)], (1,))
            for mask in ([3, 4], [4], [3, 1], []):
                family.case("masked_scatter", lambda x, m, s: torch.masked_scatter(x.contiguous(), m, s),
                            [x(), spec(mask, "bool"), spec([4, 3], dtype, OPEN, layout)])
            for shape, dim in (([3, 2], 1), ([1, 2], 1), ([2, 4], 0), ([2, 1], -2), ([3, 0], 1)):
                family.case("take_along_dim", lambda x, i, dim: torch.take_along_dim(x, i, dim), [x(), index_spec(shape, 3)], (dim,))
            family.case("take_along_dim", lambda x, i, dim: torch.take_along_dim(x.contiguous(), i), [x(), index_spec([2, 3], 12)], (None,))
    family.case("take_along_dim", lambda x, i, dim: torch.take_along_dim(x, i, dim), [spec([1, 3]), index_spec([4, 2], 3)], (1,))
    family.case("scatter", lambda x, i, s, dim: torch.scatter(x, dim, i, s), [spec([]), integers(0), spec([])], (0,))
    family.case("masked_scatter", lambda x, m, s: torch.masked_scatter(x, m, s), [spec([4]), flags([[True, False] * 2] * 2), spec([9])])
    family.case("masked_scatter", lambda x, m, s: torch.masked_scatter(x, m, s), [spec([0]), spec([0], "bool"), spec([0])])
    for dtype in FLOATS + ("int64",):
        for layout in ("contiguous", "transposed", "strided"):
            x = lambda: spec([3, 4], dtype, OPEN, layout)
            for dim, index in ((0, [2, 0]), (1, [1, 3, 1]), (-1, [])):
                family.case("index_fill", lambda x, i, v, dim: torch.index_fill(x, dim, i, v), [x(), integers(index), spec([], dtype)], (dim,))
            for index in ([[0, 5], [-1, 5]], [11], []):
                family.case("take", torch.take, [x(), integers(index)])
            for index in ([3, 0, -1], [[2], [7]], []):
                shape = list(torch.tensor(index).shape)
                for accumulate in (False, True):
                    family.case("put", torch.put, [x(), integers(index), spec(shape, dtype)], (accumulate,))
            family.case("put", torch.put, [x(), integers([3, 3, -1]), spec([3], dtype)], (True,))
    family.write()


def rearrange():
    family = Family("rearrange")
    for dtype in FLOATS + ("int64", "bool"):
        for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([3, 4], "strided"), ([3, 4], "expanded"), ([0, 4], "contiguous")):
            x = lambda: spec(shape, dtype, OPEN, layout)
            for shifts, dims in (([1], [0]), ([-1], [1]), ([5], [-1]), ([0], [0]), ([1, 2], [0, 1]), ([2, -1], [1, 1]), ([3], []), ([-13], [])):
                family.case("roll", torch.roll, [x()], (shifts, dims))
            for dim in (0, 1, -1, None):
                for repeats in (0, 1, 3):
                    family.case("repeat_interleave", torch.repeat_interleave, [x()], (repeats, dim))
            counts = lambda x, n, dim: torch.repeat_interleave(x, n, dim)
            family.case("repeat_interleave_counts", counts, [x(), integers([2, 0, 1, 3])], (1,))
            family.case("repeat_interleave_counts", counts, [x(), integers([2])], (0,))
            family.case("repeat_interleave_counts", counts, [x(), integers(2)], (None,))
        family.case("repeat_interleave", torch.repeat_interleave, [spec([], dtype)], (3, None))
        for indexing in ("ij", "xy"):
            grid = lambda *rest: torch.meshgrid(*rest[:-1], indexing=rest[-1])
            for sizes in ([[3]], [[3], [2]], [[2], [3], [4]], [[3], []], [[0], [2]]):
                family.case("meshgrid", grid, [spec(size, dtype) for size in sizes], (indexing,))
            family.case("meshgrid", grid, [spec([3], dtype, OPEN, "strided"), spec([2], dtype, OPEN, "expanded")], (indexing,))
    for dtype in FLOATS + ("int64", "bool"):
        for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([2, 3, 2], "strided"), ([3, 4], "expanded"), ([0, 4], "contiguous"), ([1, 1], "contiguous")):
            x = lambda: spec(shape, dtype, OPEN, layout)
            for repeats in ([2], [2, 1], [1, 2, 2, 1], [0], []):
                family.case("tile", torch.tile, [x()], (repeats,))
            family.case("fliplr", torch.fliplr, [x()])
            family.case("flipud", torch.flipud, [x()])
            for k in (-1, 0, 1, 2, 3, 5):
                for dims in ([0, 1], [1, 0], [-1, 0]):
                    family.case("rot90", torch.rot90, [x()], (k, dims))
    family.write()


def products():
    family = Family("products")
    einsum = lambda *rest: torch.einsum(rest[-1], *rest[:-1])
    equations = (("ij,jk->ik", [3, 4], [4, 2]), ("bij,bjk->bik", [2, 3, 4], [2, 4, 2]), ("ij,ij->", [3, 4], [3, 4]), ("ij->ji", [3, 4]),
                 ("ij->", [3, 4]), ("ij->j", [3, 4]), ("ii->i", [3, 3]), ("ii", [3, 3]), ("iji->j", [3, 2, 3]), ("i,j->ij", [3], [4]),
                 ("i,i", [3], [3]), ("ba,c", [2, 3], [4]), ("...ij,...jk->...ik", [2, 3, 4], [5, 1, 4, 2]), ("...i,i->...", [2, 3, 4], [4]),
                 ("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]), ("bhd,bsd,bh->bs", [2, 1, 3], [2, 4, 3], [2, 1]), ("ij,kj->i", [3, 4], [2, 4]),
                 ("ij,ij->ij", [3, 1], [3, 4]), ("ij, jk -> ki", [3, 4], [4, 2]), ("ij,jk->ik", [0, 4], [4, 2]), ("ij,jk->ik", [3, 0], [0, 2]),
                 ("...", [2, 3]), ("...,...", [2, 3], [3]), ("->", []), ("i,->i", [3], []), ("bi,bj,ijk->bk", [2, 3], [2, 2], [3, 2, 4]),
                 ("bii,bjj->ij", [2, 3, 3], [2, 2, 2]), ("Aa,aB->BA", [2, 3], [3, 4]))
    for dtype in FLOATS:
        for equation, *shapes in equations:
            for layout in ("contiguous", "transposed", "strided") if all(shapes) and dtype == "float64" else ("contiguous",):
                family.case("einsum", einsum, [spec(shape, dtype, UNIT, layout) for shape in shapes], (equation,))
        for bias in ([2, 3, 4], [4], [3, 1], []):
            for layout in ("contiguous", "transposed"):
                for factors in ((1, 1), (0.5, -2.0)):
                    family.case("baddbmm", lambda c, a, b, beta, alpha: torch.baddbmm(c, a, b, beta=beta, alpha=alpha),
                                [spec(bias, dtype), spec([2, 3, 5], dtype, OPEN, layout), spec([2, 5, 4], dtype, OPEN, layout)], factors)
        family.case("baddbmm", lambda c, a, b, beta, alpha: torch.baddbmm(c, a, b), [spec([1], dtype), spec([2, 3, 0], dtype), spec([2, 0, 4], dtype)], (1, 1))
        for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([2, 3, 2], "strided"), ([2, 4], "expanded"), ([0, 3], "contiguous")):
            for dim in (0, 1, -1):
                family.case("cumprod", torch.cumprod, [spec(shape, dtype, OPEN, layout)], (dim,))
                if 0 not in shape:
                    family.case("cumprod", torch.cumprod, [spec(shape, "int64", (-2, 3), layout)], (dim,))
        family.case("cumprod", torch.cumprod, [spec([], dtype)], (0,))
        zeros = torch.tensor([[1.5, 0, -2, 3], [0, 2, 0, 1], [1, 2, 3, 0]], dtype=DTYPES[dtype])
        for dim in (0, 1):
            family.case("cumprod", torch.cumprod, [given(zeros)], (dim,))
        norm = lambda x, *rest: F.layer_norm(x, rest[-2], *rest[:-2], eps=rest[-1])
        for shape, layout in (([3, 4], "contiguous"), ([3, 4], "transposed"), ([2, 3, 4], "strided"), ([2, 3, 4], "expanded"), ([4], "contiguous")):
            for n in range(1, len(shape) + 1):
                for parameters in range(3):
                    inputs = [spec(shape, dtype, OPEN, layout)] + [spec(shape[-n:], dtype) for _ in range(parameters)]
                    family.case("layer_norm", norm, inputs, (shape[-n:], 1e-5 if n == 1 else 0.1))
        family.case("layer_norm", norm, [spec([0, 3], dtype), spec([3], dtype), spec([3], dtype)], ([3], 1e-5))
    family.write()


def trigonometry():
    family = Family("trigonometry")
    for op in ("sin", "cos", "atan", "sinh", "cosh"):
        # The sine of large arguments is its own subject: PyTorch's own implementations differ there.
        unary(family, op, getattr(torch, op))
    unary(family, "tan", torch.tan, UNIT, special=False)
    for op in ("asin", "acos"):
        unary(family, op, getattr(torch, op), (-0.9, 0.9), special=False)
    binary(family, "atan2", torch.atan2, pairs=(("float32", "float32"), ("float64", "float64"), ("int64", "float32")))
    family.case("atan2", torch.atan2, [integers([1, 0, -2]), integers([-1, 3, 2])])
    for op, range in (("asinh", OPEN), ("acosh", (1.1, 4)), ("atanh", (-0.9, 0.9)), ("deg2rad", OPEN), ("rad2deg", OPEN)):
        unary(family, op, getattr(torch, op), range, special=False)
    family.write()


def statistics():
    family = Family("statistics")
    for dtype in FLOATS + ("int64",):
        for shape, layout in (([], "contiguous"), ([1], "contiguous"), ([5], "contiguous"), ([3, 4], "contiguous"), ([3, 4], "transposed"),
                              ([3, 4], "strided"), ([2, 3, 2], "contiguous")):
            x = lambda: spec(shape, dtype, (-90, 90), layout)
            family.case("median", torch.median, [x()])
            for dim in range(-1, len(shape)):
                for keepdim in (False, True):
                    # Which of several equal elements PyTorch names is not defined: these have none, or give the values alone.
                    pick = (lambda x, dim, keepdim: torch.median(x, dim, keepdim)[:1]) if dtype == "int64" else torch.median
                    family.case("median_values" if dtype == "int64" else "median_dim", pick, [x()], (dim, keepdim))
    for dtype in FLOATS:
        family.case("median", torch.median, [given(torch.tensor([1.0, math.nan, 3.0], dtype=DTYPES[dtype]))])
        family.case("median", torch.median, [given(torch.tensor([2.0, 1.0, 2.0, 2.0], dtype=DTYPES[dtype]))])
        family.case("median", torch.median, [spec([0], dtype)])
        family.case("median_values", lambda x, dim, keepdim: torch.median(x, dim, keepdim)[:1],
                    [given(torch.tensor([[1.0, math.nan, 3.0], [3.0, 1.0, 2.0]], dtype=DTYPES[dtype]))], (1, False))

    def seeded(function):
        def run(*arguments):
            torch.manual_seed(arguments[-1])
            return function(*[a.detach() if isinstance(a, torch.Tensor) else a for a in arguments[:-1]])
        return run

    for dtype in FLOATS:
        for shape in ([6], [3, 6], [1]):
            for samples, replacement in ((1, False), (1, True), (min(4, shape[-1]), False), (20, True), (shape[-1], False)):
                family.case("multinomial", seeded(torch.multinomial), [spec(shape, dtype, (0, 2))], (samples, replacement, 7))
        family.case("multinomial", seeded(torch.multinomial), [given(torch.tensor([0, 1, 0, 3], dtype=DTYPES[dtype]))], (30, True, 3))
        for a, b in (([3, 4], [3, 4]), ([40], []), ([2, 1], [1, 3])):
            family.case("normal", seeded(torch.normal), [spec(a, dtype), spec(b, dtype, (0, 2))], (5,))

    hole = [[1.0, math.nan, 3.0, -2.0], [math.nan] * 4, [0.5, 0.0, -1.5, math.nan]]
    for dtype in FLOATS:
        for x in (spec([3, 4], dtype), spec([3, 4], dtype, OPEN, "transposed"), given(torch.tensor(hole, dtype=DTYPES[dtype]))):
            family.case("nanmedian", torch.nanmedian, [x])
            for dim in (0, 1):
                family.case("nanmedian_values", lambda x, dim, keepdim: torch.nanmedian(x.detach(), dim, keepdim)[0], [x], (dim, dim == 0))
        for shape, layout in (([], "contiguous"), ([1], "contiguous"), ([3, 4], "contiguous"), ([3, 4], "transposed"), ([3, 4], "strided")):
            for dim in {0, -1, len(shape) - 1}:
                size = shape[dim] if shape else 1
                for k in {1, (size + 1) // 2, size}:
                    family.case("kthvalue", torch.kthvalue, [spec(shape, dtype, OPEN, layout)], (k, dim, k == 1))
        for x in (spec([3, 4], dtype), spec([4], dtype), spec([2, 5], dtype, OPEN, "transposed"), spec([2, 6], dtype, OPEN, "strided")):
            for correction in (0, 1):
                family.case("cov", lambda x, correction: torch.cov(x, correction=correction), [x], (correction,))
            family.case("corrcoef", lambda x: torch.corrcoef(x.detach()), [x])
        for bins, low, high in ((4, 0, 0), (5, -1, 2), (1, -3, 3)):
            family.case("histc", lambda x, *rest: torch.histc(x.detach(), *rest), [spec([3, 4], dtype, OPEN, "transposed")], (bins, low, high))
        family.case("bincount_weights", lambda x, w, n: torch.bincount(x, w.detach(), n), [spec([9], "int64", (0, 5)), spec([9], dtype)], (3,))
    for n in (0, 8):
        family.case("bincount", torch.bincount, [spec([9], "int64", (0, 5))], (None, n))
        family.case("bincount", torch.bincount, [spec([0], "int64")], (None, n))
    for shape, layout in (([9], "contiguous"), ([5, 6], "transposed"), ([5, 6], "strided"), ([], "contiguous")):
        for dtype in ("int64", "float64"):
            for dim in {0, -1}:
                values = spec(shape, "int64", (0, 3), layout)
                family.case("mode_values", lambda x, dim, keepdim, dtype: torch.mode(x.to(DTYPES[dtype]), dim, keepdim)[0], [values], (dim, dim == 0, dtype))
    family.write()


if __name__ == "__main__":
    write_families(advanced_indexing, scatter, rearrange, products, trigonometry, statistics)
