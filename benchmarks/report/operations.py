"""Every operation beside libtorch: forward and, where there is one, its gradient, by operations_xgrad and operations_libtorch."""

import json
import math
import subprocess
import sys
from pathlib import Path

from programs import TITLES, duration, print_table

LIBRARIES = ("xgrad", "libtorch")
SIZES = (16, 4096, 65536, 1048576)
ALL_SIZES = (16, 256, 4096, 65536, 1048576, 16777216)
ROWS_AT_A_TIME = 8
SMALL_NANOSECONDS = 300
# Below it two threads have too little to share.
ELEMENTS_FOR_THREADS = 65536
# What is done by one thread in both cases takes as long but for so much, by which two runs of a program differ.
THREADS_NOISE = 0.03
# Rows that are not met are measured again, with all that they are compared with: other work on the machine comes and goes.
MORE_TURNS = 2


class Program:
    def __init__(self, path: Path):
        self.path = path

    def _run(self, arguments):
        done = subprocess.run([str(self.path), *arguments], capture_output=True, text=True, timeout=3600, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{self.path} {' '.join(arguments)}: exit code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def rows(self, wanted):
        return self._run(["--list", *([f"--filter={wanted}"] if wanted else [])]).split("\n")[:-1]

    def triad(self, elements):
        """The bandwidth of STREAM's triad, in GB/s."""
        return float(self._run(["--triad", f"--sizes={elements}"]))

    def times(self, rows, sizes, threads, seconds, repetitions):
        """{(row, elements): nanoseconds}: the best of the repetitions. Sizes of which there is no such row are left out."""
        report = json.loads(self._run(
            [*(f"--row={row}" for row in rows), f"--sizes={','.join(map(str, sizes))}", f"--threads={threads}",
             f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={repetitions}", "--benchmark_format=json"]) or "{}")
        found = {}
        for entry in report.get("benchmarks", []):
            if entry["run_type"] != "iteration" or entry.get("error_occurred"):
                continue
            row, elements = entry["run_name"].rsplit("/", 2)[:2]
            case = (row, int(elements))
            found[case] = min(found.get(case, math.inf), entry["real_time"])
        return found


def measure(found, programs, rows, sizes, threads, seconds, repetitions):
    """Adds to {(library, threads): {(row, elements): nanoseconds}} what is less; what is compared runs close together in
    time."""
    for first in range(0, len(rows), ROWS_AT_A_TIME):
        part = rows[first:first + ROWS_AT_A_TIME]
        for library, program in programs.items():
            for count in threads:
                table = found.setdefault((library, count), {})
                for case, value in program.times(part, sizes, count, seconds, repetitions).items():
                    table[case] = min(value, table.get(case, math.inf))
        print(f"\r{min(first + ROWS_AT_A_TIME, len(rows))} of {len(rows)} rows", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def judged(found, rows, sizes, threads):
    """An entry for each row and size that xgrad has."""
    entries = []
    for row in rows:
        for elements in sizes:
            case = (row, elements)
            times = {key: table[case] for key, table in found.items() if case in table}
            if ("xgrad", threads[0]) not in times:
                continue
            ours, theirs = times["xgrad", threads[0]], times.get(("libtorch", threads[0]))
            entry = {"row": row, "elements": elements,
                     "nanoseconds": {f"{library} {count}": value for (library, count), value in times.items()},
                     "ratio": theirs / ours if theirs else None, "met": theirs >= ours if theirs else None}
            if len(threads) > 1 and ("xgrad", threads[1]) in times:
                entry["threads_ratio"] = ours / times["xgrad", threads[1]]
                if elements >= ELEMENTS_FOR_THREADS:
                    entry["met"] = entry["met"] is not False and entry["threads_ratio"] >= 1 - THREADS_NOISE
            entries.append(entry)
    return entries


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def goals(entries):
    """(goal, value, bound, whether met)."""
    ratios = [entry["ratio"] for entry in entries if entry["ratio"]]
    found = []
    if ratios:
        for bound, share in ((1, 1), (1.25, 0.9)):
            value = sum(ratio >= bound for ratio in ratios) / len(ratios)
            found.append((f"share of the rows with libtorch / xgrad >= {bound:g}", value, share))
        found.append(("geometric mean of libtorch / xgrad", geometric_mean(ratios), 2))
    small = [entry for entry in entries if entry["elements"] == 16]
    if small:
        value = sum(entry["nanoseconds"]["xgrad 1"] <= SMALL_NANOSECONDS for entry in small) / len(small)
        found.append((f"share of the rows of 16 elements within {SMALL_NANOSECONDS} ns", value, 1))
    both = [entry["threads_ratio"] for entry in entries
            if "threads_ratio" in entry and entry["elements"] >= ELEMENTS_FOR_THREADS]
    if both:
        found.append((f"share of the rows from {ELEMENTS_FOR_THREADS} elements on that two threads do not slow down",
                      sum(ratio >= 1 - THREADS_NOISE for ratio in both) / len(both), 1))
    return [{"goal": goal, "value": value, "bound": bound, "met": value >= bound} for goal, value, bound in found]


def report(build, wanted, threads, sizes, seconds=0.01, repetitions=3):
    programs = {}
    for library in LIBRARIES:
        path = build / "benchmarks" / f"operations_{library}"
        if path.exists():
            programs[library] = Program(path)
    rows = programs["xgrad"].rows(wanted)
    if not rows:
        raise SystemExit(f"no row's name matches '{wanted}'")
    counts = (1,) if threads == 1 else (1, threads)
    found = {}
    measure(found, programs, rows, sizes, counts, seconds, repetitions)
    for _ in range(MORE_TURNS):
        again = {entry["row"] for entry in judged(found, rows, sizes, counts) if entry["met"] is False}
        measure(found, programs, [row for row in rows if row in again], sizes, counts, seconds, repetitions)
    entries = judged(found, rows, sizes, counts)
    columns = [(library, count) for library in programs for count in counts]
    header = ["row", "elements", *(f"{TITLES[library]} {count}" for library, count in columns), "libtorch/xgrad"]
    header += ["1 thread/" + str(threads)] * (len(counts) > 1) + [""]
    lines = []
    for entry in entries:
        line = [entry["row"], entry["elements"]]
        for library, count in columns:
            value = entry["nanoseconds"].get(f"{library} {count}")
            line.append(duration(value) if value else "-")
        line.append(f"{entry['ratio']:.2f}" if entry["ratio"] else "-")
        if len(counts) > 1:
            line.append(f"{entry['threads_ratio']:.2f}" if "threads_ratio" in entry else "-")
        lines.append([*line, {True: "met", False: "not met", None: ""}[entry["met"]]])
    print_table(f"Operations, forward and, where there is one, the gradient: the best of {repetitions}, or of {1 + MORE_TURNS} "
                "times as many where a row was not met. Met: xgrad is as fast as libtorch on one thread"
                + (", and two threads are not slower than one." if len(counts) > 1 else "."),
                header, lines)
    reached = goals(entries)
    print_table("Goals", ["goal", "measured", "bound", ""],
                [[goal["goal"], f"{goal['value']:.3g}", f">= {goal['bound']:g}", "met" if goal["met"] else "not met"]
                 for goal in reached])
    return {"rows": entries, "goals": reached}
