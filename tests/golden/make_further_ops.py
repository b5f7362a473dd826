#!/usr/bin/env python3
"""Writes the families of ops/*.json that make_ops.py leaves: advanced indexing, scattering and rearranging.

Run with names of families to write only those.
"""

import sys

import torch

from golden import DTYPES
from make_ops import BINARY_GRID, FLOATS, OPEN, UNIT, Family, binary, given, index_spec, spec, unary


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
    family.write()


FAMILIES = (advanced_indexing, scatter, rearrange)

if __name__ == "__main__":
    for family in FAMILIES:
        if len(sys.argv) == 1 or family.__name__ in sys.argv[1:]:
            family()
