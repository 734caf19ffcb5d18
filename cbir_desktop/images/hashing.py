"""BLAKE3-256 of contents: the name of a picture in the catalog, and the proof before any deletion."""

import numpy as np
from blake3 import blake3

from cbir_desktop.core.types import Image

HASH_BYTES = 32
_CHUNK = 1 << 20  # 1 MiB: larger ones gain nothing, and a file is never held whole


def hash_bytes(data: bytes) -> bytes:
    return blake3(data).digest()


def hash_pixels(image: Image, width: int, height: int) -> bytes:
    """The hash of a decoded picture and of its full size in pixels: one for files that differ in their notes only.

    Of a picture decoded smaller it says that the full ones may be equal, not that they are.
    """
    hasher = blake3(f"{width}x{height} {image.shape}".encode())
    hasher.update(np.ascontiguousarray(image).data)  # as it lies: two copies took four times as long as the hash
    return hasher.digest()


def hash_file(path: str) -> bytes:
    """The hash of a file, read in chunks (no memory map: a file cut short meanwhile would kill us). Raises OSError."""
    hasher = blake3()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.digest()
