#!/usr/bin/env python3
"""Writes ops/attention.json: scaled dot-product attention by the operations of PyTorch 1.13, as PyTorch 2 defines it."""

import math

import torch

from families import FLOATS, Family, given, spec


def attention(q, k, v, mask, causal, scale):
    scores = q @ k.transpose(-2, -1) * (1 / math.sqrt(q.size(-1)) if scale is None else scale)
    if causal:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~seen, -math.inf)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf) if mask.dtype == torch.bool else scores + mask
    return torch.softmax(scores, -1) @ v


family = Family("attention")
for dtype in FLOATS:
    for layout in ("contiguous", "transposed", "strided") if dtype == "float64" else ("contiguous",):
        for batch, target, source, size, values in (([2, 2], 2, 3, 2, 2), ([], 3, 3, 2, 1), ([2], 1, 4, 1, 3), ([0], 2, 2, 2, 2)):
            make = lambda: [spec([*batch, n, w], dtype, layout=layout) for n, w in ((target, size), (source, size), (source, values))]
            run = lambda q, k, v, c, s: attention(q, k, v, None, c, s)
            family.case("attention", run, make(), (False, None))
            family.case("attention", run, make(), (True, 0.3))
            if 0 in batch:
                continue
            flags = torch.rand(target, source) > 0.4
            flags[:, 0] = True
            masked = lambda q, k, v, m, c, s: attention(q, k, v, m, c, s)
            family.case("masked", masked, [*make(), given(flags)], (False, None))
            family.case("masked", masked, [*make(), given(flags[:1])], (True, None))
            family.case("masked", masked, [*make(), spec([target, source], dtype)], (False, 0.5))
            family.case("masked", masked, [*make(), spec([*batch[:1], *[1] * len(batch[1:]), 1, source], dtype)], (True, None))
    inputs = [spec([3, 2], dtype), spec([2, 4, 2], dtype), spec([2, 1, 4, 3], dtype)]
    family.case("attention", lambda q, k, v, c, s: attention(q, k, v, None, c, s), inputs, (False, None))
family.write()
