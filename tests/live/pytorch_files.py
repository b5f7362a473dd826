"""Training runs and tensors that go from PyTorch to xgrad and back, as files: pytorch_files.py PROGRAM"""

import math
import os
import subprocess
import sys
import tempfile

import numpy
import torch

from make_pytorch_files import RUNS, Run, every_dtype

program = sys.argv[1]
folder = tempfile.mkdtemp(prefix="xgrad-live-")
failures = 0


def path(name):
    return os.path.join(folder, name)


def xgrad(*arguments):
    subprocess.run([program, *arguments], check=True)


def report(name, good, detail=""):
    global failures
    failures += not good
    print(f"{'ok    ' if good else 'FAILED'} {name} {detail}")


def largest_difference(expected, actual):
    return max(abs(a - b) if math.isfinite(a - b) else math.inf for a, b in zip(expected, actual, strict=True))


def check_run(name):
    """10 steps in Python, 10 in xgrad, 10 in Python, 10 in xgrad, beside 40 in Python."""
    expected = Run(name).train(40)
    run = Run(name)
    losses = run.train(10)
    torch.save(run.state(losses), path("1.pt"))
    xgrad("train", path("1.pt"), path("2.pt"))
    state = torch.load(path("2.pt"))
    losses += state["losses"]
    run = Run(name, state)
    losses += run.train(10)
    torch.save(run.state(losses), path("3.pt"))
    xgrad("train", path("3.pt"), path("4.pt"))
    state = torch.load(path("4.pt"))
    losses += state["losses"]
    Run(name, state).train(1)
    difference = largest_difference(expected, losses)
    report(f"run {name}", difference < 1e-5, f"largest difference of 40 losses: {difference:.1e}")


def same(expected, actual):
    if isinstance(expected, torch.Tensor):
        return expected.dtype == actual.dtype and expected.shape == actual.shape and torch.equal(expected, actual)
    if isinstance(expected, dict):
        return expected.keys() == actual.keys() and all(same(expected[key], actual[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    return type(expected) is type(actual) and expected == actual


def check_values():
    value = every_dtype()
    torch.save(value, path("value.pt"))
    xgrad("copy_value", path("value.pt"), path("back.pt"))
    back = torch.load(path("back.pt"))
    report("values of every kind", same(value, back))
    report("shared memory", back["base"].data_ptr() == back["transposed"].data_ptr())

    tensors = {name: item for name, item in value.items() if isinstance(item, torch.Tensor)}
    torch.save(tensors, path("tensors.pt"))
    xgrad("copy", path("tensors.pt"), path("back.pth"))
    report("tensors, weights_only", same(tensors, torch.load(path("back.pth"), weights_only=True)))

    arrays = {name: item.detach().numpy() for name, item in tensors.items() if item.dtype != torch.bfloat16}
    for save in (numpy.savez, numpy.savez_compressed):
        save(path("arrays.npz"), big_endian=arrays["int32"].astype(">i4"), fortran=numpy.asfortranarray(arrays["base"]),
             **arrays)
        xgrad("copy", path("arrays.npz"), path("back.npz"))
        with numpy.load(path("back.npz")) as back:
            good = all(numpy.array_equal(back[name], item) and back[name].dtype == item.dtype
                       for name, item in arrays.items())
            good &= numpy.array_equal(back["big_endian"], arrays["int32"])
            good &= numpy.array_equal(back["fortran"], arrays["base"])
        report(f"arrays, {save.__name__}", good)


for name in RUNS:
    check_run(name)
check_values()
subprocess.run(["rm", "-r", folder], check=True)
print(f"result: failures={failures}")
sys.exit(failures > 0)
