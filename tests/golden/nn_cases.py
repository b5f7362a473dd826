"""What the make_nn_*.py scripts share: a module's case is its inputs, and PyTorch's results, gradients and buffers.

Parameter number i, in the order of named_parameters, is uniform(seed + i) on [-0.7, 0.7); the weighting of result i is
uniform(seed + 200 + i) (see golden.py). Inputs are described, or stored where their values matter, and then have no gradient.
"""

import zlib

import torch

from golden import DTYPES, describe_input, encode, make_input, uniform, weights_for, write


def spec(shape, range=(-2, 2), dtype=None, layout="contiguous"):
    return {"dtype": dtype, "shape": list(shape), "layout": layout, "range": list(range)}


def given(tensor):
    return {"tensor": tensor}


def fill(module, seed, dtype):
    module.to(dtype)
    with torch.no_grad():
        for i, parameter in enumerate(module.parameters()):
            parameter.copy_(uniform(list(parameter.shape), seed + i, -0.7, 0.7, dtype))


def flat(results):
    if isinstance(results, torch.Tensor):
        return [results]
    return [tensor for result in results if result is not None for tensor in flat(result)]


class Cases:
    """The cases of one file."""

    def __init__(self, name):
        self.name = name
        self.cases = []

    def case(self, module_name, module, inputs, args=None, forward=None, training=True, dtype="float64"):
        """`args` says in JSON how the module was made; `forward` how it is called, by default with the inputs in order."""
        seed = zlib.crc32(f"{self.name} {module_name} {len(self.cases)}".encode()) % 1000000
        fill(module, seed, DTYPES[dtype])
        module.train(training)
        tensors = []
        described = []
        for i, one in enumerate(inputs):
            if one is None:
                tensors.append(None)
                described.append(None)
                continue
            one = dict(one)
            if "tensor" not in one:
                one["seed"] = seed + 100 + i
                one["dtype"] = one["dtype"] or dtype
            tensors.append(make_input(one))
            described.append(describe_input(one))
            if "tensor" not in one and tensors[-1].is_floating_point():
                tensors[-1].requires_grad_()
        results = flat(forward(module, *tensors) if forward else module(*tensors))
        wanted = [tensor for tensor in tensors if tensor is not None and tensor.requires_grad] + list(module.parameters())
        recorded = [(i, result) for i, result in enumerate(results) if result.requires_grad]
        gradients = [None] * len(wanted)
        if recorded:
            loss = sum((result * weights_for(result, seed + 200 + i)).sum() for i, result in recorded)
            gradients = torch.autograd.grad(loss, wanted, allow_unused=True)
        self.cases.append({
            "module": module_name, "args": args or {}, "inputs": described, "training": training, "dtype": dtype, "seed": seed,
            "names": [name for name, _ in module.named_parameters()],
            "results": [encode(result) for result in results],
            "gradients": [None if gradient is None else encode(gradient) for gradient in gradients],
            "buffers": {name: encode(buffer) for name, buffer in module.named_buffers() if buffer.is_floating_point()},
        })

    def write(self):
        write(f"nn/{self.name}", self.cases)
