"""What more ranks bring: report.py --build FOLDER [--parts ranks,model,line,peers,failures] [--without-peers] [--turns N].

Measured on this machine: steps of an LSTM 256 -> 512 over 40 steps (row F), 64 sequences for each rank, ranks pinned to cores, in
turns, so that all see the same machine; what two processes reach that do not know one another, which is the most that two ranks
can; messages and bytes beside the formula; a line of known bandwidth; PyTorch's DistributedDataParallel over Gloo. Modelled, and
headed so: more ranks than there are cores, on networks that are not here.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

from ranks import seconds_to_an_error

INPUT, HIDDEN = 256, 512
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch is for
GRADIENT_BYTES = 4 * (4 * HIDDEN * (INPUT + HIDDEN) + 2 * 4 * HIDDEN)


def run(program, *options):
    """Runs one configuration; its line of JSON, or None where it fails."""
    arguments = [program]
    for name, value in options:
        arguments += [f"--{name}", str(value)]
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        print(f"{' '.join(arguments)} failed: {result.stderr.strip()}", file=sys.stderr)
        return None
    return json.loads(result.stdout)


def run_two(program, steps):
    """Two processes at once that do not know one another; the slower median."""
    processes = [
        subprocess.Popen([program, "--batch", "64", "--steps", str(steps), "--first-core", str(core)], stdout=subprocess.PIPE)
        for core in (0, 1)
    ]
    return max(json.loads(process.communicate()[0])["median"] for process in processes)


def formula(ranks):
    """Messages and bytes that a rank sends in a step of as many shards as ranks, where ranks divide the elements."""
    # The biases together; each matrix, being large, by itself.
    buckets = (4 * 2 * 4 * HIDDEN, 4 * 4 * HIDDEN * HIDDEN, 4 * 4 * HIDDEN * INPUT)
    chunks = sum(-(-bucket // (1 << 20)) for bucket in buckets)
    header = 8 + 8 + 4  # hash, one loss, four flags
    return 2 * (ranks - 1) * (chunks + 1), 2 * (ranks - 1) * GRADIENT_BYTES // ranks + (ranks - 1) * (256 + header)


def measured(program, turns, has_mpi):
    """The table of what was measured."""
    cases = {
        "1 rank, 1 thread": [("ranks", 1), ("shards", 1), ("batch", 64)],
        "2 ranks, 1 thread each, Gloo": [("ranks", 2), ("shards", 2), ("batch", 128)],
        "1 rank, 2 threads, 128 sequences": [("ranks", 1), ("shards", 1), ("batch", 128), ("threads", 2)],
    }
    if has_mpi:
        cases["2 ranks, 1 thread each, MPI"] = [("ranks", 2), ("shards", 2), ("batch", 128), ("backend", "mpi")]
    found = {name: [] for name in cases}
    pairs = []
    for _ in range(turns):
        for name, options in cases.items():
            one = run(program, *options, ("steps", 10))
            if one:
                found[name].append(one)
        pairs.append(run_two(program, 10))
    base = statistics.median(one["median"] for one in found["1 rank, 1 thread"])
    print(f"Measured, {turns} turns on {os.cpu_count()} cores: LSTM {INPUT} -> {HIDDEN}, 40 steps, 64 sequences for each core\n")
    print(f"{'':34}{'ms a step':>10}{'times one rank':>16}{'ms of processor':>17}{'messages':>10}{'MB sent':>9}")
    for name, values in found.items():
        if not values:
            continue
        median = statistics.median(one["median"] for one in values)
        speed = base / median * (1 if name == "1 rank, 1 thread" else 2)
        processor = 1e3 * statistics.median(one["process_seconds"] for one in values)
        print(f"{name:34}{1e3 * median:10.1f}{speed:16.2f}{processor:17.1f}{values[0]['messages']:10.0f}"
              f"{values[0]['bytes'] / 1e6:9.2f}")
    median = statistics.median(pairs)
    print(f"{'2 processes, no exchange at all':34}{1e3 * median:10.1f}{2 * base / median:16.2f}{'':17}{0:10}{0:9.2f}")
    print("\nProcessor time is that of rank 0, with all of its threads: where it stays and the step grows, ranks wait for one another or"
          "\nfor cores that others use.")
    messages, sent = formula(2)
    counted = next(iter(found["2 ranks, 1 thread each, Gloo"]), None)
    if counted:
        print(f"\nBy the formula 2 ranks send {messages} messages and {sent} bytes in a step; "
              f"counted: {counted['messages']:.0f} and {counted['bytes']:.0f}")
    hashes = {one["hash"] for name, values in found.items() if "2 ranks" in name for one in values}
    alone = run(program, ("ranks", 1), ("shards", 2), ("batch", 128), ("steps", 10))
    if alone:
        print(f"Bits of 2 shards: {'the same' if hashes == {alone['hash']} else 'DIFFERENT'} on 1 and 2 ranks, all engines and turns")


def modelled(seconds):
    """Seconds of a step for more ranks, from the compute of one."""
    networks = {"10 Gb/s TCP": (1.1e9, 40e-6, 8e-6), "100 Gb/s TCP": (4e9, 30e-6, 6e-6), "100 Gb/s RDMA": (11e9, 3e-6, 0.5e-6)}
    print("\nSimulated, nothing of it measured: a step is one rank's compute, and an exchange that takes"
          "\n2 (R - 1) / R n / B + 2 a + 2 (R - 1) o with assumed bandwidth B, latency a and overhead o; no overlap\n")
    print(f"{'ms a step / efficiency':24}" + "".join(f"{f'R = {ranks}':>16}" for ranks in (2, 8, 64, 256, 1024)))
    for name, (bandwidth, latency, overhead) in networks.items():
        line = f"{name:24}"
        for ranks in (2, 8, 64, 256, 1024):
            exchange = 2 * (ranks - 1) / ranks * GRADIENT_BYTES / bandwidth + 2 * latency + 2 * (ranks - 1) * overhead
            line += f"{1e3 * (seconds + exchange):9.1f} / {seconds / (seconds + exchange):4.0%}"
        print(line)


def peers(program, folder, turns):
    """PyTorch on the same model: its steps and its bits."""
    script = os.path.join(folder, "ddp_pytorch.py")
    print("\nPyTorch's DistributedDataParallel over Gloo (python3-torch) beside it, 1 thread a rank, 128 sequences of all ranks\n")
    steps = 4
    found = {(name, ranks): [] for ranks in (1, 2, 4) for name in ("xgrad", "PyTorch")}
    for turn in range(turns):
        # Four ranks do not fit here: they are run once, for their bits.
        for ranks in (1, 2, 4) if turn == 0 else (1, 2):
            found["xgrad", ranks].append(
                run(program, ("ranks", ranks), ("shards", 4), ("batch", 128), ("steps", steps)))
            result = subprocess.run([PYTHON, "-B", script, str(ranks), "128", str(steps)], capture_output=True, text=True,
                                    check=True)
            found["PyTorch", ranks].append(json.loads(result.stdout))
    for name in ("xgrad", "PyTorch"):
        for ranks in (1, 2, 4):
            values = found[name, ranks]
            median = f"{1e3 * statistics.median(one['median'] for one in values):8.1f} ms a step" if ranks < 4 else " " * 18
            print(f"{name:9}{ranks} ranks{median}, parameters after {steps + 3} steps: {values[0]['hash']}")


def failures(program, folder):
    """How long xgrad and PyTorch take to notice that a rank is gone."""
    script = os.path.join(folder, "ddp_pytorch.py")
    print("\nSeconds until the other rank has ended with an error, where an operation may take 30 s")
    for failure, what in (("kill", "kill -9"), ("stop", "SIGSTOP")):
        ours = [program, "--ranks", "2", "--shards", "2", "--batch", "16", "--timeout", "30", "--failure", failure]
        theirs = [PYTHON, "-B", script, "2", "16", "6", failure]
        texts = []
        for command in (ours, theirs):
            seconds = seconds_to_an_error(command, 2)
            texts.append("more than 60" if seconds is None else f"{seconds:.2f}")
        print(f"{what:9} xgrad {texts[0]}, PyTorch {texts[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--parts", default="ranks,model,line,peers,failures", help="some of them")
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    parts = options.parts.split(",")
    program = os.path.join(options.build, "benchmarks", "scaling")
    has_mpi = os.path.exists(os.path.join(options.build, "libxgrad_distributed_mpi.so"))
    folder = os.path.dirname(os.path.abspath(__file__))
    if "ranks" in parts:
        measured(program, options.turns, has_mpi)
    if "model" in parts:
        modelled(run(program, ("ranks", 1), ("shards", 1), ("batch", 64), ("steps", 10))["median"])
    if "line" in parts and os.geteuid() == 0 and shutil.which("ip") and shutil.which("tc"):
        print("\nMeasured on a line of known bandwidth between two network namespaces, beside what the model says\n", flush=True)
        further = ["--without-peers"] if options.without_peers else []
        subprocess.run([sys.executable, "-B", os.path.join(folder, "namespaces.py"), "--program", program, "--turns",
                        str(min(3, options.turns)), *further], check=False)
    if "peers" in parts and not options.without_peers:
        peers(program, folder, min(3, options.turns))
    if "failures" in parts and not options.without_peers:
        failures(program, folder)


if __name__ == "__main__":
    main()
