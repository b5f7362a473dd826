#!/usr/bin/env python3
"""Writes ops/linalg.json and ops/group_norm.json: linear algebra, and normalisation over groups of channels, by PyTorch 1.13.

Run with names of families to write only those.
"""

import math

import torch
import torch.nn.functional as F

from families import FLOATS, OPEN, Family, spec, write_families


def linalg():
    family = Family("linalg")
    for dtype in FLOATS:
        for layout in ("contiguous", "transposed", "strided"):
            x = lambda: spec([3, 4], dtype, OPEN, layout)
            for order in (1, -1, "inf", "-inf"):
                number = math.inf if order == "inf" else -math.inf if order == "-inf" else order
                for dims, keepdim in (([-2, -1], False), ([1, 0], True)):
                    family.case("linalg_matrix_norm", lambda x, _, dims, keepdim: torch.linalg.matrix_norm(x, number, dims, keepdim), [x()],
                                (order, dims, keepdim))
                family.case("linalg_norm", lambda x, _, dims: torch.linalg.norm(x, number, dims), [x()], (order, [1]))
                family.case("linalg_norm", lambda x, _, dims: torch.linalg.norm(x, number), [x()], (order, []))
            family.case("linalg_matrix_norm", lambda x, _, dims, keepdim: torch.linalg.matrix_norm(x, "fro", dims, keepdim), [x()],
                        ("fro", [0, 1], True))
            family.case("linalg_norm", lambda x, _, dims: torch.linalg.norm(x, None), [x()], (None, []))
            family.case("linalg_norm", lambda x, _, dims: torch.linalg.norm(x, 3, dims), [x()], (3, [0]))
            for order in (2, 3, 0.5, "inf"):
                number = math.inf if order == "inf" else order
                family.case("linalg_vector_norm", lambda x, _, dims, keepdim: torch.linalg.vector_norm(x, number, dims, keepdim), [x()],
                            (order, [0], True))
            for a, b, dim in (([3, 4], [3, 4], -1), ([3, 4], [4], 1), ([3, 4], [1, 4], 0)):
                family.case("linalg_vecdot", lambda a, b, dim: torch.linalg.vecdot(a, b, dim=dim), [spec(a, dtype, OPEN, layout), spec(b, dtype)], (dim,))
            for dim in (-1, 1):
                family.case("linalg_cross", lambda a, b, dim: torch.linalg.cross(a, b, dim=dim), [spec([2, 3, 3], dtype, OPEN, layout),
                                                                                             spec([1, 3, 3], dtype)], (dim,))
            for n in (1, 2, 5) if dtype == "float32" else (1, 2, 5, -1, -2):
                family.case("linalg_matrix_power", torch.linalg.matrix_power, [spec([2, 3, 3], dtype, (0.2, 1), layout)], (n,))
            for n in (None, 2, 5):
                family.case("linalg_vander", lambda x, n: torch.linalg.vander(x, N=n), [x()], (n,))
            family.case("linalg_diagonal", lambda x, *rest: torch.linalg.diagonal(x, offset=rest[0], dim1=rest[1], dim2=rest[2]), [x()],
                        (1, -2, -1))
            for p, dim in ((2, 0), (2, 1), (1, 1), (2, -1)):
                family.case("norm_except_dim", torch.norm_except_dim, [x()], (p, dim))
            for a in ([3, 3], [2, 3, 3]) if dtype == "float64" else ():
                for op in ("linalg_inv", "linalg_det", "linalg_slogdet"):
                    family.case(op, lambda x: torch.slogdet(x)[1] if op == "linalg_slogdet" else torch.inverse(x) if op == "linalg_inv" else torch.det(x),
                                [spec(a, dtype, OPEN, layout)])
            for a, b, left in (([3, 3], [3, 2], True), ([3, 3], [3], True), ([2, 3, 3], [3, 2], True), ([3, 3], [2, 3, 1], True),
                               ([2, 3, 3], [2, 3], True), ([3, 3], [2, 3], False)):
                family.case("linalg_solve", lambda a, b, left: torch.linalg.solve(a, b, left=left), [spec(a, dtype, OPEN, layout), spec(b, dtype)],
                            (left,))
            for upper in (False, True):
                factor = spec([2, 3, 3], dtype, (0.5, 2), layout)
                part = lambda f: f.triu() if upper else f.tril()
                family.case("cholesky_solve", lambda b, f, upper: torch.cholesky_solve(b, part(f), upper), [spec([2, 3, 2], dtype), dict(factor)], (upper,))
                if dtype == "float64": family.case("cholesky_inverse", lambda f, upper: torch.cholesky_inverse(part(f), upper), [dict(factor)], (upper,))
                for transposed in (False, True):
                    family.case("triangular_solve", lambda b, a, *rest: torch.triangular_solve(b, a, *rest)[0],
                                [spec([3, 2], dtype), spec([3, 3], dtype, (0.5, 2), layout)], (upper, transposed, False))
        for shapes in (([2, 3], [3, 4]), ([2, 3], [3, 4], [4, 1]), ([3], [3, 4], [4]), ([7, 2], [2, 9], [9, 3], [3, 4]), ([2, 3], [3, 0])):
            family.case("linalg_multi_dot", lambda *matrices: torch.linalg.multi_dot(matrices), [spec(shape, dtype) for shape in shapes])
        for op in ("linalg_inv", "linalg_det"):
            for empty in ([0, 2, 2], [0, 0]) if op == "linalg_inv" else ():
                family.case(op, torch.inverse, [spec(empty, dtype)])
            family.case(op, torch.inverse if op == "linalg_inv" else torch.det, [spec([1, 1], dtype)])
        family.case("flatten_dense_tensors", lambda *x: torch._utils._flatten_dense_tensors(x), [spec([2, 3], dtype, OPEN, "transposed"), spec([], dtype), spec([0], dtype)])
        family.case("conv_tbc", lambda x, w, b, pad: torch.conv_tbc(x, w, b, pad), [spec([6, 2, 3], dtype), spec([3, 3, 4], dtype), spec([4], dtype)], (1,))
    family.write()


def group_norm():
    family = Family("group_norm")
    for dtype in FLOATS:
        for shape, layout in (([2, 4], "contiguous"), ([2, 4, 3], "contiguous"), ([2, 4, 3], "transposed"), ([2, 4, 3, 2], "strided"), ([3, 4, 5], "expanded")):
            for groups in (1, 2, 4):
                if len(shape) == 2 and groups == 4:
                    continue
                for parameters in range(3):
                    inputs = [spec(shape, dtype, OPEN, layout)] + [spec([4], dtype) for _ in range(parameters)]
                    op = lambda x, *rest: F.group_norm(x, rest[-2], *rest[:-2], eps=rest[-1])
                    family.case("group_norm", op, inputs, (groups, 1e-5 if groups == 1 else 0.1))
            if len(shape) > 2:
                for parameters in (0, 2):
                    inputs = [spec(shape, dtype, OPEN, layout)] + [spec([4], dtype) for _ in range(parameters)]
                    op = lambda x, *rest: F.instance_norm(x, weight=rest[0] if len(rest) > 1 else None, bias=rest[1] if len(rest) > 1 else None, eps=rest[-1])
                    family.case("instance_norm", op, inputs, (1e-3,))
                for size in (1, 2, 3, 7):
                    family.case("local_response_norm", lambda x, *rest: F.local_response_norm(x, *rest), [spec(shape, dtype, OPEN, layout)],
                                (size, 0.5, 0.75, 1.5))
        family.case("group_norm", lambda x, w, b, groups, eps: F.group_norm(x, groups, w, b, eps), [spec([0, 4, 3], dtype), spec([4], dtype), spec([4], dtype)],
                    (2, 1e-5))
    family.write()


if __name__ == "__main__":
    write_families(linalg, group_norm)
