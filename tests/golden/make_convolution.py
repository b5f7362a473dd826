#!/usr/bin/env python3
"""Writes ops/convolution.json and ops/pooling.json, by PyTorch 1.13."""

import torch
import torch.nn.functional as F

from families import FLOATS, Family, given, spec


def convolution():
    family = Family("convolution")
    # channels, out channels, taps, groups, time, and stride, padding, dilation
    shapes = ((3, 4, 3, 1, 9, 1, 1, 1), (3, 10, 2, 1, 20, 2, 0, 1), (4, 6, 3, 2, 11, 3, 2, 2), (5, 5, 5, 5, 8, 1, 2, 1), (1, 9, 12, 1, 40, 5, 3, 1),
              (2, 3, 1, 1, 7, 2, 0, 1), (3, 2, 4, 1, 4, 1, 0, 1), (2, 2, 3, 1, 1, 1, 2, 2), (18, 3, 3, 1, 5, 1, 1, 1))
    for dtype in FLOATS:
        for layout in ("contiguous", "transposed", "strided") if dtype == "float64" else ("contiguous",):
            for channels, out, taps, groups, time, stride, padding, dilation in shapes if layout == "contiguous" else shapes[:2]:
                arguments = (stride, padding, dilation, groups)
                x, weight = spec([2, channels, time], dtype, layout=layout), spec([out, channels // groups, taps], dtype, layout=layout)
                run = lambda x, w, b, *a: F.conv1d(x, w, b, *a)
                family.case("conv1d", run, [x, weight, spec([out], dtype)], arguments)
                turned = lambda x, w, b, s, p, d, g, more: F.conv_transpose1d(x, w, b, s, p, more, g, d)
                x, weight = spec([2, out, time], dtype, layout=layout), spec([out, channels // groups, taps], dtype, layout=layout)
                more = max(stride, dilation) - 1
                if (time - 1) * stride - 2 * padding + dilation * (taps - 1) + more + 1 > 0:
                    family.case("conv_transpose1d", turned, [x, weight, spec([channels], dtype)], (*arguments, more))
                    family.case("conv_transpose1d", turned, [dict(x), dict(weight), spec([channels], dtype)], (*arguments, 0))
        family.case("conv1d", lambda x, w, *a: F.conv1d(x, w, None, *a), [spec([3, 6], dtype), spec([2, 3, 2], dtype)], (1, 0, 1, 1))
        family.case("conv1d", lambda x, w, *a: F.conv1d(x, w, None, *a), [spec([0, 3, 6], dtype), spec([2, 3, 2], dtype)], (1, 0, 1, 1))
        for taps, dilation in ((3, 1), (4, 1), (2, 3)):
            family.case("conv1d_same", lambda x, w, d: F.conv1d(x, w, None, 1, "same", d), [spec([2, 3, 6], dtype), spec([2, 3, taps], dtype)], (dilation,))
    family.write()


def pooling():
    family = Family("pooling")
    tied = torch.tensor([[[1.0, 2.0, 2.0, 0.0, 2.0, 2.0, -1.0]]], dtype=torch.float64)
    windows = ((2, 2, 0, 1), (3, 1, 1, 1), (3, 2, 1, 2), (4, 3, 2, 1), (1, 1, 0, 1), (2, 3, 1, 1))
    for dtype in FLOATS:
        for layout in ("contiguous", "transposed") if dtype == "float64" else ("contiguous",):
            for shape in ([2, 3, 11], [3, 8]) if layout == "contiguous" else ([2, 3, 11],):
                x = lambda: spec(shape, dtype, layout=layout)
                for size, stride, padding, dilation in windows:
                    for ceil in (False, True):
                        pool = lambda x, *a: F.max_pool1d(x, *a, return_indices=True)
                        family.case("max_pool1d", pool, [x()], (size, stride, padding, dilation, ceil))
                        if dilation == 1:
                            for counted in (False, True):
                                family.case("avg_pool1d", F.avg_pool1d, [x()], (size, stride, padding, ceil, counted))
                        positive = spec(shape, dtype, (0.5, 3), layout)
                        if padding == 0:
                            for norm in (1.0, 2.0, 3.0):
                                family.case("lp_pool1d", F.lp_pool1d, [dict(positive)], (norm, size, stride, ceil))
                for size in (1, 3, 5, 11, 13):
                    family.case("adaptive_avg_pool1d", F.adaptive_avg_pool1d, [x()], (size,))
                    family.case("adaptive_max_pool1d", lambda x, n: F.adaptive_max_pool1d(x, n, return_indices=True), [x()], (size,))
        family.case("avg_pool1d", F.avg_pool1d, [spec([0, 2, 4], dtype)], (2, 2, 0, False, True))
        indices = torch.tensor([[[1, 3, 4], [0, 2, 5]]])
        family.case("max_unpool1d", lambda x, i, n: F.max_unpool1d(x, i, 2, output_size=[n]), [spec([1, 2, 3], dtype), given(indices)], (6,))
    for size, stride, padding, dilation in windows:
        pool = lambda x, *a: F.max_pool1d(x, *a, return_indices=True)
        family.case("max_pool1d", pool, [given(tied)], (size, stride, padding, dilation, False))
    family.write()


if __name__ == "__main__":
    convolution()
    pooling()
