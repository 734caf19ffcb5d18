"""Camera files made by hand: a DNG with a sensor's pattern, EXIF blocks with a maker's note, a film with its index."""

import struct

import numpy as np

from cbir_desktop.core.types import Image

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
_CODES = {SHORT: "H", LONG: "I", RATIONAL: "I", SRATIONAL: "i"}
_PER_VALUE = {RATIONAL: 2, SRATIONAL: 2}


def directory(entries, at, order="<"):
    """A TIFF directory that lies at ``at``; entries are {tag: (type, values or bytes)}. What is long follows it."""
    head, tail = struct.pack(order + "H", len(entries)), b""
    free = at + 2 + 12 * len(entries) + 4
    for tag, (kind, values) in sorted(entries.items()):
        if isinstance(values, bytes):
            data, count = values, len(values)
        else:
            data, count = (
                struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values),
                len(values) // _PER_VALUE.get(kind, 1),
            )
        if len(data) > 4:
            where, tail = struct.pack(order + "I", free + len(tail)), tail + data + b"\0" * (len(data) % 2)
        else:
            where = data.ljust(4, b"\0")
        head += struct.pack(order + "HHI", tag, kind, count) + where
    return head + b"\0\0\0\0" + tail


def dng(image: Image, orientation: int = 1, preview: bytes | None = None) -> bytes:
    """A DNG whose sensor saw ``image`` (as stored, before it is turned) through a red-green-green-blue pattern."""
    height, width = image.shape[:2]
    mosaic = image[:, :, 1].copy()
    mosaic[0::2, 0::2], mosaic[1::2, 1::2] = image[0::2, 0::2, 0], image[1::2, 1::2, 2]
    linear = ((mosaic / 255.0) ** 2.2 * 65535).astype("<u2").tobytes()
    sensor = {
        254: (LONG, [0]), 256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16]), 259: (SHORT, [1]),
        262: (SHORT, [32803]), 273: (LONG, [8]), 277: (SHORT, [1]), 278: (LONG, [height]), 279: (LONG, [len(linear)]),
        33421: (SHORT, [2, 2]), 33422: (BYTE, bytes([0, 1, 1, 2])), 50717: (LONG, [65535]),
    }  # fmt: skip
    about = {
        271: (ASCII, b"Maker\0"), 272: (ASCII, b"Maker One\0"), 274: (SHORT, [orientation]),
        50706: (BYTE, bytes([1, 4, 0, 0])), 50707: (BYTE, bytes([1, 1, 0, 0])), 50708: (ASCII, b"Maker One\0"),
        50721: (SRATIONAL, [3, 1, -2, 1, 0, 1, -1, 1, 2, 1, 0, 1, 0, 1, 0, 1, 1, 1]),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]), 50778: (SHORT, [21]),
    }  # fmt: skip
    if preview is None:
        at = 8 + len(linear)
        return struct.pack("<2sHI", b"II", 42, at) + linear + directory({**sensor, **about}, at)
    at = 8 + len(linear) + len(preview)
    at += at % 2
    sensor_directory = directory(sensor, at)
    first = at + len(sensor_directory)
    shown = {
        254: (LONG, [1]), 256: (LONG, [64]), 257: (LONG, [64]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [7]),
        262: (SHORT, [6]), 273: (LONG, [8 + len(linear)]), 277: (SHORT, [3]), 278: (LONG, [64]),
        279: (LONG, [len(preview)]), 330: (LONG, [at]),
    }  # fmt: skip
    body = (struct.pack("<2sHI", b"II", 42, first) + linear + preview).ljust(at, b"\0")
    return body + sensor_directory + directory({**shown, **about}, first)


def exif(order="<", identifier=b"", gps=True, **texts):
    """An EXIF block from its TIFF header on; ``texts``: make, model, time, subseconds, offset."""
    text = {name: (ASCII, value.encode() + b"\0") for name, value in texts.items()}
    tags = {"make": 271, "model": 272, "time": 0x9003, "subseconds": 0x9291, "offset": 0x9011}
    top = {tag: text[name] for name, tag in tags.items() if name in text and tag < 300}
    details = {tag: text[name] for name, tag in tags.items() if name in text and tag > 300}
    if identifier:
        note = directory({1: (SHORT, [9]), 0x11: (ASCII, identifier + b"\0")}, 14, ">")
        details[0x927C] = (UNDEFINED, b"Apple iOS\0\0\1MM" + note)
    top |= {0x8769: (LONG, [0]), **({0x8825: (LONG, [0])} if gps else {})}
    inner = 8 + len(directory(top, 8, order))
    details_block = directory(details, inner, order)
    top[0x8769] = (LONG, [inner])
    if gps:
        top[0x8825] = (LONG, [inner + len(details_block)])
    place = {
        1: (ASCII, b"N\0"),
        2: (RATIONAL, [48, 1, 0, 1, 0, 1]),
        3: (ASCII, b"E\0"),
        4: (RATIONAL, [11, 1, 0, 1, 0, 1]),
    }
    gps_block = directory(place, inner + len(details_block), order) if gps else b""
    header = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8)
    return header + directory(top, 8, order) + details_block + gps_block


def film(identifier: str) -> bytes:
    """A QuickTime file: type, a film of a megabyte, and the index at its end with the identifier."""

    def box(kind, body):
        return struct.pack(">I4s", 8 + len(body), kind) + body

    keys = box(b"keys", struct.pack(">II", 0, 1) + box(b"mdta", b"com.apple.quicktime.content.identifier"))
    values = box(b"ilst", box(b"\0\0\0\1", box(b"data", struct.pack(">II", 1, 0) + identifier.encode())))
    noise = np.random.default_rng(0).bytes(1 << 20)
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", noise) + box(b"moov", box(b"meta", keys + values))


def with_thumbnail(jpeg: bytes, thumbnail: bytes, orientation=1, order="<", pixels=None):
    """``jpeg`` with an EXIF block that has a thumbnail in its second directory; ``pixels``: the size in EXIF."""
    first = {0x0112: (SHORT, [orientation])} | ({0x8769: (LONG, [0])} if pixels else {})
    details = directory({0xA002: (LONG, pixels[:1]), 0xA003: (LONG, pixels[1:])}, 0, order) if pixels else b""
    at = 8 + len(directory(first, 8, order))  # the second directory
    if pixels:
        first[0x8769] = (LONG, [at + 42])  # 2 + 3 * 12 + 4 bytes of the second
    start = at + 42 + len(details)
    second = {0x0103: (SHORT, [6]), 0x0201: (LONG, [start]), 0x0202: (LONG, [len(thumbnail)])}
    block = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8)
    block += directory(first, 8, order)[:-4] + struct.pack(order + "I", at)
    block += directory(second, at, order) + details + thumbnail
    segment = b"Exif\0\0" + block
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]
