"""Prints every good record of an archive, by nothing but the article Format.

Usage: read_archive.py DIRECTORY
A line for each record: sequence, ingest time, event time, source, detail-type, account, CRC32C of
the event in hexadecimal, and its byte count. Damage is passed over as the article says, and printed
as "gap FILE FIRST-BYTE END-BYTE". Standard library only.
"""

import os
import re
import struct
import sys

POLYNOMIAL = 0x82F63B78
TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


def prefix(data, magic):
    """Whether 16 bytes begin a structure of this kind that can be read."""
    if len(data) < 16 or data[:8] != magic:
        return False
    major, _, checksum = struct.unpack_from("<HHI", data, 8)
    if checksum != crc32c(data[:12]):
        return False
    if major != 1:
        sys.exit("major version %d" % major)
    return True


def mix(value):
    value &= 0xFFFFFFFF
    value ^= value >> 16
    value = value * 0x85EBCA6B & 0xFFFFFFFF
    value ^= value >> 13
    value = value * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def describe(data):
    names = ("low", "high", "id", "generation", "first", "created", "capacity", "begin", "limit")
    return dict(zip(names, struct.unpack_from("<QQQQQqQII", data, 16)))


def footer_of(data):
    """What the footer says: the description, the end of the numbers, and where the records end."""
    if len(data) < 208 or not prefix(data[-16:], b"SWYDSEAL"):
        return None
    length = struct.unpack_from("<Q", data, len(data) - 32)[0]
    footer = data[-length:]
    if length > len(data) or not prefix(footer, b"SWYDFOOT"):
        return None
    if struct.unpack_from("<I", footer, length - 20)[0] != crc32c(footer[: length - 20]):
        return None
    end, records = struct.unpack_from("<QQ", footer, 96)
    return describe(footer), end, records, struct.unpack_from("<Q", footer, 160)[0]


def record_at(data, offset, end, segment):
    """The length of the record there, or 0."""
    if end - offset < 48:
        return 0
    checksum, length = struct.unpack_from("<II", data, offset)
    count = length & 0x0FFFFFFF
    size = 48 + count + 7 & ~7
    if not length >> 31 or count > segment["limit"] or size > end - offset:
        return 0
    generation = segment["generation"]
    seed = generation & 0xFFFFFFFF ^ mix(offset // 8 + (generation >> 32))
    if checksum != crc32c(data[offset + 4 : offset + 48 + count], seed):
        return 0
    return 0 if any(data[offset + 48 + count : offset + size]) else size


def read_segment(name, data):
    footer = footer_of(data)
    header = header_of(data)
    segment = footer[0] if footer else header
    if not segment:
        print("gap", name, 0, len(data))
        return
    end = footer[3] if footer else len(data)
    offset, expected = segment["begin"], segment["first"]
    bad = None
    while offset < end:
        size = record_at(data, offset, end, segment)
        number = struct.unpack_from("<Q", data, offset + 8)[0] if size else 0
        lost = (offset - bad) // 48 if bad is not None else 0
        if not size or not expected <= number <= expected + lost:
            if bad is None:
                bad = offset
            offset += 8
            continue
        if bad is not None:
            print("gap", name, bad, offset)
            bad = None
        ingest, event = struct.unpack_from("<qq", data, offset + 16)
        keys = struct.unpack_from("<III", data, offset + 32)
        count = struct.unpack_from("<I", data, offset + 4)[0] & 0x0FFFFFFF
        content = data[offset + 48 : offset + 48 + count]
        print(number, ingest, event, *keys, "%08x" % crc32c(content), count)
        expected = number + 1
        offset += size
    if bad is not None and footer:
        print("gap", name, bad, end)


def ring_of(directory, identity):
    """Of the ring, if there is one of this archive: the granted end, the biases, the bytes."""
    try:
        with open(os.path.join(directory, "ring"), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    if not prefix(data, b"SWYDRING") or data[16:32] != identity[16:32]:
        return None
    granted = struct.unpack_from("<Q", data, 128)[0]
    places = dict(struct.unpack_from("<Qq", data, 256 + 16 * place) for place in range(512))
    return granted, places, data[16384:]


def header_of(data):
    page = data[:4096]
    if len(page) == 4096 and prefix(page, b"SWYDSEGM"):
        if struct.unpack_from("<I", page, 4092)[0] == crc32c(page[:4092]):
            return describe(page)
    return None


def file_end(data):
    """Where the records end that follow each other from the first one on."""
    segment = header_of(data)
    if not segment:
        return 0
    offset, expected = segment["begin"], segment["first"]
    while size := record_at(data, offset, len(data), segment):
        if struct.unpack_from("<Q", data, offset + 8)[0] != expected:
            break
        offset, expected = offset + size, expected + 1
    return offset


def with_ring(data, number, ring):
    """A segment's bytes, those behind its file's records from the ring, where that has them."""
    if ring is None or number not in ring[1]:
        return data
    granted, bias, size = ring[0], ring[1][number], len(ring[2])
    begin = max(file_end(data), max(0, granted - size) - bias)
    end = min(len(data), granted - bias)
    there = bytes(ring[2][(offset + bias) % size] for offset in range(begin, end))
    return data[:begin] + there + data[max(begin, end) :]


def main(directory):
    with open(os.path.join(directory, "archive.identity"), "rb") as file:
        identity = file.read()
    if len(identity) != 64 or not prefix(identity, b"SWYDARCH"):
        sys.exit("no archive")
    if struct.unpack_from("<I", identity, 60)[0] != crc32c(identity[:60]):
        sys.exit("a damaged identity")
    ring = ring_of(directory, identity)
    pattern = re.compile(r"\d{20}-\d{20}\.(open|segment)$")
    for name in sorted(os.listdir(directory)):
        if pattern.match(name):
            with open(os.path.join(directory, name), "rb") as file:
                data = file.read()
            if name.endswith(".open"):
                data = with_ring(data, int(name[:20]), ring)
            read_segment(name, data)


main(sys.argv[1])
