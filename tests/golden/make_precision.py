#!/usr/bin/env python3
"""Writes precision.json: activations and losses and their derivatives over the whole range of float32 and float64, by mpmath.

Each case has a function's name, the dtype of its argument, arguments, values and derivatives: little-endian float64 numbers
in base64, where a value is rounded once to float64. Derivatives are left out ("slope" is null) where a function has its own
bound for them.
"""

import base64
import json
import math
import pathlib
import struct

import mpmath as mp

mp.mp.dps = 80
FOLDER = pathlib.Path(__file__).parent


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def mish_slope(x):
    w = mp.tanh(softplus(x))
    return w + x * sigmoid(x) * (mp.sech(softplus(x)) ** 2)


def gelu_tanh_argument(x):
    return 2 * mp.sqrt(2 / mp.pi) * (x + mp.mpf(0.044715) * x**3)


def gelu_tanh_slope(x):
    a = gelu_tanh_argument(x)
    return sigmoid(a) + x * sigmoid(a) * sigmoid(-a) * 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mp.mpf(0.044715) * x * x)


def huber(x):
    return x * x / 2 if abs(x) <= 1 else abs(x) - mp.mpf(1) / 2


def limited(x):
    return max(mp.mpf(-1), min(mp.mpf(1), x))


SELU_ALPHA = mp.mpf("1.6732632423543772848170429916717")
SELU_SCALE = mp.mpf("1.0507009873554804934193349852946")

# name: (function, derivative)
FUNCTIONS = {
    "exp": (mp.exp, mp.exp),
    "sigmoid": (sigmoid, None),
    "tanh": (mp.tanh, None),
    "logsigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "softplus": (softplus, sigmoid),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "gelu": (lambda x: x * cdf(x), lambda x: cdf(x) + x * phi(x)),
    "gelu_tanh": (lambda x: x * sigmoid(gelu_tanh_argument(x)), gelu_tanh_slope),
    "mish": (lambda x: x * mp.tanh(softplus(x)), mish_slope),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: mp.mpf(1) if x > 0 else mp.exp(x)),
    "selu": (
        lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * mp.expm1(x)),
        lambda x: SELU_SCALE * (mp.mpf(1) if x > 0 else SELU_ALPHA * mp.exp(x)),
    ),
    "celu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: mp.mpf(1) if x > 0 else mp.exp(x)),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "tanhshrink": (lambda x: x - mp.tanh(x) if abs(x) > 1e-15 else x**3 / 3, lambda x: mp.tanh(x) ** 2),
    # Of two numbers, x and 0.
    "log_softmax": (lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "logsumexp": (softplus, sigmoid),
    "logaddexp": (softplus, sigmoid),
    "softmax": (sigmoid, None),
    "cross_entropy": (lambda x: softplus(-x), lambda x: -sigmoid(-x)),
    "bce_with_logits_0": (softplus, sigmoid),
    "bce_with_logits_1": (lambda x: softplus(-x), lambda x: -sigmoid(-x)),
    "multilabel_soft_margin": (softplus, sigmoid),
    "soft_margin": (lambda x: softplus(-x), lambda x: -sigmoid(-x)),
    "poisson_nll": (mp.exp, mp.exp),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "erfc": (mp.erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "huber": (huber, limited),
    "smooth_l1": (huber, limited),
    # Of a probability.
    "bce_0": (lambda x: min(mp.mpf(100), -mp.log1p(-x)) if x < 1 else mp.mpf(100), None),
    "bce_1": (lambda x: min(mp.mpf(100), -mp.log(x)), None),
}

# Where errors were found to be largest.
HARD = (0.338830352, 0.535419464, 1.11905201, 1.753132820, 3.392, 4.52469206, 4.80928373, 5.2242918, 18.717, 23.0641038,
        91.3864899, 98.47, 714.416721, 737.7)

WHOLE_RANGE = {"elu", "selu", "celu", "softsign"}


def rounded(x, dtype):
    number = float(x)
    if dtype == "float32":
        try:
            return struct.unpack("<f", struct.pack("<f", number))[0]
        except OverflowError:
            return math.copysign(math.inf, number)
    return number


def arguments(dtype):
    """Both signs: ordinary numbers, tails up to where exp ends, and sparse ones over all exponents."""
    numbers = set()
    exponents = range(-149, 128, 18) if dtype == "float32" else range(-1074, 1024, 122)
    for exponent in exponents:
        numbers.add(float(mp.mpf(1.37) * mp.mpf(2) ** exponent))
    end = 110 if dtype == "float32" else 760
    for i in range(-3, 120, 2):
        numbers.add(0.0173 * 1.09**i)
    for i in range(28):
        numbers.add(end * (i + 0.413) / 28)
    numbers.update(number for number in HARD if number < end)
    signed = {rounded(sign * number, dtype) for number in numbers for sign in (1, -1)}
    return sorted(number for number in signed if math.isfinite(number) and number != 0)


def encode(numbers):
    return base64.b64encode(b"".join(struct.pack("<d", number) for number in numbers)).decode()


def main():
    cases = []
    for name, (function, slope) in FUNCTIONS.items():
        for dtype in ("float32", "float64"):
            xs = arguments(dtype)
            if name in ("bce_0", "bce_1"):
                xs = [x for x in xs if 0 < x < 1]
            elif name in ("huber", "smooth_l1"):  # the square of what is smaller is below all numbers
                xs = [x for x in xs if abs(x) > 1e-15]
            elif name not in WHOLE_RANGE:  # beyond, they are 0, infinite or x itself
                xs = [x for x in xs if abs(x) < 1e5]
            values = [float(function(mp.mpf(x))) for x in xs]
            slopes = [float(slope(mp.mpf(x))) for x in xs] if slope else None
            cases.append({"function": name, "dtype": dtype, "x": encode(xs), "y": encode(values),
                          "slope": encode(slopes) if slope else None})
    text = "[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n"
    (FOLDER / "precision.json").write_text(text)
    print(f"precision.json: {len(text)} bytes, {len(cases)} cases")


if __name__ == "__main__":
    main()
