"""Memory, checkpointing, latency and throughput."""

import sys

from programs import ROWS, TITLES, duration, median, print_table
from training import print_goals

VARIED = {"steps": (4, 16, 64, 256, 1024), "batch": (1, 4, 16, 64, 256), "hidden": (16, 64, 256, 512, 1024)}
STREAMED = ("A", "D", "F", "G")


def memory(programs, rows):
    libraries = [library for library in programs.libraries() if library != "onednn"]
    figures = {}
    lines = []
    goals = []
    for row in rows:
        figures[row] = {library: programs.memory(library, 2, row) for library in libraries}
        line = [row, ROWS[row]]
        for library in libraries:
            found = figures[row][library]
            if found is None:
                line += ["-", "-", "-"]
                continue
            line += [f"{found['peak_kib'] / 1024:.1f}", f"{(found['peak_kib'] - found['before_kib']) / 1024:.1f}",
                     f"{found['faults_per_step']:.1f}"]
        lines.append(line)
        ours, theirs = figures[row].get("xgrad"), figures[row].get("libtorch")
        if ours and theirs:
            share = ours["peak_kib"] / theirs["peak_kib"]
            goals.append(("peak memory / libtorch's", row, share, "<= 1", share <= 1))
            grown = (ours["peak_kib"] - ours["before_kib"]) / max(1, theirs["peak_kib"] - theirs["before_kib"])
            goals.append(("peak memory above the start's / libtorch's", row, grown, "<= 1", grown <= 1))
        if ours:
            goals.append(("page faults of a settled step", row, ours["faults_per_step"], "< 1", ours["faults_per_step"] < 1))
    header = ["row", ""]
    for library in libraries:
        header += [f"{TITLES[library]} peak MiB", "above start", "faults a step"]
    print_table("Memory of training on 2 threads: peak resident size, how far that is above the size before the model was "
                "made, and page faults of a step once it has settled.", header, lines)
    print_goals(goals)
    return {"rows": figures, "goals": [dict(zip(("goal", "row", "value", "bound", "met"), goal)) for goal in goals]}


def checkpointing(programs, steps=2000):
    """A sequence, and one ten times as long, with activations kept and computed again."""
    found = {}
    lines = []
    for length in (steps, 10 * steps):
        for checkpoint in (False, True):
            figures = programs.checkpointing(length, checkpoint)
            figures["grown_kib"] = figures["peak_kib"] - figures["before_kib"]
            found[f"{length} {'checkpointed' if checkpoint else 'kept'}"] = figures
            lines.append([str(length), "computed again" if checkpoint else "kept", f"{figures['grown_kib'] / 1024:.1f}",
                          f"{figures['seconds']:.2f}"])
    print_table("Checkpointing: an LSTM 32x32-64 over a long sequence, forward and backward.",
                ["steps", "activations", "peak MiB above the input", "seconds"], lines)
    share = found[f"{10 * steps} checkpointed"]["grown_kib"] / max(1, found[f"{steps} kept"]["grown_kib"])
    goals = [("memory of ten times the length, checkpointed / the length, kept", "-", share, "<= 1", share <= 1)]
    print_goals(goals)
    return {"runs": found, "goals": [dict(zip(("goal", "row", "value", "bound", "met"), goal)) for goal in goals]}


def latency(programs, rounds=3):
    libraries = [library for library in programs.libraries() if library != "onednn"]
    found = {row: {library: [] for library in libraries} for row in STREAMED}
    for _ in range(rounds):
        for row in STREAMED:
            for library in libraries:
                figures = programs.latency(library, 1, row)
                if figures:
                    found[row][library].append(figures)
    result = {}
    lines = []
    for row in STREAMED:
        line = [row, ROWS[row].replace(ROWS[row].split()[1], "1x1")]
        result[row] = {}
        for library in libraries:
            runs = found[row][library]
            if not runs:
                line += ["-", "-"]
                continue
            figures = {name: median([run[name] for run in runs]) for name in ("p50_ns", "p99_ns")}
            result[row][library] = figures
            line += [duration(figures["p50_ns"]), duration(figures["p99_ns"])]
        lines.append(line)
    header = ["row", ""] + [f"{TITLES[library]} {share}" for library in libraries for share in ("p50", "p99")]
    print_table("Latency of inference on one thread: one sequence, one time step at a time.", header, lines)
    return result


def throughput(programs, seconds):
    cases = [("xgrad", 1), ("xgrad", 2)] + [("libtorch", 1)] * ("libtorch" in programs.libraries())
    result = {}
    lines = []
    for what, values in VARIED.items():
        for value in values:
            row = f"{what}/{value}"
            line = [what, value]
            result[row] = []
            for library, threads in cases:
                found = programs.step(library, threads, row, seconds)
                if found is None:
                    line += ["-", "-"]
                    continue
                tokens = found["tokens"] / found["real_time"] * 1e9
                gflops = found["flops"] / found["real_time"]
                result[row].append({"library": library, "threads": threads, "tokens_per_second": tokens, "gflops": gflops})
                line += [f"{tokens:,.0f}", f"{gflops:.1f}"]
            lines.append(line)
        print(f"{what}: measured", file=sys.stderr)
    header = ["varied", "value"]
    for library, threads in cases:
        header += [f"{TITLES[library]} {threads}: tokens/s", "GFLOP/s"]
    print_table("Throughput of training: an LSTM of 32 sequences of 64 steps, 64 to 128, with one of them varied.", header,
                lines)
    return result
