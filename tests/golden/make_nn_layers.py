#!/usr/bin/env python3
"""Writes nn/activation.json and nn/layers.json: activations, normalisation and further layers of PyTorch 1.13."""

import torch
from torch import nn

from nn_cases import Cases, given, spec

cases = Cases("activation")
ACTIVATIONS = [
    ("ReLU", {}), ("ReLU6", {}), ("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 0.3}), ("RReLU", {}), ("ELU", {}),
    ("ELU", {"alpha": 0.4}), ("SELU", {}), ("CELU", {}), ("CELU", {"alpha": 0.5}), ("GELU", {}), ("GELU", {"approximate": "tanh"}),
    ("SiLU", {}), ("Mish", {}), ("Sigmoid", {}), ("LogSigmoid", {}), ("Softplus", {}), ("Softplus", {"beta": 2, "threshold": 3}),
    ("Tanh", {}), ("Tanhshrink", {}), ("Hardtanh", {}), ("Hardtanh", {"min_val": -0.4, "max_val": 1.3}), ("Hardshrink", {}),
    ("Hardshrink", {"lambd": 1.0}), ("Softshrink", {}), ("Softshrink", {"lambd": 1.0}), ("Softsign", {}),
    ("Threshold", {"threshold": 0.3, "value": -2.0}), ("GLU", {}), ("GLU", {"dim": 0}), ("Softmax", {"dim": 1}), ("Softmin", {"dim": 0}),
    ("LogSoftmax", {"dim": -1}), ("PReLU", {}), ("PReLU", {"num_parameters": 6}), ("Identity", {}),
]
for name, options in ACTIVATIONS:
    for dtype in ("float64", "float32"):
        for layout in ("contiguous", "transposed"):
            module = getattr(nn, name)(**options)
            inputs = [spec([4, 6], (-4, 7) if name in ("ReLU6", "Softplus") else (-3, 3), layout=layout)]
            cases.case(name, module, inputs, options, training=name != "RReLU", dtype=dtype)
cases.write()

cases = Cases("norms")
for shape in ([4, 6], [2, 6, 5]):
    for groups, options in ((2, {}), (3, {"eps": 0.1}), (6 if len(shape) > 2 else 1, {"affine": False})):
        cases.case("GroupNorm", nn.GroupNorm(groups, 6, **options), [spec(shape)], {"groups": groups, **options})
for shape in ([2, 3, 5], [3, 5]):
    for options in ({}, {"affine": True, "eps": 0.1}, {"affine": True, "track_running_stats": True, "momentum": 0.3}):
        for training in (True, False):
            forward = lambda m, x: (m(x), m(x * 2 + 1)) if m.training else m(x)
            cases.case("InstanceNorm1d", nn.InstanceNorm1d(3, **options), [spec(shape)], options, training=training, forward=forward)
for size in (2, 3):
    cases.case("LocalResponseNorm", nn.LocalResponseNorm(size, alpha=0.5, k=2.0), [spec([2, 4, 3])], {"size": size})
cases.write()

cases = Cases("layers")
for shape, normalized in (([3, 4], [4]), ([2, 3, 4], [4]), ([2, 3, 4], [3, 4])):
    for options in ({}, {"elementwise_affine": False}, {"eps": 0.1}):
        cases.case("LayerNorm", nn.LayerNorm(normalized, **options), [spec(shape)], {"shape": normalized, **options})
for shape in ([5, 3], [4, 3, 6]):
    for options in ({}, {"affine": False}, {"eps": 0.1, "momentum": 0.3}, {"momentum": None}, {"track_running_stats": False}):
        for training in (True, False):
            # Twice in training: the second batch meets statistics that have moved.
            forward = lambda m, x: (m(x), m(x * 2 + 1)) if m.training else m(x)
            cases.case("BatchNorm1d", nn.BatchNorm1d(3, **options), [spec(shape)], options, training=training, forward=forward)
cases.case("BatchNorm1d", nn.BatchNorm1d(3), [spec([5, 3])], {}, dtype="float32", forward=lambda m, x: (m(x), m(x * 2 + 1)))
for bias in (True, False):
    for lead in ([], [4], [2, 3]):
        cases.case("Bilinear", nn.Bilinear(3, 2, 5, bias=bias), [spec([*lead, 3]), spec([*lead, 2])], {"bias": bias})
for options in ({}, {"start_dim": 0, "end_dim": 1}, {"start_dim": 2}):
    cases.case("Flatten", nn.Flatten(**options), [spec([2, 3, 2, 2])], options)

for dim, sizes in ((1, [2, 3]), (-1, [2, -1, 1]), (0, [4])):
    cases.case("Unflatten", nn.Unflatten(dim, tuple(sizes)), [spec([4, 6])], {"dim": dim, "sizes": sizes})



class Pad(nn.Module):
    def __init__(self, padding, mode, value):
        super().__init__()
        self.arguments = padding, mode, value

    def forward(self, x):
        return nn.functional.pad(x, *self.arguments)


class GumbelSoftmax(nn.Module):
    def __init__(self, tau, hard, dim, seed):
        super().__init__()
        self.arguments, self.seed = (tau, hard, 1e-10, dim), seed

    def forward(self, x):
        torch.manual_seed(self.seed)
        return nn.functional.gumbel_softmax(x, *self.arguments)


for padding in ([1, 2], [2, 0], [0, 0], [-1, 2], [-1, -1]):
    for mode in ("constant", "reflect", "replicate", "circular"):
        if min(padding) < 0 and mode != "constant":
            continue
        cases.case("Pad", Pad(padding, mode, 0.5 if mode == "constant" else 0.0), [spec([2, 3, 4])], {"pad": padding, "mode": mode})
cases.case("Pad", Pad([1, 2, 3, 0, 0, 1], "constant", 0.5), [spec([2, 3, 4])], {"pad": [1, 2, 3, 0, 0, 1], "mode": "constant"})
for seed, (tau, hard, dim) in enumerate(((1.0, False, -1), (0.5, False, 0), (1.0, True, 1))):
    for dtype in ("float64", "float32"):
        cases.case("GumbelSoftmax", GumbelSoftmax(tau, hard, dim, seed), [spec([3, 4])], {"tau": tau, "hard": hard, "dim": dim, "seed": seed},
                   dtype=dtype)

class FrequencyBag(nn.Module):
    """EmbeddingBag with scale_grad_by_freq, of an Embedding: PyTorch 1.13's own divides by the counts of other indices."""

    def __init__(self, mode):
        super().__init__()
        self.weight, self.mode = nn.Parameter(torch.randn(6, 3)), mode

    def forward(self, index, offsets, weights):
        rows = nn.functional.embedding(index, self.weight, scale_grad_by_freq=True)
        if weights is not None:
            rows = rows * weights.unsqueeze(-1)
        if offsets is None:
            return rows.sum(1) if self.mode == "sum" else rows.mean(1)
        bounds = offsets.tolist() + [len(index)]
        bags = [rows[first:last] for first, last in zip(bounds, bounds[1:])]
        return torch.stack([bag.sum(0) if self.mode == "sum" or len(bag) == 0 else bag.mean(0) for bag in bags])


matrix = torch.tensor([[1, 2, 4, 2], [0, 0, 3, 1], [5, 3, 3, 2]])
vector = torch.tensor([1, 2, 4, 2, 0, 0, 3, 1])
offsets = torch.tensor([0, 3, 3, 6])
for mode in ("sum", "mean", "max"):
    for padding in (None, 2, -4):
        options = {"mode": mode, "padding_idx": padding}
        cases.case("EmbeddingBag", nn.EmbeddingBag(6, 3, **options), [given(matrix), None, None], options)
        cases.case("EmbeddingBag", nn.EmbeddingBag(6, 3, **options), [given(vector), given(offsets), None], options)
        options = {**options, "include_last_offset": True}
        cases.case("EmbeddingBag", nn.EmbeddingBag(6, 3, **options), [given(vector), given(torch.tensor([0, 3, 3, 8])), None], options)
for inputs in ([given(matrix), None, spec([3, 4])], [given(vector), given(offsets), spec([8])]):
    cases.case("EmbeddingBag", nn.EmbeddingBag(6, 3, mode="sum"), inputs, {"mode": "sum"})
    cases.case("EmbeddingBag", FrequencyBag("sum"), inputs, {"mode": "sum", "scale_grad_by_freq": True})
for inputs in ([given(matrix), None, None], [given(vector), given(offsets), None]):
    for options in ({"max_norm": 1.0}, {"max_norm": 1.5, "norm_type": 1.0}):
        cases.case("EmbeddingBag", nn.EmbeddingBag(6, 3, mode="mean", **options), inputs, {"mode": "mean", **options})
    cases.case("EmbeddingBag", FrequencyBag("mean"), inputs, {"mode": "mean", "scale_grad_by_freq": True})
for layers, bidirectional, first, packed in ((1, False, False, False), (2, True, False, False), (2, True, True, False), (2, True, False, True)):
    for states in (False, True):
        rows = layers * (2 if bidirectional else 1)
        shape = [3, 4, 2] if first else [4, 3, 2]
        args = {"layers": layers, "bidirectional": bidirectional, "batch_first": first, "packed": packed}

        def forward(m, x, h=None, c=None):
            fed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([2, 4, 3]), enforce_sorted=False) if packed else x
            output, final = m(fed, None if h is None else (h, c))
            return (output.data if packed else output), final
        initial = [spec([rows, 3, 2]), spec([rows, 3, 5])] if states else []
        cases.case("LSTM", nn.LSTM(2, 5, layers, bidirectional=bidirectional, batch_first=first, proj_size=2), [spec(shape), *initial], args,
                   forward=forward)
for options in ({}, {"padding_idx": 2}, {"max_norm": 0.8}, {"max_norm": 0.5, "norm_type": 1.0}, {"scale_grad_by_freq": True},
                {"padding_idx": -4, "max_norm": 0.6, "scale_grad_by_freq": True}):
    for dtype in ("float64", "float32"):
        cases.case("Embedding", nn.Embedding(6, 3, **options), [given(matrix)], options, dtype=dtype)

tied = torch.tensor([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [-1.0, 4.0, 0.5]])
for p in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, float("inf")):
    for x in (spec([5, 3]), spec([4, 3], dtype="float32"), spec([1, 3])):
        cases.case("pdist", nn.Identity(), [x], {"p": str(p)}, forward=lambda m, x: nn.functional.pdist(x, p))
    # Rows that are the same, differences that are 0, and several that are the largest.
    cases.case("pdist", nn.Identity(), [spec([3, 3])], {"p": str(p), "tied": True},
               forward=lambda m, x: nn.functional.pdist(tied.double() + x.sum() * torch.tensor([[1.0], [1.0], [2.0], [3.0]]).double(), p))
for seed, (p, shape) in enumerate(((0.3, [2, 3]), (0.5, [3, 4, 2]), (0.2, [2, 3, 2, 2]), (1.0, [2, 3]), (0.0, [2, 3]))):
    for training in (True, False):
        for dtype in ("float64", "float32"):
            def seeded(m, x):
                torch.manual_seed(seed)
                return m(x)
            cases.case("FeatureAlphaDropout", nn.FeatureAlphaDropout(p), [spec(shape)], {"p": p, "seed": seed}, seeded, training, dtype)
targets = torch.tensor([1, 9, 4, 0, 6, 3, 7, 8])
for options in ({}, {"div_value": 2.0}, {"head_bias": True, "div_value": 1.5}, {"cutoffs": [5]}, {"cutoffs": [1, 2, 9]}):
    make = lambda: nn.AdaptiveLogSoftmaxWithLoss(6, 10, **{"cutoffs": [4, 8], **options})
    cases.case("AdaptiveLogSoftmaxWithLoss", make(), [spec([8, 6]), given(targets)], options, forward=lambda m, x, t: (*m(x, t), m.log_prob(x), m.predict(x)))
cases.case("AdaptiveLogSoftmaxWithLoss", make(), [spec([3, 6]), given(torch.tensor([9, 9, 9]))], options,
           forward=lambda m, x, t: (*m(x, t), m.log_prob(x), m.predict(x)), dtype="float32")
cases.case("AdaptiveLogSoftmaxWithLoss", make(), [spec([6]), given(torch.tensor(5))], options,
           forward=lambda m, x, t: (*m(x, t), m.log_prob(x[None]), m.predict(x[None])))
cases.write()
