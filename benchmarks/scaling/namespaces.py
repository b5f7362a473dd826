"""Two ranks on a line of known bandwidth, beside the model: namespaces.py --program SCALING [--megabits 100,1000] [--without-peers].

Two network namespaces, joined by virtual Ethernet whose ends each have a token bucket, stand for two machines; each rank is pinned
to a core. The step that the model predicts is the compute of one pinned rank, measured alone, and the exchange's bytes over the
bandwidth. Needs root. Beside it PyTorch's DistributedDataParallel over Gloo on the same line.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys

from report import GRADIENT_BYTES, PYTHON, run

NAMES = ("xgrad_a", "xgrad_b")
ADDRESSES = ("10.77.13.1", "10.77.13.2")
LATENCY = 40e-6  # of virtual Ethernet with TCP, assumed; it does not show beside the bandwidth
PAYLOAD = 1448 / 1514  # of an Ethernet frame: the token bucket counts frames, as a line does


def call(*words):
    """Runs a command that has to succeed."""
    subprocess.run(words, check=True, capture_output=True)


class Line:
    """Two namespaces and the line between them, as long as the block lasts."""

    def __init__(self, megabits):
        self.megabits = megabits

    def __enter__(self):
        self.remove()
        for name in NAMES:
            call("ip", "netns", "add", name)
        call("ip", "link", "add", "va", "netns", NAMES[0], "type", "veth", "peer", "name", "vb", "netns", NAMES[1])
        for name, device, address in zip(NAMES, ("va", "vb"), ADDRESSES):
            inside = ("ip", "netns", "exec", name)
            call(*inside, "ip", "address", "add", f"{address}/24", "dev", device)
            call(*inside, "ip", "link", "set", device, "up")
            call(*inside, "ip", "link", "set", "lo", "up")
            burst = max(32, self.megabits // 4)  # kilobytes: two milliseconds of the line
            call(*inside, "tc", "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{self.megabits}mbit", "burst",
                 f"{burst}kb", "latency", "400ms")
        return self

    def __exit__(self, *unused):
        self.remove()

    @staticmethod
    def remove():
        """What an earlier run may have left is removed, too."""
        for name in NAMES:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)

    @staticmethod
    def run(command):
        """The command as two ranks, one in each namespace; the output of rank 0."""
        processes = []
        for rank, (name, device) in enumerate(zip(NAMES, ("va", "vb"))):
            variables = [f"RANK={rank}", "WORLD_SIZE=2", f"LOCAL_RANK={rank}", f"MASTER_ADDR={ADDRESSES[0]}",
                         "MASTER_PORT=29517", f"GLOO_SOCKET_IFNAME={device}"]
            processes.append(subprocess.Popen(["ip", "netns", "exec", name, "env", *variables, *command],
                                              stdout=subprocess.PIPE, text=True))
        try:
            return [process.communicate(timeout=120)[0] for process in processes][0].strip()
        finally:
            for process in processes:
                process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--megabits", default="100,1000")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    # So that nothing is left behind.
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
    folder = os.path.dirname(os.path.abspath(__file__))
    within = True
    print(f"{'':12}{'predicted ms':>14}{'measured ms':>13}{'ratio':>8}   PyTorch's DDP, ms")
    for megabits in (int(text) for text in options.megabits.split(",")):
        with Line(megabits) as line:
            alone, both, peers = [], [], []
            for _ in range(options.turns):
                alone.append(run(options.program, ("ranks", 1), ("shards", 1), ("batch", 64), ("steps", 5))["median"])
                text = line.run([options.program, "--ranks", "2", "--shards", "2", "--batch", "128", "--steps", "5"])
                both.append(json.loads(text)["median"])
                if not options.without_peers:
                    text = line.run([PYTHON, "-B", os.path.join(folder, "ddp_pytorch.py"), "2", "128", "3"])
                    peers.append(json.loads(text)["median"])
        predicted = statistics.median(alone) + GRADIENT_BYTES / (PAYLOAD * megabits * 1e6 / 8) + 2 * LATENCY
        measured = statistics.median(both)
        within = within and abs(measured / predicted - 1) <= 0.15
        peer = f"{1e3 * statistics.median(peers):.1f}" if peers else ""
        print(f"{megabits:7} Mb/s{1e3 * predicted:14.1f}{1e3 * measured:13.1f}{measured / predicted:8.2f}   {peer}")
    print("The prediction holds within 15 %" if within else "The prediction does NOT hold within 15 %")
    sys.exit(0 if within else 1)


if __name__ == "__main__":
    main()
