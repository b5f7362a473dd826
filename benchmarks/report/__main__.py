"""Runs the benchmark programs in turn and prints what they measured; benchmarks/run.sh builds them first."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import bandwidth
import footprint
import operations
import resources
import training
from programs import ROWS, Programs

REPORTS = ("memory", "latency", "throughput", "checkpointing", "footprint", "bandwidth")
# Only where it is asked for: it takes minutes.
OPERATIONS = "operations"


def machine():
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    versions = {}
    for package in ("libtorch-dev", "libdnnl-dev", "g++"):
        command = ["dpkg-query", "-W", "-f", "${Version}", package]
        version = subprocess.run(command, capture_output=True, text=True, check=False)
        versions[package] = version.stdout or None
    return {"cpu": cpu.group(1) if cpu else platform.processor(), "cores": os.cpu_count(), "packages": versions}


def busy_share(seconds=1.0):
    """The share of all cores that other work, or other guests of the same machine, took for a moment."""
    def now():
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    total, idle = now()
    time.sleep(seconds)
    total_after, idle_after = now()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/run.sh", description="Measures xgrad beside libtorch and oneDNN.")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("what", nargs="*", metavar="WHAT",
                        help=f"rows ({', '.join(ROWS)}) or reports ({', '.join(REPORTS)}), all of them by default; or "
                        f"{OPERATIONS}: every operation beside libtorch")
    parser.add_argument("--json", metavar="FILE", help="write everything to a file as well, each round's figures included")
    parser.add_argument("--rounds", type=int, default=5, help="times that each row is measured (5)")
    parser.add_argument("--seconds", type=float, default=0.3, help="shortest time of one measurement (0.3)")
    parser.add_argument("--minutes", type=float, default=8, help="no new round of rows where it would pass this time (8)")
    parser.add_argument("--gflops", type=float, default=125, help="arithmetic of one core that the limits assume (125)")
    alone = parser.add_argument_group(OPERATIONS)
    alone.add_argument("--filter", metavar="REGEX", default="", help="only operations whose name matches")
    alone.add_argument("--threads", type=int, choices=(1, 2), default=1, help="measure on one thread, or on one and two (1)")
    alone.add_argument("--sizes", metavar="N,N", type=lambda text: [int(size) for size in text.split(",")],
                       help=f"elements of the inputs ({','.join(map(str, operations.SIZES))})")
    alone.add_argument("--all", action="store_true", help="more sizes: up to 16 Mi elements")
    options = parser.parse_args()
    for name in options.what:
        if name not in ROWS and name not in REPORTS and name != OPERATIONS:
            parser.error(f"there is no '{name}': expected rows {', '.join(ROWS)}, or {', '.join(REPORTS)}, or {OPERATIONS}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    rows = [row for row in ROWS if row in options.what or not options.what]
    reports = [name for name in REPORTS if name in options.what or not options.what]
    programs = Programs(options.build)
    found = {"machine": machine()}
    found["machine"]["busy_before"] = busy = busy_share()
    print(f"{found['machine']['cpu']}, {found['machine']['cores']} cores")
    if busy > 0.05:
        print(f"Other work takes {busy:.0%} of this machine: the figures below are worth little.")
    if rows:
        found["training"] = training.report(programs, rows, options.rounds, options.minutes, options.seconds, options.gflops)
    if "memory" in reports:
        found["memory"] = resources.memory(programs, rows or list(ROWS))
    if "latency" in reports:
        found["latency"] = resources.latency(programs)
    if "throughput" in reports:
        found["throughput"] = resources.throughput(programs, options.seconds)
    if "checkpointing" in reports:
        found["checkpointing"] = resources.checkpointing(programs)
    if "footprint" in reports:
        found["footprint"] = footprint.report(options.build, Path(__file__).resolve().parents[2])
    if "bandwidth" in reports:
        found["bandwidth"] = bandwidth.report(options.build)
    if OPERATIONS in options.what:
        sizes = options.sizes or (operations.ALL_SIZES if options.all else operations.SIZES)
        found[OPERATIONS] = operations.report(options.build, options.filter, options.threads, sizes)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
