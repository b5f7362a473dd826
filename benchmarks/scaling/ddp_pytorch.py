"""One training step of an LSTM under PyTorch's DistributedDataParallel over Gloo: ddp_pytorch.py RANKS BATCH STEPS [FAILURE].

The batch is of all ranks together, and the same one whatever their number. Starts its ranks by itself (Debian's torchrun does not
run on Python 3.11), each on a core of its own. Prints one line of JSON: the median step, and a hash of the parameters. FAILURE is
kill or stop, of the last rank at step 3.
"""

import datetime
import hashlib
import json
import os
import signal
import statistics
import sys
import time

from ranks import start

TIMEOUT = 30  # seconds


def rank_main(rank, ranks, batch, steps, failure):
    """Trains, as one of the ranks."""
    os.sched_setaffinity(0, {rank % os.cpu_count()})

    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    dist.init_process_group("gloo", timeout=datetime.timedelta(seconds=TIMEOUT))
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(256, 512)
    ddp = torch.nn.parallel.DistributedDataParallel(lstm)
    adam = torch.optim.Adam(ddp.parameters(), lr=1e-3)
    own = slice(rank * batch // ranks, (rank + 1) * batch // ranks)
    x = torch.randn(40, batch, 256, generator=torch.Generator().manual_seed(0))[:, own].contiguous()
    seconds = []
    for step in range(steps + 3):
        if failure and step == 3 and rank == ranks - 1:
            os.kill(os.getpid(), signal.SIGKILL if failure == "kill" else signal.SIGSTOP)
        begun = time.perf_counter()
        adam.zero_grad()
        ddp(x)[0].square().mean().backward()
        adam.step()
        if step >= 3:
            seconds.append(time.perf_counter() - begun)
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
    sys.exit(max(process.wait() for process in start([sys.executable, *sys.argv], ranks)))


if __name__ == "__main__":
    main()
