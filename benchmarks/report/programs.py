"""The programs that measure, one for each library: which there are, and how to run them."""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

LIBRARIES = ("xgrad", "libtorch", "onednn")
TITLES = {"xgrad": "xgrad", "libtorch": "libtorch", "onednn": "oneDNN"}
THREADS = (1, 2)
ROWS = {
    "A": "LSTM 250x16 100-128",
    "B": "GRU 250x16 100-128",
    "C": "RNN 250x16 100-128",
    "D": "LSTM 32x247 32-50",
    "E": "D, packed",
    "F": "LSTM 64x40 256-512",
    "G": "LSTM 128x5 37-16",
    "H": "RNN 1x5 4-8",
    "I": "F through LSTMCell",
    "J": "one small operation",
}


class Programs:
    def __init__(self, build: Path):
        self.build = build
        self.paths = {}
        for library in LIBRARIES:
            path = build / "benchmarks" / f"steps_{library}"
            if path.exists():
                self.paths[library] = path

    def libraries(self):
        return list(self.paths)

    def _run(self, library, arguments, timeout=300):
        command = [str(self.paths[library]), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            print(f"{' '.join(command)}: more than {timeout} s", file=sys.stderr)
            return None
        if done.returncode != 0:
            print(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}", file=sys.stderr)
            return None
        return json.loads(done.stdout)

    def step(self, library, threads, row, seconds):
        """What Google Benchmark measured of a row's step of training, or None where the library has no such row."""
        report = self._run(library, [f"--threads={threads}", f"--benchmark_filter=^{re.escape(row)}/real_time$",
                                     f"--benchmark_min_time={seconds}", "--benchmark_format=json"])
        for entry in report["benchmarks"] if report else []:
            if not entry.get("error_occurred"):
                return entry
        return None

    def memory(self, library, threads, row):
        return self._run(library, [f"--threads={threads}", f"--memory={row}"])

    def checkpointing(self, steps, checkpoint):
        """Peak memory and time of a backward pass through `steps` steps."""
        command = [str(self.build / "benchmarks" / "checkpointing"), f"--steps={steps}", *(["--checkpoint"] if checkpoint else [])]
        return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout)

    def latency(self, library, threads, row):
        return self._run(library, [f"--threads={threads}", f"--latency={row}"])


def has_row(library, row):
    """oneDNN has recurrent layers over padded batches only; LSTM is what is compared."""
    return library != "onednn" or row in "ADFG"


def median(values):
    return statistics.median(values)


def spread(values):
    """Interquartile range over the median."""
    if len(values) < 2:
        return 0.0
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return (quartiles[2] - quartiles[0]) / statistics.median(values)


def duration(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def print_table(title, header, lines):
    print(f"\n{title}\n")
    cells = [header, *lines]
    widths = [max(len(str(line[i])) for line in cells) for i in range(len(header))]
    for number, line in enumerate(cells):
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(line, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()
