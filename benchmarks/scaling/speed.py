"""Whether two ranks are worth it: speed.py --build FOLDER [--turns N]. For a machine that does nothing else.

One training step of an LSTM 256 -> 512 over 40 steps (row F), of one global batch cut into the same shards, on one rank pinned to a
core, on two ranks pinned to a core each, and on one rank with two threads; sums in a fixed order beside MPI_Allreduce; what a rank
that waits takes of a core. In turns, medians. Fails where two ranks reach less than 1.7 times one rank's speed or less than 0.9 of
two threads', where ordered sums take more than 1.15 times the engine's, and where waiting takes 5 % of a core.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from report import run


def lines(program, *arguments):
    """The lines of JSON that a program prints."""
    output = subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--batch", type=int, default=128, help="sequences of a step, on all ranks together")
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--only-steps", action="store_true", help="leave out sums and waiting")
    options = parser.parse_args()
    folder = os.path.join(options.build, "benchmarks")
    program = os.path.join(folder, "scaling")
    common = [("shards", options.shards), ("batch", options.batch), ("steps", 7)]
    cases = {
        "1 rank": [("ranks", 1)],
        "2 ranks, MPI": [("ranks", 2), ("backend", "mpi")],
        "2 ranks, Gloo": [("ranks", 2)],
        "1 rank, 2 threads": [("ranks", 1), ("threads", 2)],
    }
    found = {name: [] for name in cases}
    hashes = set()
    for _ in range(options.turns):
        for name, case in cases.items():
            one = run(program, *case, *common)
            if one:
                found[name].append(one["median"])
                hashes.add(one["hash"])
    medians = {name: statistics.median(values) for name, values in found.items() if values}
    failed = []
    print(f"{options.batch} sequences in {options.shards} shards")
    for name, median in medians.items():
        print(f"{name:20}{1e3 * median:9.1f} ms{medians['1 rank'] / median:8.2f} times one rank")
    ranks = medians.get("2 ranks, MPI", medians["2 ranks, Gloo"])
    if medians["1 rank"] / ranks < 1.7:
        failed.append("two ranks reach less than 1.7 times one rank's speed")
    if medians["1 rank, 2 threads"] / ranks < 0.9:
        failed.append("two ranks reach less than 0.9 of two threads' speed")
    if len(hashes) != 1:
        failed.append("the parameters are not the same")
    exchange = os.path.join(folder, "exchange")
    if os.path.exists(exchange) and not options.only_steps:
        for line in lines(exchange):
            print(f"{line['bytes'] >> 10:8} KiB: {line['ordered_ms']:8.3f} ms ordered, {line['engine_ms']:8.3f} ms MPI_Allreduce,"
                  f" ratio {line['ratio']:.2f}")
            if line["ratio"] > 1.15:
                failed.append(f"ordered sums of {line['bytes'] >> 10} KiB take {line['ratio']:.2f} times the engine's")
        share = lines(exchange, "--waits", "3")[0]["share_of_a_core_while_waiting"]
        print(f"a rank that waits takes {100 * share:.1f} % of a core")
        if share >= 0.05:
            failed.append("waiting takes 5 % of a core or more")
    print("; ".join(failed) if failed else "all reached")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
