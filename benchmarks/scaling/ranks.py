"""Starts a program as several ranks of this machine by plain environment variables, and times how long a failure takes to be noticed."""

import os
import socket
import subprocess
import time


def start(command, ranks, **streams):
    """One process for each rank; both PyTorch and xgrad read these variables."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {"WORLD_SIZE": str(ranks), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [
        subprocess.Popen(command, env=dict(os.environ, RANK=str(rank), LOCAL_RANK=str(rank), **variables), **streams)
        for rank in range(ranks)
    ]


def has_failed(process):
    """Whether a process has ended or was stopped."""
    try:
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] in "TZ"
    except OSError:
        return True


def seconds_to_an_error(command, ranks, most=60):
    """Seconds from the end of the last rank, which ends or stops itself, to that of all others; None where they wait longer."""
    processes = start(command, ranks, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limit = time.time() + most
        while not has_failed(processes[-1]):
            if time.time() > limit:
                raise RuntimeError(f"the last rank of {' '.join(command)} does not fail")
            time.sleep(0.005)
        failed = time.time()
        while any(process.poll() is None for process in processes[:-1]):
            if time.time() - failed > most:
                return None
            time.sleep(0.005)
        return time.time() - failed
    finally:
        for process in processes:
            process.kill()
            process.wait()
