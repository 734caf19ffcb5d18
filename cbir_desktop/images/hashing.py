"""BLAKE3-256 of contents: the name of a picture in the catalog, and the proof before any deletion."""

from blake3 import blake3

HASH_BYTES = 32
_CHUNK = 1 << 20  # 1 MiB: larger ones gain nothing, and a file is never held whole


def hash_bytes(data: bytes) -> bytes:
    return blake3(data).digest()


def hash_file(path: str) -> bytes:
    """The hash of a file, read in chunks (no memory map: a file cut short meanwhile would kill us). Raises OSError."""
    hasher = blake3()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.digest()
