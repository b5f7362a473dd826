"""Prints the tensors of a safetensors file, read by Python alone: python3 read_safetensors.py FILE"""
import json
import struct
import sys

CODES = {"F32": "f", "F64": "d", "I64": "q", "BOOL": "?"}

with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    data = file.read()
print("metadata", header.pop("__metadata__", {}))
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = [value for (value,) in struct.iter_unpack("<" + CODES[entry["dtype"]], data[begin:end])]
    print(name, entry["dtype"], entry["shape"], values)
