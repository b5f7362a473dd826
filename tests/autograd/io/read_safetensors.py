"""Prints the tensors of a safetensors file, read with nothing but NumPy: python3 read_safetensors.py FILE"""
import json
import struct
import sys

import numpy

DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "BOOL": "?"}

with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    data = file.read()
print(header.pop("__metadata__", {}))
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    print(name, numpy.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"]))
