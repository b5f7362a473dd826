#!/usr/bin/env python3
"""Writes the families of ops/*.json that view, join, take and place elements; see families.py."""

import torch
import torch.nn.functional as F

from families import FLOATS, OPEN, Family, index_spec, spec, write_families


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


if __name__ == "__main__":
    write_families(view, indexing)
