#!/usr/bin/env python3
"""Writes nn/convolution.json: convolutions in time, pools and padding of PyTorch 1.13."""

from torch import nn

from nn_cases import Cases, spec

cases = Cases("convolution")
for options in ({}, {"stride": 2, "padding": 1}, {"padding": "same", "dilation": 2}, {"padding": "valid", "bias": False}, {"groups": 2},
                {"padding": 2, "padding_mode": "reflect"}, {"padding": 2, "padding_mode": "replicate", "stride": 2},
                {"padding": "same", "padding_mode": "circular"}):
    cases.case("Conv1d", nn.Conv1d(4, 6, 3, **options), [spec([2, 4, 7])], options)
cases.case("Conv1d", nn.Conv1d(4, 6, 3), [spec([4, 7])], {}, dtype="float32")


class Causal(nn.Conv1d):
    def forward(self, x):
        return super().forward(nn.functional.pad(x, (2 * self.dilation[0], 0)))


for options in ({}, {"dilation": 2}, {"stride": 2}):
    cases.case("Conv1d", Causal(4, 6, 3, **options), [spec([2, 4, 7])], {**options, "causal": True})
for options in ({}, {"stride": 2, "padding": 1, "output_padding": 1}, {"groups": 2, "dilation": 2}, {"bias": False}):
    cases.case("ConvTranspose1d", nn.ConvTranspose1d(4, 6, 3, **options), [spec([2, 4, 5])], options)
cases.case("ConvTranspose1d", nn.ConvTranspose1d(4, 6, 3, stride=3), [spec([2, 4, 5])], {"stride": 3, "output_size": 17},
           forward=lambda m, x: m(x, output_size=[17]))
for options in ({}, {"stride": 1, "padding": 1, "ceil_mode": True}):
    cases.case("MaxPool1d", nn.MaxPool1d(3, return_indices=True, **options), [spec([2, 3, 8])], options)
    cases.case("AvgPool1d", nn.AvgPool1d(3, count_include_pad=False, **options), [spec([2, 3, 8])], options)


class Unpool(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return nn.functional.max_unpool1d(*nn.functional.max_pool1d(x, 2, return_indices=True), 2, output_size=self.size)


cases.case("MaxUnpool1d", Unpool(None), [spec([2, 3, 8])], {})
cases.case("MaxUnpool1d", Unpool([9]), [spec([2, 3, 9])], {"size": 9})
cases.case("LPPool1d", nn.LPPool1d(2, 3), [spec([2, 3, 8])], {})
cases.case("LPPool1d", nn.LPPool1d(2, 3, stride=2), [spec([2, 3, 8])], {"stride": 2})
cases.case("AdaptiveAvgPool1d", nn.AdaptiveAvgPool1d(3), [spec([2, 3, 8])], {})
cases.case("AdaptiveMaxPool1d", nn.AdaptiveMaxPool1d(3, return_indices=True), [spec([2, 3, 8])], {})
cases.case("ReflectionPad1d", nn.ReflectionPad1d((2, 1)), [spec([2, 3, 4])], {})
cases.case("ReplicationPad1d", nn.ReplicationPad1d((2, 1)), [spec([2, 3, 4])], {})
cases.case("ConstantPad1d", nn.ConstantPad1d((2, 1), 0.5), [spec([2, 3, 4])], {})
cases.case("ZeroPad1d", nn.ConstantPad1d((2, 1), 0.0), [spec([2, 3, 4])], {})
cases.write()
