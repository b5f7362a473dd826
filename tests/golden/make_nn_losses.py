#!/usr/bin/env python3
"""Writes nn/losses.json: the losses and distances of torch.nn in PyTorch 1.13.

The gradient of CTCLoss is taken through log_softmax, for which PyTorch states it.
"""

import itertools

import torch
from torch import nn

from nn_cases import Cases, given, spec

cases = Cases("losses")
REDUCTIONS = ("mean", "sum", "none")
signs = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
signs_matrix = torch.tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, 1.0]], dtype=torch.float64)
bits = (signs_matrix + 1) / 2
labels = torch.tensor([2, 0, 1, 1])
class_weight = torch.tensor([0.5, 2.0, 1.5], dtype=torch.float64)
PAIR = [spec([4, 3]), spec([4, 3])]


def run(name, inputs, tensors=None, dtype="float64", **options):
    """`tensors`: options that are tensors, of which the arguments keep the values."""
    tensors = tensors or {}
    loss = getattr(nn, name)(**options, **tensors)
    args = {**options, **{key: value.tolist() for key, value in tensors.items()}}
    cases.case(name, loss, inputs, args, dtype=dtype)


for reduction in REDUCTIONS:
    for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss"):
        run(name, PAIR, reduction=reduction)
        run(name, [spec([]), spec([])], reduction=reduction)
    run("SmoothL1Loss", PAIR, reduction=reduction, beta=0.4)
    run("SmoothL1Loss", PAIR, reduction=reduction, beta=0.0)
    run("HuberLoss", PAIR, reduction=reduction, delta=0.4)
    run("PoissonNLLLoss", [spec([4, 3], (0.5, 3)), spec([4, 3], (0, 4))], reduction=reduction, log_input=False, full=True)
    run("PoissonNLLLoss", [spec([4, 3]), spec([4, 3], (0, 4))], reduction=reduction, full=True, eps=1e-3)
    run("HingeEmbeddingLoss", [spec([4]), given(signs)], reduction=reduction)
    run("HingeEmbeddingLoss", [spec([4, 3]), given(signs_matrix)], reduction=reduction, margin=0.5)
    run("MarginRankingLoss", [spec([4]), spec([4]), given(signs)], reduction=reduction)
    run("MarginRankingLoss", [spec([4]), spec([4]), given(signs)], reduction=reduction, margin=0.7)
    run("CosineEmbeddingLoss", [*PAIR, given(signs)], reduction=reduction)
    run("CosineEmbeddingLoss", [*PAIR, given(signs)], reduction=reduction, margin=0.3)
    run("CosineEmbeddingLoss", [spec([3]), spec([3]), given(signs[1])], reduction=reduction)
    for p, weight in itertools.product((1, 2), ({}, {"weight": class_weight})):
        run("MultiMarginLoss", [spec([4, 3]), given(labels)], weight, reduction=reduction, p=p, margin=0.8)
    run("MultiMarginLoss", [spec([3]), given(labels[0])], reduction=reduction)
    run("MultiLabelMarginLoss", [spec([3, 4]), given(torch.tensor([[3, 0, -1, 1], [-1, 0, 0, 0], [0, 1, 2, 3]]))], reduction=reduction)
    run("MultiLabelMarginLoss", [spec([4]), given(torch.tensor([3, 0, -1, 1]))], reduction=reduction)
    for weight in ({}, {"weight": class_weight}):
        run("MultiLabelSoftMarginLoss", [spec([4, 3]), given(bits)], weight, reduction=reduction)
    run("SoftMarginLoss", [spec([4, 3]), given(signs_matrix)], reduction=reduction)
    for options in ({}, {"margin": 0.5, "p": 1.0}, {"swap": True}, {"p": 3.0, "eps": 1e-3}):
        run("TripletMarginLoss", [spec([4, 3]), spec([4, 3]), spec([4, 3])], reduction=reduction, **options)
    for swap in (False, True):
        run("TripletMarginWithDistanceLoss", [spec([4, 3]), spec([4, 3]), spec([4, 3])], reduction=reduction, swap=swap)
    run("BCELoss", [spec([4, 3], (0.05, 0.95)), given(bits)], reduction=reduction)
    run("BCELoss", [spec([4, 3], (0.05, 0.95)), given(bits)], {"weight": class_weight}, reduction=reduction)
    for tensors in ({}, {"weight": class_weight}, {"pos_weight": class_weight}, {"weight": class_weight, "pos_weight": class_weight}):
        run("BCEWithLogitsLoss", [spec([4, 3]), given(bits)], tensors, reduction=reduction)
    for weight in ({}, {"weight": class_weight}):
        run("NLLLoss", [spec([4, 3]), given(labels)], weight, reduction=reduction)
        run("NLLLoss", [spec([4, 3]), given(labels)], weight, reduction=reduction, ignore_index=1)
        for smoothing in (0.0, 0.2):
            run("CrossEntropyLoss", [spec([4, 3]), given(labels)], weight, reduction=reduction, label_smoothing=smoothing, ignore_index=1)
            run("CrossEntropyLoss", [spec([2, 3, 4]), given(torch.tensor([[2, 0, 1, 1], [0, 0, 1, 2]]))], weight, reduction=reduction,
                label_smoothing=smoothing)
            run("CrossEntropyLoss", [spec([4, 3]), spec([4, 3], (0, 1))], weight, reduction=reduction, label_smoothing=smoothing)
for reduction in (*REDUCTIONS, "batchmean"):
    run("KLDivLoss", [spec([4, 3], (-3, 0)), spec([4, 3], (0.1, 1))], reduction=reduction)
    run("KLDivLoss", [spec([4, 3], (-3, 0)), given(bits)], reduction=reduction)
    run("KLDivLoss", [spec([4, 3], (-3, 0)), spec([4, 3], (-3, 0))], reduction=reduction, log_target=True)
for options in ({}, {"dim": -1}, {"dim": 0}):
    run("CosineSimilarity", PAIR, **options)
run("CosineSimilarity", [spec([4, 3]), spec([1, 3])])
run("CosineSimilarity", [spec([4, 3]), spec([4, 3], (0, 1e-9))], eps=1e-3)
for options in ({}, {"p": 1.0}, {"p": 3.0, "keepdim": True}, {"eps": 0.1}):
    run("PairwiseDistance", PAIR, **options)
    run("PairwiseDistance", [spec([4, 3]), spec([3])], **options)
for name in ("MSELoss", "SmoothL1Loss", "HuberLoss", "KLDivLoss"):
    run(name, [spec([4, 3], (-2, -0.1)), spec([4, 3], (0.1, 1))], dtype="float32")

# CTC: (steps, batch, classes), lengths of inputs and targets, the targets.
SEQUENCES = [
    (6, 4, [6, 5, 6], [3, 2, 0], [[1, 2, 3], [2, 2, 0], [0, 0, 0]]),
    (5, 4, [5, 3, 5], [2, 3, 1], [[1, 1, 0], [1, 1, 2], [3, 0, 0]]),  # the second does not fit into its steps
    (1, 3, [1, 1], [1, 0], [[2], [0]]),
]
for steps, classes, inputs, lengths, padded in SEQUENCES:
    fits = all(length + sum(a == b for a, b in zip(row[:length], row[1:length])) <= count
               for count, length, row in zip(inputs, lengths, padded))
    joined = [label for row, length in zip(padded, lengths) for label in row[:length]]
    for reduction, blank, concatenated in itertools.product(REDUCTIONS, (0, classes - 1), (False, True)):
        move = lambda label: label - 1 if blank else label  # with the last class as the blank, labels start at 0
        targets = [move(label) for label in joined] if concatenated else [[max(0, move(label)) for label in row] for row in padded]
        for dtype in ("float64", "float32"):
            cases.case("CTCLoss", nn.CTCLoss(blank=blank, reduction=reduction, zero_infinity=not fits),
                       [spec([steps, len(inputs), classes]), given(torch.tensor(targets)), given(torch.tensor(inputs)), given(torch.tensor(lengths))],
                       {"blank": blank, "reduction": reduction, "zero_infinity": not fits}, dtype=dtype,
                       forward=lambda m, x, *rest: m(x.log_softmax(-1), *rest))
for reduction in REDUCTIONS:
    cases.case("CTCLoss", nn.CTCLoss(reduction=reduction), [spec([5, 4]), given(torch.tensor([1, 2])), given(torch.tensor(5)), given(torch.tensor(2))],
               {"blank": 0, "reduction": reduction, "zero_infinity": False}, forward=lambda m, x, *rest: m(x.log_softmax(-1), *rest))
cases.write()
