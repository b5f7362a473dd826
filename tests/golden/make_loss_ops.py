#!/usr/bin/env python3
"""Writes the families of ops/*.json that are losses; see families.py."""

import torch
import torch.nn.functional as F

from families import FLOATS, OPEN, Family, given, index_spec, spec, write_families
from golden import DTYPES


def loss():
    family = Family("loss")
    reductions = ("none", "mean", "sum")
    shapes = (([4, 3], [4]), ([3], []), ([2, 3, 5], [2, 5]), ([1, 1], [1]))
    for dtype in FLOATS:
        for reduction in reductions:
            for shape, target in shapes:
                classes = shape[1] if len(shape) > 1 else shape[0]
                for layout in ("contiguous", "strided"):
                    x = lambda: spec(shape, dtype, OPEN, layout)
                    family.case("nll_loss", lambda x, t, ignored, reduction: F.nll_loss(x, t, ignore_index=ignored, reduction=reduction),
                                [x(), index_spec(target, classes)], (-100, reduction))
                    for smoothing in (0.0, 0.2):
                        family.case("cross_entropy", lambda x, t, ignored, reduction, smoothing: F.cross_entropy(
                            x, t, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing),
                            [x(), index_spec(target, classes)], (-100, reduction, smoothing))
            for ignored in (-100, 1):
                weighted = lambda: [spec([6, 3], dtype), index_spec([6], 3), spec([3], dtype, (0.2, 2))]
                family.case("nll_loss", lambda x, t, w, ignored, reduction: F.nll_loss(x, t, w.detach(), ignore_index=ignored, reduction=reduction),
                            weighted(), (ignored, reduction))
                for smoothing in (0.0, 0.1):
                    family.case("cross_entropy", lambda x, t, w, ignored, reduction, smoothing: F.cross_entropy(
                        x, t, w.detach(), ignore_index=ignored, reduction=reduction, label_smoothing=smoothing),
                        weighted(), (ignored, reduction, smoothing))
            for smoothing in (0.0, 0.3):
                for shape in ([4, 3], [3], [2, 3, 2]):
                    for inputs in ([spec(shape, dtype), spec(shape, dtype, (0, 1))],
                                   [spec(shape, dtype), spec(shape, dtype, (0, 1)), spec([3], dtype, (0.2, 2))]):
                        family.case("cross_entropy", lambda x, t, *rest: F.cross_entropy(
                            x, t.detach(), *[w.detach() for w in rest[:-3]], reduction=rest[-2], label_smoothing=rest[-1]),
                            inputs, (-100, reduction, smoothing))
            for shape in ([4, 3], [], [0], [5]):
                pair = lambda low, high: [spec(shape, dtype, (low, high)), spec(shape, dtype, (0, 1), "strided" if shape else "contiguous")]
                for op in ("mse_loss", "l1_loss"):
                    family.case(op, lambda x, t, reduction: getattr(F, op)(x, t, reduction=reduction), pair(*OPEN), (reduction,))
                family.case("binary_cross_entropy", lambda x, t, reduction: F.binary_cross_entropy(x, t.detach(), reduction=reduction),
                            pair(0.05, 0.95), (reduction,))
                family.case("binary_cross_entropy", lambda x, t, w, reduction: F.binary_cross_entropy(x, t.detach(), w.detach(), reduction=reduction),
                            pair(0.05, 0.95) + [spec(shape, dtype, (0.2, 2))], (reduction,))
                logits = lambda x, t, reduction: F.binary_cross_entropy_with_logits(x, t.detach(), reduction=reduction)
                family.case("binary_cross_entropy_with_logits", logits, pair(*OPEN), (reduction,))
            family.case("binary_cross_entropy_with_logits", lambda x, t, w, p, reduction: F.binary_cross_entropy_with_logits(
                x, t.detach(), w.detach(), pos_weight=p.detach(), reduction=reduction),
                [spec([4, 3], dtype), spec([4, 3], dtype, (0, 1)), spec([4, 3], dtype, (0.2, 2)), spec([3], dtype, (0.2, 3))], (reduction,))
        extreme = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=DTYPES[dtype])
        family.case("cross_entropy", lambda x, t, ignored, reduction, smoothing: F.cross_entropy(x, t), [given(extreme), index_spec([2], 2)],
                    (-100, "mean", 0.0))
        family.case("binary_cross_entropy_with_logits", lambda x, t, reduction: F.binary_cross_entropy_with_logits(x, t.detach()),
                    [given(extreme), given(torch.tensor([[1.0, 1.0], [0.0, 0.0]], dtype=DTYPES[dtype]))], ("mean",))
        # Outside the graph: the gradient there is that of a limit, which PyTorch keeps in single precision.
        family.case("binary_cross_entropy_at_bounds", lambda x, t, reduction: F.binary_cross_entropy(x.detach(), t.detach()),
                    [given(torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=DTYPES[dtype])), given(torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=DTYPES[dtype]))],
                    ("mean",))
    family.write()


if __name__ == "__main__":
    write_families(loss)
