"""What the make_*.py scripts share: inputs that both sides generate from a seed, and tensors written as JSON.

A tensor is [dtype, shape, data]: data is base64 of the little-endian elements in row-major order, so that every value reads
back exactly. An input is [dtype, shape, layout, seed, low, high]: xgrad's generator is PyTorch's, and the C++ side makes
the same numbers (tests/support/golden.cpp). Or it is a tensor, where its values matter.
"""

import base64
import json
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parent
DTYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "bool": torch.bool}


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


def encode(tensor):
    tensor = tensor.detach().contiguous()
    data = base64.b64encode(tensor.numpy().tobytes()).decode()
    return [name_of(tensor.dtype), list(tensor.shape), data]


def uniform(shape, seed, low, high, dtype):
    """Numbers in [low, high), drawn as float64 whatever the dtype."""
    torch.manual_seed(seed)
    if dtype == torch.int64:
        return torch.randint(int(low), int(high), shape)
    if dtype == torch.bool:
        return torch.randint(0, 2, shape).to(torch.bool)
    return (torch.rand(shape, dtype=torch.float64) * (high - low) + low).to(dtype)


def make_input(spec):
    """The tensor that an input's description stands for."""
    if "tensor" in spec:
        return spec["tensor"].detach().clone()
    shape, layout = spec["shape"], spec["layout"]
    low, high = spec["range"]
    make = lambda sizes: uniform(sizes, spec["seed"], low, high, DTYPES[spec["dtype"]])
    if layout == "contiguous":
        return make(shape)
    if layout == "transposed":
        return make(shape[::-1]).permute(*range(len(shape))[::-1])
    if layout == "strided":
        return make(shape[:-1] + [2 * shape[-1] + 1])[..., 1::2]
    if layout == "expanded":
        return make([1] + shape[1:]).expand(shape)
    raise ValueError(layout)


def describe_input(spec):
    if "tensor" in spec:
        return encode(spec["tensor"])
    return [spec["dtype"], spec["shape"], spec["layout"], spec["seed"], *spec["range"]]


def weights_for(output, seed):
    """The fixed weighting of an output whose gradient is taken."""
    return uniform(list(output.shape), seed, -1, 1, output.dtype)


def write(name, content):
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    if isinstance(content, list):
        text = "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in content) + "\n]\n"
    else:
        text = json.dumps(content, indent=1) + "\n"
    path.write_text(text)
    print(f"{path.name}: {len(text)} bytes")
