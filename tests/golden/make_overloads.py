#!/usr/bin/env python3
"""Writes ops/overloads.json: the further ways to call operations that other families have."""

import torch

from golden import DTYPES
from families import FLOATS, OPEN, POSITIVE, Family, binary, given, spec, unary


def selects(*values):
    return given(torch.tensor(values, dtype=torch.int64))


def main():
    family = Family("overloads")
    for mode in ("floor", "trunc"):
        binary(family, "div", lambda a, b, mode: torch.div(a.detach(), b.detach(), rounding_mode=mode), (OPEN, POSITIVE), (mode,),
               (("float32", "float32"), ("float64", "float64"), ("int64", "float64")))
        for a in ([7, -7, 0, 9], [-1, 1, -8, 8]):
            integers = selects(*a), selects(2, 2, -3, -3)
            family.case("div", lambda a, b, mode: torch.div(a, b, rounding_mode=mode), integers, (mode,))
    shapes = (([3, 4], [3, 4], [3, 4]), ([3, 4], [4], [3, 1]), ([], [3], [3]), ([0], [1], [0]), ([5], [], []))
    for dtype in FLOATS:
        for layout in ("contiguous", "transposed"):
            for x, low, high in shapes:
                three = [spec(x, dtype, OPEN, layout if len(x) > 1 else "contiguous"), spec(low, dtype, [-2, -1]), spec(high, dtype, [1, 2])]
                family.case("clamp", torch.clamp, three)
                family.case("clamp_min", torch.clamp_min, [three[0], spec(low, dtype)])
                family.case("clamp_max", torch.clamp_max, [three[0], spec(high, dtype)])
                family.case("lerp", torch.lerp, [spec(x, dtype), spec(x, dtype), spec(x, dtype, [0, 0.5])])
        binary(family, "max", torch.max, pairs=((dtype, dtype),))
        binary(family, "min", torch.min, pairs=((dtype, dtype),))
        for decimals in (0, 1, 3, -1):
            unary(family, "round", lambda x, d: torch.round(x.detach(), decimals=d), [-20, 20], (decimals,), (dtype,), special=False)
        for shape in ([3, 4], [4], [0]):
            mask = given(torch.arange(4) % 2 == 0) if shape != [0] else given(torch.zeros(0, dtype=torch.bool))
            family.case("masked_fill", lambda x, mask, value: x.masked_fill(mask, value), [spec(shape, dtype), mask, spec([], dtype)])
            family.case("fill_", lambda x, value: (x * 1).fill_(value), [spec(shape, dtype), spec([], dtype)])
        for alpha in (1, 2, -0.5):
            family.case("index_add", lambda x, index, source, alpha: torch.index_add(x, 0, index, source, alpha=alpha),
                        [spec([3, 2], dtype), selects(2, 0, 2), spec([3, 2], dtype)], (alpha,))
        index = given(torch.tensor([[0, 1, 1], [2, 0, 0]]))
        family.case("scatter_add", lambda x, index, source: torch.scatter_add(x, 0, index, source), [spec([3, 4], dtype), index, spec([2, 3], dtype)])
        family.case("scatter_multiply", lambda x, index, source: torch.scatter(x.detach(), 0, index, source.detach(), reduce="multiply"),
                    [spec([3, 4], dtype, OPEN, "transposed"), index, spec([2, 4], dtype, OPEN, "strided")])
        family.case("scatter_multiply_value", lambda x, index: torch.scatter(x.detach(), 1, index, 3, reduce="multiply"),
                    [spec([3, 4], dtype), index])
        for dims, correction, keepdim in (([0], 0, False), ([1], 1, True), ([0, 1], 2, False), ([-1], 3, False)):
            for op in ("var", "std"):
                family.case(op, lambda x, dims, correction, keepdim, op=op: getattr(torch, op)(x, dims, correction=correction, keepdim=keepdim),
                            [spec([5, 6], dtype, OPEN, "transposed")], (dims, correction, keepdim))
        family.case("where_numbers", lambda x: torch.where(x.detach() > 0, 1.5, -2.0), [spec([3, 4], dtype)])
        family.case("where_indices", lambda x: torch.where(x.detach() > 0), [spec([3, 4], dtype, OPEN, "transposed")])
        family.case("gelu_tanh", lambda x: torch.nn.functional.gelu(x, approximate="tanh"), [spec([3, 4], dtype)])
        family.case("gelu_none", lambda x: torch.nn.functional.gelu(x, approximate="none"), [spec([3, 4], dtype)])
    for source, target in (("float32", "float64"), ("float64", "float64"), ("int64", "float64")):
        x = [spec([3, 4], source, (1, 4) if source == "int64" else OPEN)]
        for op in ("cumsum", "cumprod", "softmax", "log_softmax"):
            family.case(op, lambda x, dim, dtype, op=op: getattr(torch, op)(x, dim, dtype=DTYPES[dtype]), x, (1, target))
        family.case("prod", lambda x, dtype: torch.prod(x, dtype=DTYPES[dtype]), x, (target,))
        family.case("prod_dim", lambda x, dim, dtype: torch.prod(x, dim, dtype=DTYPES[dtype]), x, (0, target))
        if source != "int64":
            family.case("norm", lambda x, dtype: torch.norm(x, 2, dtype=DTYPES[dtype]), x, (target,))
            family.case("norm_dims", lambda x, dim, dtype: torch.norm(x, 1, dim, dtype=DTYPES[dtype]), x, (0, target))
    family.write()


if __name__ == "__main__":
    main()
