#!/usr/bin/env python3
"""Writes ops/*.json of the functions around the core: joining, searching, quantiles, histograms, integrals, combinatorics,
contractions, reductions by index, distances, windows, Bessel and incomplete gamma functions.

Run with names of families to write only those.
"""

import math

import torch

from golden import DTYPES
from families import FLOATS, OPEN, POSITIVE, UNIT, Family, binary, given, spec, unary, write_families
from make_special_ops import LAYOUTS

EVERY = FLOATS + ("int64", "bool")


def numbers(values, dtype="float64"):
    return given(torch.tensor(values, dtype=DTYPES[dtype]))


def joining():
    family = Family("joining")
    for dtype in EVERY:
        for op in ("atleast_1d", "atleast_2d", "atleast_3d"):
            for shape in ([], [3], [2, 3], [0], [2, 1, 3]):
                family.case(op, getattr(torch, op), [spec(shape, dtype)])
            family.case(op, getattr(torch, op), [spec([3, 4], dtype, OPEN, "transposed")])
        stacked = lambda op: lambda *tensors: getattr(torch, op)(tensors)
        for op in ("hstack", "vstack", "dstack", "column_stack"):
            for shapes in (([], []), ([3], [3]), ([2, 3], [2, 3]), ([2, 3, 1], [2, 3, 1]), ([0, 2], [1, 2]), ([3], [3], [3])):
                if op == "vstack" or shapes[0] != [0, 2]:
                    family.case(op, stacked(op), [spec(shape, dtype) for shape in shapes])
            family.case(op, stacked(op), [spec([3, 4], dtype, OPEN, layout) for layout in ("transposed", "strided")])
        family.case("hstack", stacked("hstack"), [spec([2, 3], dtype), spec([2, 1], dtype)])
        family.case("vstack", stacked("vstack"), [spec([3], dtype), spec([2, 3], dtype)])
        family.case("column_stack", stacked("column_stack"), [spec([3], dtype), spec([3, 2], dtype), spec([3], dtype, OPEN, "strided")])
        for shapes in (([2, 3],), ([2, 3], [1], [], [3, 1]), ([0, 2], [2, 0])):  # PyTorch's gradient beside an empty vector is wrong
            family.case("block_diag", lambda *tensors: torch.block_diag(*tensors), [spec(shape, dtype) for shape in shapes])
        for shapes in (([3, 1], [4]), ([], [2, 3], [3]), ([0], [1]), ([2, 1, 3], [4, 1])):
            family.case("broadcast_tensors", lambda *tensors: torch.broadcast_tensors(*tensors), [spec(shape, dtype) for shape in shapes])
    family.case("block_diag", lambda *tensors: torch.block_diag(*tensors), [spec([2, 2], "int64"), spec([2], "float32")])
    family.write()


def combinatorics():
    family = Family("combinatorics")
    for op in ("tril_indices", "triu_indices"):
        for sizes in ((3, 3), (2, 4), (4, 2), (0, 3), (1, 1)):
            for offset in (0, 1, -1, -4, 5):
                family.case(op, lambda rows, columns, offset, op=op: getattr(torch, op)(rows, columns, offset), [], (*sizes, offset))
    for dtype in FLOATS + ("int64",):
        for n in (0, 1, 4):
            for r in (0, 1, 2, 3):
                for replacement in (False, True):
                    if n > 0 or r > 0:
                        family.case("combinations", lambda x, r, w: torch.combinations(x, r, w), [spec([n], dtype, OPEN, "strided" if n == 4 else "contiguous")], (r, replacement))
        for lengths in ((3,), (2, 3), (2, 1, 3), (2, 0)):
            family.case("cartesian_prod", lambda *tensors: torch.cartesian_prod(*tensors), [spec([n], dtype) for n in lengths])
        for n, columns in ((3, None), (3, 2), (3, 5), (0, 3), (3, 0), (1, 1), (4, 1)):
            for increasing in (False, True):
                family.case("vander", lambda x, n, increasing: torch.vander(x.detach(), n, increasing), [spec([n], dtype, OPEN, "strided" if n == 4 else "contiguous")], (columns, increasing))
    family.case("vander", lambda x, n, increasing: torch.vander(x.detach(), n, increasing), [numbers([0.0, 1.0, -2.0])], (4, False))
    family.write()


def contraction():
    family = Family("contraction")
    for dtype in FLOATS:
        for a, b, a_dims, b_dims in (
            ([2, 3], [3, 4], [1], [0]), ([2, 3, 4], [4, 3, 2], [1, 2], [1, 0]), ([2, 3, 4], [5, 2], [0], [-1]), ([2], [3], [], []),
            ([2, 3], [2, 3], [0, 1], [0, 1]), ([2, 1], [3, 4], [1], [0]), ([2, 3], [1, 4], [1], [0]), ([2, 0], [0, 3], [1], [0]),
            ([], [2, 3], [], []), ([0, 3], [3, 2], [1], [0]), ([3], [3], [0], [0])):
            for layout in ("contiguous", "transposed") if len(a) > 1 else ("contiguous",):
                family.case("tensordot", lambda a, b, i, j: torch.tensordot(a, b, (i, j)), [spec(a, dtype, OPEN, layout), spec(b, dtype)], (a_dims, b_dims))
        for shapes in (([2, 3],), ([2, 3], [3, 4]), ([5, 2], [2, 6], [6, 1], [1, 3]), ([2, 0], [0, 3])):
            family.case("chain_matmul", lambda *matrices: torch.linalg.multi_dot(matrices) if len(matrices) > 1 else matrices[0].clone(), [spec(shape, dtype) for shape in shapes])
    family.write()


def searching():
    family = Family("searching")
    special = [-math.inf, -1.5, 0.0, 0.0, 2.0, math.inf]
    for dtype in FLOATS + ("int64",):
        sequence = [-2, -1, 0, 0, 2, 2] if dtype == "int64" else special
        for right in (False, True):
            for shape, layout in LAYOUTS + (([], "contiguous"), ([0], "contiguous"), ([37], "contiguous")):
                family.case("searchsorted", lambda s, x, narrow, right: torch.searchsorted(s.detach(), x.detach(), out_int32=narrow, right=right), [numbers(sequence, dtype), spec(shape, dtype, OPEN, layout)], (False, right))
                family.case("bucketize", lambda x, s, narrow, right: torch.bucketize(x.detach(), s.detach(), out_int32=narrow, right=right), [spec(shape, dtype, OPEN, layout), numbers(sequence, dtype)], (False, right))
            values = [-2, 0, 3] if dtype == "int64" else [math.nan, math.inf, -math.inf, 0.0, -0.0, 2.0]
            family.case("searchsorted", lambda s, x, narrow, right: torch.searchsorted(s.detach(), x.detach(), out_int32=narrow, right=right), [numbers(sequence, dtype), numbers(values, dtype)], (False, right))
            rows = torch.sort(torch.arange(12).remainder(5).reshape(3, 4), 1)[0].tolist()
            family.case("searchsorted", lambda s, x, narrow, right: torch.searchsorted(s.detach(), x.detach(), out_int32=narrow, right=right), [numbers(rows, dtype), spec([3, 2], dtype, (0, 6), "strided")], (False, right))
            family.case("searchsorted_sorter", lambda s, x, sorter, right: torch.searchsorted(s.detach(), x.detach(), right=right, sorter=sorter), [numbers([2, 0, 3, 1], dtype), spec([5], dtype, (0, 4)), numbers([1, 3, 0, 2], "int64")], (right,))
        family.case("searchsorted", lambda s, x, narrow, right: torch.searchsorted(s.detach(), x.detach(), out_int32=narrow, right=right), [spec([0], dtype), spec([3], dtype)], (False, False))
    for dtype in EVERY:
        for shape, layout in LAYOUTS + (([], "contiguous"), ([0], "contiguous")):
            for n in (0, 1, 30) if dtype != "bool" else ():
                for invert in (False, True):
                    family.case("isin", lambda x, t, invert: torch.isin(x.detach(), t.detach(), invert=invert), [spec(shape, dtype, (-3, 3), layout), spec([n], dtype, (-2, 2))], (invert,))
            family.case("argwhere", lambda x: torch.argwhere(x.detach()), [spec(shape, dtype, OPEN, layout)])
            family.case("nonzero_numpy", lambda x: torch.nonzero(x.detach(), as_tuple=True), [spec(shape, dtype, OPEN, layout)])
    family.case("isin", lambda x, t, invert: torch.isin(x.detach(), t.detach(), invert=invert), [numbers([math.nan, 0.0, -0.0, math.inf]), numbers([math.nan, 0.0, math.inf])], (False,))
    family.write()


def unique():
    family = Family("unique")
    runs = [[0, 0, 1], [0, 0, 1], [2, 0, 1], [0, 0, 1]]
    for dtype in FLOATS:
        family.case("unique", lambda x: torch.unique(x.detach(), return_inverse=True, return_counts=True), [numbers([math.inf, 1.0, -math.inf, 1.0, math.inf, 0.5], dtype)])
        family.case("unique", lambda x: torch.unique(x.detach(), return_inverse=True, return_counts=True), [numbers([3, 1, 3, 2, 1, 3], dtype)])
    for dtype in EVERY:
        inputs = lambda: [numbers(runs, dtype), spec([3, 4], dtype, (-1, 2), "transposed"), spec([12], dtype, (0, 2), "strided"), spec([1], dtype)]
        for x in inputs():
            family.case("unique", lambda x: torch.unique(x.detach(), return_inverse=True, return_counts=True), [x])
            family.case("unique_consecutive", lambda x, dim: torch.unique_consecutive(x.detach(), return_inverse=True, return_counts=True, dim=dim), [x], (None,))
        for x in inputs():
            for dim in (0, -1):
                family.case("unique_dim", lambda x, dim: torch.unique(x.detach(), return_inverse=True, return_counts=True, dim=dim), [x], (dim,))
                family.case("unique_consecutive", lambda x, dim: torch.unique_consecutive(x.detach(), return_inverse=True, return_counts=True, dim=dim), [x], (dim,))
        family.case("unique", lambda x: torch.unique(x.detach(), return_inverse=True, return_counts=True), [spec([0], dtype)])
        family.case("unique_consecutive", lambda x, dim: torch.unique_consecutive(x.detach(), return_inverse=True, return_counts=True, dim=dim), [spec([0], dtype)], (None,))
    family.write()


def quantile():
    family = Family("quantile")
    hole = [[1.0, math.nan, 3.0, -2.0], [math.nan] * 4, [0.5, 0.0, -1.5, 7.0]]
    for dtype in FLOATS:
        for op in ("quantile", "nanquantile"):
            function = lambda x, q, dim, keepdim, interpolation, op=op: getattr(torch, op)(x, q, dim, keepdim, interpolation=interpolation)
            for shape, layout in LAYOUTS + (([7], "contiguous"), ([1], "contiguous"), ([], "contiguous"), ([2, 3, 4], "contiguous")):
                for dim in (None, 0, -1):
                    for keepdim in (False, True):
                        if dim is None or len(shape) > 0:
                            family.case(op, function, [spec(shape, dtype, OPEN, layout), numbers([0.3, 0.55, 0.9], dtype)], (dim, keepdim, "linear"))
                            family.case(op, function, [spec(shape, dtype, OPEN, layout), numbers(0.42, dtype)], (dim, keepdim, "linear"))
            for interpolation in ("lower", "higher", "nearest", "midpoint"):
                values = lambda x, *args, f=function: f(x.detach(), *(a.detach() if isinstance(a, torch.Tensor) else a for a in args))
                family.case(op + "_other", lambda x, q, interpolation, f=function: f(x, q.detach(), 0, False, interpolation), [spec([6, 3], dtype), numbers([0.0, 0.1, 0.33, 0.5, 0.77, 1.0], dtype)], (interpolation,))
                family.case(op + "_other", lambda x, q, interpolation, f=function: f(x, q.detach(), 0, False, interpolation), [spec([5, 2], dtype, OPEN, "strided"), numbers(0.375, dtype)], (interpolation,))
            family.case(op + "_values", lambda x, q, dim, f=function: f(x.detach(), q.detach(), dim, False, "linear"), [numbers(hole, dtype), numbers([0.0, 0.5, 1.0], dtype)], (1,))
            family.case(op + "_values", lambda x, q, dim, f=function: f(x.detach(), q.detach(), dim, False, "linear"), [numbers(hole, dtype), numbers([0.25], dtype)], (0,))
    family.write()


def histogram():
    family = Family("histogram")
    for dtype in FLOATS:
        for shape, layout in LAYOUTS + (([100], "contiguous"), ([1], "contiguous"), ([], "contiguous")):
            for density in (False, True):
                family.case("histogram", lambda x, bins, density: tuple(torch.histogram(x.detach(), bins, density=density)), [spec(shape, dtype, OPEN, layout)], (7, density))
                family.case("histogram_range", lambda x, bins, low, high, density: tuple(torch.histogram(x.detach(), bins, range=(low, high), density=density)), [spec(shape, dtype, (-1, 2), layout)], (4, -1.5, 2.0, density))
                family.case("histogram_weight", lambda x, w, bins, density: tuple(torch.histogram(x.detach(), bins, weight=w.detach(), density=density)), [spec(shape, dtype, OPEN, layout), spec(shape, dtype, POSITIVE)], (5, density))
                family.case("histogram_edges", lambda x, edges, density: tuple(torch.histogram(x.detach(), edges.detach(), density=density)), [spec(shape, dtype, (-1, 2), layout), numbers([-1.5, -0.5, 0.0, 1.5, 3.0], dtype)], (density,))
        for density in (False, True):
            flat = lambda pair: (pair[0], *pair[1])
            family.case("histogramdd", lambda x, bins, density: flat(torch.histogramdd(x.detach(), bins, density=density)), [spec([40, 2], dtype)], ([3, 4], density))
            family.case("histogramdd_edges", lambda x, a, b, density: flat(torch.histogramdd(x.detach(), (a.detach(), b.detach()), density=density)), [spec([5, 6, 2], dtype), numbers([-2.0, 0.0, 2.0], dtype), numbers([-1.0, 0.0, 0.5, 3.0], dtype)], (density,))
    family.write()


def integration():
    family = Family("integration")
    for dtype in FLOATS:
        for shape, layout in LAYOUTS + (([5], "contiguous"), ([1], "contiguous"), ([2, 3, 4], "contiguous")):
            for dim in (0, -1):
                for op in ("trapezoid", "cumulative_trapezoid"):
                    family.case(op, lambda y, dx, dim, op=op: getattr(torch, op)(y, dx=dx, dim=dim), [spec(shape, dtype, OPEN, layout)], (0.7, dim))
                    family.case(op + "_places", lambda y, x, dim, op=op: getattr(torch, op)(y, x, dim=dim), [spec(shape, dtype, OPEN, layout), spec([shape[dim]], dtype)], (dim,))
                    family.case(op + "_places", lambda y, x, dim, op=op: getattr(torch, op)(y, x, dim=dim), [spec(shape, dtype, OPEN, layout), spec(shape, dtype)], (dim,))
        for shape, layout in LAYOUTS + (([5], "contiguous"), ([3, 4, 3], "contiguous")):
            for order in (1, 2):
                family.case("gradient", lambda x, h, dims, order: torch.gradient(x, spacing=h, dim=dims, edge_order=order), [spec(shape, dtype, OPEN, layout)], (0.7, [0], order))
                family.case("gradient", lambda x, h, dims, order: torch.gradient(x, spacing=h, dim=dims, edge_order=order), [spec(shape, dtype, OPEN, layout)], (2.0, list(range(len(shape))), order))
        family.case("gradient", lambda x, h, dims, order: torch.gradient(x, spacing=h, dim=dims, edge_order=order), [spec([2, 2], dtype)], (1.0, [1], 1))
        for order in (1, 2):
            family.case("gradient_places", lambda x, a, b, order: torch.gradient(x, spacing=(a.detach(), b.detach()), edge_order=order), [spec([3, 4], dtype), numbers([0.0, 1.0, 3.0], dtype), numbers([0.5, 1.0, 3.0, 3.5], dtype)], (order,))
    family.write()


def scatter_reduce():
    family = Family("scatter_reduce")
    index = [[0, 2, 1, 0], [0, 0, 1, 2], [1, 2, 1, 0]]
    for dtype in FLOATS + ("int64",):
        for reduce in ("sum", "mean", "prod", "amax", "amin"):
            for include in (True, False):
                function = lambda x, index, source, dim, reduce, include: torch.scatter_reduce(x, dim, index, source, reduce, include_self=include)
                for layout in ("contiguous", "transposed", "strided"):
                    family.case("scatter_reduce", function, [spec([3, 4], dtype, OPEN, layout), numbers(index, "int64"), spec([3, 4], dtype, OPEN, layout)], (0, reduce, include))
                # PyTorch's gradient fails where the source is larger than the index.
                family.case("scatter_reduce_part", lambda x, index, source, *args: function(x.detach(), index, source.detach(), *args), [spec([3, 4], dtype), numbers([[3, 3], [0, 3]], "int64"), spec([3, 5], dtype)], (1, reduce, include))
                family.case("scatter_reduce_part", lambda x, index, source, *args: function(x.detach(), index, source.detach(), *args), [spec([4], dtype), numbers([], "int64"), spec([3], dtype)], (0, reduce, include))
                family.case("scatter_reduce", function, [spec([2], dtype), numbers([0, 0, 0], "int64"), spec([3], dtype)], (-1, reduce, include))
                if reduce != "sum":
                    for dim, chosen, shape in ((0, [2, 0, 2], [3, 4]), (1, [3, 3], [3, 2]), (0, [], [0, 4])):
                        family.case("index_reduce", lambda x, index, source, dim, reduce, include: x.index_reduce(dim, index, source, reduce, include_self=include), [spec([3, 4], dtype, OPEN, "transposed"), numbers(chosen, "int64"), spec(shape, dtype)], (dim, reduce, include))
    for dtype in FLOATS:
        for reduce in ("amax", "amin"):
            for include in (True,):  # PyTorch lets an element that is not included share the gradient
                family.case("scatter_reduce", function, [numbers([1.0, 2.0, 0.0], dtype), numbers([0, 0, 1, 1], "int64"), numbers([1.0, 1.0, 3.0, 2.0], dtype)], (0, reduce, include))
        for source in ([0.0, 2.0, 3.0, 0.0, 0.0, 5.0], [1.0, 2.0, 0.0, 4.0, 5.0, 6.0]):
            for include in (True, False):
                family.case("product_with_zeros", function, [numbers([2.0, 3.0, 0.0], dtype), numbers([0, 0, 1, 1, 1, 2], "int64"), numbers(source, dtype)], (0, "prod", include))
    family.write()


def distance_matrix():
    family = Family("distance_matrix")
    for dtype in FLOATS:
        for p in (0, 1, 1.5, 2, 3, "inf"):
            function = lambda a, b, p: torch.cdist(a, b, p, compute_mode="donot_use_mm_for_euclid_dist")
            for a, b in (([3, 4], [2, 4]), ([2, 3, 4], [2, 1, 4]), ([2, 1, 3, 2], [3, 4, 2]), ([0, 3], [2, 3]), ([2, 3], [0, 3]), ([1, 1], [1, 1])):
                family.case("cdist", function, [spec(a, dtype), spec(b, dtype)], (p,))
            family.case("cdist", function, [spec([3, 4], dtype, OPEN, "transposed"), spec([5, 4], dtype, OPEN, "strided")], (p,))
    family.write()


def windows():
    family = Family("windows")
    for op in ("bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"):
        for n in (0, 1, 2, 7, 8):
            for periodic in (False, True):
                family.case(op, lambda n, periodic, op=op: getattr(torch, op)(n, periodic, dtype=torch.float64), [], (n, periodic))
    family.write()


def bessel():
    family = Family("bessel")
    for dtype in FLOATS:
        for op, function in (("i0", torch.i0), ("i0e", torch.special.i0e), ("i1", torch.special.i1), ("i1e", torch.special.i1e)):
            unary(family, op, function, dtypes=(dtype,), special=False)
            family.case(op + "_values", lambda x, f=function: f(x.detach()), [numbers([0.0, 1e-8, 7.9, 8.1, 29.9, 30.1, -31.0, 80.0], dtype)])
        family.case("i0e_values", lambda x: torch.special.i0e(x.detach()), [numbers([700.0, -1e4, math.inf, math.nan], dtype)])
        # PyTorch's are good to single precision.
        for op in () if dtype == "float64" else ("bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1"):
            for shape, layout in LAYOUTS + (([], "contiguous"), ([0], "contiguous"), ([37], "contiguous")):
                family.case(op + "_values", lambda x, op=op: getattr(torch.special, op)(x.detach()), [spec(shape, dtype, (0.1, 20) if "y" in op else (-20, 20), layout)])
    family.write()


def incomplete_gamma():
    family = Family("incomplete_gamma")
    for op in ("igamma", "igammac"):
        binary(family, op, lambda a, x, op=op: getattr(torch, op)(a.detach(), x), (POSITIVE, POSITIVE))
        for dtype in FLOATS:
            a = torch.tensor([0.001, 0.5, 1.0, 3.0, 19.0, 31.0, 150.0, 1000.0], dtype=DTYPES[dtype])  # PyTorch is good to nine digits where a large order is near x
            x = torch.tensor([0.0, 0.01, 0.9, 1.5, 4.0, 20.0, 250.0, 1500.0], dtype=DTYPES[dtype])
            family.case(op + "_values", lambda a, x, op=op: getattr(torch, op)(a.detach(), x.detach()), [given(a.repeat_interleave(8)), given(x.repeat(8))])
            family.case(op + "_values", lambda a, x, op=op: getattr(torch, op)(a.detach(), x.detach()), [numbers([0.0, 0.0, -1.0, 2.0, 2.0, math.inf], dtype), numbers([0.0, 1.0, 1.0, -1.0, math.inf, 1.0], dtype)])
    for dtype in FLOATS:
        for p in (1, 2, 4):
            unary(family, "mvlgamma", torch.mvlgamma, (2, 6), (p,), (dtype,), special=False)
    family.write()


def normal_functions():
    family = Family("normal_functions")
    for op in ("erfcx", "ndtr", "log_ndtr"):
        unary(family, op, getattr(torch.special, op), special=False)
        for dtype in FLOATS:
            family.case(op + "_values", lambda x, op=op: getattr(torch.special, op)(x.detach()), [numbers([-5.0, -2.0, -1.0, 0.0, 1.0, 1.99, 2.01, 10.0, math.inf, math.nan], dtype)])
    unary(family, "ndtri", torch.special.ndtri, (0.02, 0.98), special=False)
    for dtype in FLOATS:
        family.case("ndtri_values", lambda x: torch.special.ndtri(x.detach()), [numbers([0.0, 1.0, -0.5, 1.5, math.nan, 0.5, 0.25, 1e-6], dtype)])
    family.case("log_ndtr_values", lambda x: torch.special.log_ndtr(x.detach()), [numbers([-10.0, -37.0, -100.0, 40.0])])
    family.write()


if __name__ == "__main__":
    write_families(joining, combinatorics, contraction, searching, unique, quantile, histogram, integration, scatter_reduce, distance_matrix, windows, bessel, incomplete_gamma, normal_functions)
