#!/usr/bin/env python3
"""Writes the families of ops/*.json of linear algebra; see families.py."""

import torch
import torch.nn.functional as F

from families import FLOATS, UNIT, Family, spec, write_families


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


if __name__ == "__main__":
    write_families(linear)
