#!/usr/bin/env python3
"""Writes nn/attention.json: MultiheadAttention of PyTorch 1.13, and additive, dot-product and general attention by their formulas."""

import itertools
import math

import torch

from nn_cases import Cases, given, spec

BATCH, STEPS, TIME = 3, 2, 4
PADDING = torch.tensor([[False, False, False, False], [False, False, True, True], [False, True, True, True]])


class Attention(torch.nn.Module):
    """Scores by a formula; softmax over the keys that are not masked."""

    def attend(self, scores, values, mask):
        if mask is not None:
            scores = scores.masked_fill(mask[:, None], -math.inf)
        weights = scores.softmax(-1)
        return weights @ values, weights

    def forward(self, query, keys, values, mask):
        single = query.dim() == 2
        results = self.attend(self.scores(query[:, None] if single else query, keys), keys if values is None else values, mask)
        return [result[:, 0] for result in results] if single else results


class Additive(Attention):
    def __init__(self, query_size, key_size, hidden_size):
        super().__init__()
        self.query = torch.nn.Linear(query_size, hidden_size, bias=False)
        self.key = torch.nn.Linear(key_size, hidden_size)
        self.score = torch.nn.Linear(hidden_size, 1, bias=False)

    def scores(self, query, keys):
        return self.score(torch.tanh(self.query(query)[:, :, None] + self.key(keys)[:, None]))[..., 0]


class Dot(Attention):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def scores(self, query, keys):
        return query @ keys.transpose(1, 2) * (self.scale or 1 / math.sqrt(keys.shape[-1]))


class General(Attention):
    def __init__(self, query_size, key_size):
        super().__init__()
        self.query = torch.nn.Linear(query_size, key_size, bias=False)

    def scores(self, query, keys):
        return self.query(query) @ keys.transpose(1, 2)


cases = Cases("attention")
for masked, with_values, steps in itertools.product((False, True), (False, True), (0, STEPS)):
    query = lambda size: spec([BATCH, steps, size] if steps else [BATCH, size])
    others = [spec([BATCH, TIME, 2]) if with_values else None, given(PADDING) if masked else None]
    cases.case("AdditiveAttention", Additive(5, 3, 4), [query(5), spec([BATCH, TIME, 3]), *others], {"sizes": [5, 3, 4]})
    for scale in (None, 1):
        cases.case("DotProductAttention", Dot(scale), [query(3), spec([BATCH, TIME, 3]), *others], {"scale": scale})
    cases.case("GeneralAttention", General(5, 3), [query(5), spec([BATCH, TIME, 3]), *others], {"sizes": [5, 3]})
cases.case("AdditiveAttention", Additive(5, 3, 4), [spec([BATCH, 5]), spec([BATCH, TIME, 3]), None, given(PADDING)], {"sizes": [5, 3, 4]},
           dtype="float32")


def multihead(options, query, key, value, padding=None, mask=None, need_weights=True, average=True, dtype="float64"):
    args = {"options": options, "need_weights": need_weights, "average": average}
    cases.case("MultiheadAttention", torch.nn.MultiheadAttention(4, 2, **options), [query, key, value, padding, mask], args, dtype=dtype,
               forward=lambda m, q, k, v, p, a: m(q, k, v, key_padding_mask=p, need_weights=need_weights, attn_mask=a, average_attn_weights=average))


causal = torch.ones(STEPS, TIME).triu(1).bool()
shapes = lambda batch_first, sizes=(4, 4, 4): [spec([BATCH, t, s] if batch_first else [t, BATCH, s]) for t, s in zip((STEPS, TIME, TIME), sizes)]
for options in ({}, {"batch_first": True}, {"bias": False}, {"add_bias_kv": True}, {"add_zero_attn": True}, {"add_bias_kv": True, "add_zero_attn": True}):
    first = options.get("batch_first", False)
    multihead(options, *shapes(first))
    multihead(options, *shapes(first), given(PADDING), given(causal))
for options in ({"kdim": 3, "vdim": 5}, {"kdim": 3}, {"vdim": 5, "add_bias_kv": True, "batch_first": True}):
    multihead(options, *shapes(options.get("batch_first", False), (4, options.get("kdim", 4), options.get("vdim", 4))))
multihead({}, *shapes(False), None, given(torch.linspace(-1, 1, STEPS * TIME).reshape(STEPS, TIME).double()))
multihead({}, *shapes(False), None, given(torch.linspace(-1, 1, BATCH * 2 * STEPS * TIME).reshape(BATCH * 2, STEPS, TIME).double()))
multihead({}, *shapes(False), given(PADDING), None, True, False)
multihead({}, *shapes(False), None, None, False)
multihead({}, *shapes(False), given(PADDING), given(causal), dtype="float32")
multihead({}, spec([STEPS, 4]), spec([TIME, 4]), spec([TIME, 4]), given(PADDING[1]))
cases.case("MultiheadSelfAttention", torch.nn.MultiheadAttention(4, 2), [spec([TIME, BATCH, 4])], forward=lambda m, x: m(x, x, x))


def attention_function(keys=4, values=4, bias=True, bias_kv=False, zero=False, out=4, padding=None, mask=None, static=0, self=False, **args):
    """torch.nn.functional.multi_head_attention_forward, whose parameters are inputs."""
    args = {"zero": zero, "need_weights": True, "average": True, **args}
    separate = (keys, values) != (4, 4)
    if_ = lambda wanted, shape: spec(shape, (-0.7, 0.7)) if wanted else None
    inputs = [spec([STEPS, BATCH, 4]), None if self else spec([TIME, BATCH, keys]), None if self else spec([TIME, BATCH, values]),
              if_(not separate, [12, 4]), if_(bias, [12]), if_(bias_kv, [1, 1, 4]), if_(bias_kv, [1, 1, 4]), if_(True, [out, 4]), if_(bias, [out]),
              padding, mask, if_(separate, [4, 4]), if_(separate, [4, keys]), if_(separate, [4, values]),
              if_(static, [BATCH * 2, static, 2]), if_(static, [BATCH * 2, static, 2])]

    def forward(_, q, k, v, in_weight, in_bias, bias_k, bias_v, out_weight, out_bias, padding, mask, q_weight, k_weight, v_weight, static_k, static_v):
        return torch.nn.functional.multi_head_attention_forward(
            q, q if self else k, q if self else v, 4, 2, in_weight, in_bias, bias_k, bias_v, args["zero"], 0.0, out_weight, out_bias, True, padding,
            args["need_weights"], mask, q_weight is not None, q_weight, k_weight, v_weight, static_k, static_v, args["average"])
    cases.case("multi_head_attention_forward", torch.nn.Identity(), inputs, args, forward=forward)


attention_function()
attention_function(self=True)
attention_function(bias=False, need_weights=False)
attention_function(padding=given(PADDING), mask=given(causal), average=False)
attention_function(bias_kv=True, zero=True, padding=given(PADDING), mask=given(causal))
attention_function(keys=3, values=5)
attention_function(keys=3, bias=False)
attention_function(static=5)
attention_function(static=TIME, zero=True, padding=given(PADDING), mask=given(causal))
cases.write()
