"""Reads TensorBoard event files without TensorBoard, checksums included: read_events.py FOLDER prints `TAG STEP VALUE`."""

import pathlib
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The records of a TFRecord file."""
    position = 0
    while position < len(data):
        header = data[position : position + 8]
        (length,) = struct.unpack("<Q", header)
        body = data[position + 12 : position + 12 + length]
        checks = data[position + 8 : position + 12] + data[position + 12 + length : position + 16 + length]
        assert struct.unpack("<II", checks) == (masked(header), masked(body)), "wrong checksum"
        yield body
        position += 16 + length


def fields(message):
    """(number, value) of each field of a protocol buffer."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, message[position : position + length]
            position += length


assert crc32c(b"123456789") == 0xE3069283
for path in sorted(pathlib.Path(sys.argv[1]).rglob("events.out.tfevents.*")):
    events = [dict(fields(record)) for record in records(path.read_bytes())]
    assert events[0][3] == b"brain.Event:2", events[0]
    for event in events[1:]:
        for number, value in fields(event[5]):
            value = dict(fields(value))
            tag = value[1].decode()
            if 2 in value:
                shown = "%.6g" % struct.unpack("<f", value[2])
            elif 5 in value:
                histogram = list(fields(value[5]))
                assert sum(number in (1, 2, 3, 4, 5) for number, _ in histogram) >= 3
                shown = "histogram"
            else:
                shown = dict(fields(value[8]))[8].decode()
            print(tag, event.get(2, 0), shown)
