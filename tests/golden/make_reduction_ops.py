#!/usr/bin/env python3
"""Writes the families of ops/*.json that reduce, normalise or sort along dimensions; see families.py."""

import math

import torch

from families import FLOATS, OPEN, UNARY_GRID, REDUCED, Family, given, spec, write_families
from golden import DTYPES


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


if __name__ == "__main__":
    write_families(reduce, softmax, sort)
