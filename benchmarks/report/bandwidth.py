"""Elementwise operations whose limit is memory, on one thread, beside STREAM's triad: by operations_xgrad."""

from operations import Program
from programs import duration, print_table

ELEMENTS = 16 << 20
LEAST_SHARE = 0.85
TURNS = 3

# What a row has to move of an element, in bytes: each tensor that forward reads or writes, and each that its gradient does,
# once. A float has four; the gradient of a sum is the one that arrives, copied to each operand that keeps one.
BYTES = {
    "neg": 16, "add(number)": 16, "mul(number)": 16, "div(number)": 16, "rsub": 16, "mul_(number)": 8, "add_": 12,
    "floor": 12, "sign": 12, "to(float64)": 12, "abs": 20, "square": 20, "sqrt": 20, "reciprocal": 20, "pow(2)": 20,
    "clamp": 20, "relu": 20, "relu6": 20, "leaky_relu": 20, "threshold": 20, "hardtanh": 20, "hardshrink": 20,
    "softshrink": 20, "hardsigmoid": 20, "hardswish": 20, "exp": 20, "expm1": 20, "log": 20, "sigmoid": 20, "tanh": 20,
    "masked_fill": 18, "add": 24, "sub": 24, "lerp": 24, "where": 26, "mul": 32, "div": 32, "maximum": 32, "addcmul": 40,
}


def report(build):
    program = Program(build / "benchmarks" / "operations_xgrad")
    triads = [program.triad(ELEMENTS)]
    best = {}
    for _ in range(TURNS):
        for (row, _), value in program.times(list(BYTES), [ELEMENTS], 1, 0.1, 1).items():
            best[row] = min(value, best.get(row, value))
        triads.append(program.triad(ELEMENTS))
    triad = max(triads)
    entries = []
    for row, moved in BYTES.items():
        moves = moved * ELEMENTS / best[row]
        entries.append({"row": row, "nanoseconds": best[row], "gigabytes_per_second": moves, "share": moves / triad,
                        "met": moves >= LEAST_SHARE * triad})
    entries.sort(key=lambda entry: entry["share"])
    print_table(f"Operations over {ELEMENTS} floats and their gradients on one thread, beside a triad that moves {triad:.1f} GB/s "
                f"(and reads, where its stores go through the caches, what it overwrites). Met: {LEAST_SHARE:.0%} of it",
                ["row", "time", "GB/s", "of the triad", ""],
                [[entry["row"], duration(entry["nanoseconds"]), f"{entry['gigabytes_per_second']:.1f}",
                  f"{entry['share']:.2f}", "met" if entry["met"] else "not met"] for entry in entries])
    return {"triad": triads, "rows": entries}
