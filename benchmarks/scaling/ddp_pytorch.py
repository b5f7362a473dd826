"""One training step of an LSTM under PyTorch's DistributedDataParallel over Gloo: ddp_pytorch.py RANKS BATCH STEPS [FAILURE].

Starts its ranks by itself (Debian's torchrun does not run on Python 3.11), each on a core of its own. Prints one line of JSON: the
median step, and a hash of the parameters. FAILURE is kill or stop, of the last rank at step 3: prints the seconds until all
others have ended, at most 60.
"""

import hashlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time


def rank_main(rank, ranks, batch, steps, failure):
    os.sched_setaffinity(0, {rank % os.cpu_count()})
    import datetime

    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    dist.init_process_group("gloo", timeout=datetime.timedelta(seconds=30))
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(256, 512)
    ddp = torch.nn.parallel.DistributedDataParallel(lstm)
    adam = torch.optim.Adam(ddp.parameters(), lr=1e-3)
    x = torch.randn(40, batch // ranks, 256, generator=torch.Generator().manual_seed(rank))
    seconds = []
    for step in range(steps + 3):
        if failure and step == 3 and rank == ranks - 1:
            os.kill(os.getpid(), signal.SIGKILL if failure == "kill" else signal.SIGSTOP)
        start = time.perf_counter()
        adam.zero_grad()
        ddp(x)[0].square().mean().backward()
        adam.step()
        if step >= 3:
            seconds.append(time.perf_counter() - start)
    if rank == 0:
        digest = hashlib.sha256(b"".join(p.detach().numpy().tobytes() for p in lstm.parameters()))
        print(json.dumps({"ranks": ranks, "batch": batch, "median": statistics.median(seconds),
                          "hash": digest.hexdigest()[:16]}), flush=True)


def main():
    ranks, batch, steps = (int(argument) for argument in sys.argv[1:4])
    failure = sys.argv[4] if len(sys.argv) > 4 else ""
    if "RANK" in os.environ:
        rank_main(int(os.environ["RANK"]), ranks, batch, steps, failure)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []
    for rank in range(ranks):
        environment = dict(os.environ, RANK=str(rank), WORLD_SIZE=str(ranks), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        errors = subprocess.DEVNULL if failure else None
        processes.append(subprocess.Popen([sys.executable, *sys.argv], env=environment, stderr=errors))
    if not failure:
        sys.exit(max(process.wait() for process in processes))
    start = None
    limit = time.time() + 120
    while time.time() < limit:
        try:
            with open(f"/proc/{processes[-1].pid}/stat", encoding="ascii") as stat:
                failed = stat.read().rsplit(")", 1)[1].split()[0] in "TZ"
        except OSError:
            failed = True
        if failed and start is None:
            start = time.time()
        if start is not None and (time.time() - start > 60 or all(p.poll() is not None for p in processes[:-1])):
            break
        time.sleep(0.05)
    print(json.dumps({"failure": failure, "seconds": round(time.time() - start, 1) if start else None}))
    for process in processes:
        process.kill()


if __name__ == "__main__":
    main()
