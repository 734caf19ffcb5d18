"""Keypoints and working copies of pictures on disk. Derived data: delete the folder at any time, at no loss.

A content has two files: ``KEY/ab/abcd….kpt``, its keypoints, and ``….jpg``, the picture at the size that they were
found at. Both carry a checksum; one that does not agree counts as absent.
"""

import itertools
import logging
import os
import struct
import threading
from pathlib import Path

import numpy as np
import simplejpeg
from blake3 import blake3

from cbir_desktop.core.atomic import write_derived
from cbir_desktop.core.types import LocalFeatures, Picture
from cbir_desktop.core.verification import Prepared
from cbir_desktop.images.thumbs import cache_entries, remove_file

MAX_KEYPOINTS = 600
"""38 bytes each: 22.9 KB a photo."""
_STEP = 2 / 15
"""Between the four levels 0, 1, 2 and 3 that a value of a descriptor is kept at. RootSIFT's values lie below 0.4."""
_MAGIC = b"CBIRkp1\n"
_HEAD = struct.Struct("<8sIIIII")  # magic, full size, size of the copy, keypoints
_CHECK_BYTES = 16
_QUALITY = 90
_TRIM_TO = 0.9
"""A trim leaves some room, so that the next one is not due at once: each looks at every file."""
_LEVELS = np.array([[(byte >> shift) & 3 for shift in (0, 2, 4, 6)] for byte in range(256)], np.float32)

log = logging.getLogger(__name__)


def pack(features: LocalFeatures) -> bytes:
    """At most ``MAX_KEYPOINTS`` RootSIFT keypoints, 38 bytes each: two bits a value, places to 1/64 pixel.

    Two bits and 600 keypoints gave more right matches than eight bits and 180 in the same room, 1.3 to 3.6 times as
    many by kind of edit, and no more wrong ones (14 photographs of 500 pixels, 15 edits).
    """
    count = min(len(features), MAX_KEYPOINTS)
    levels = np.clip(np.rint(features.descriptors[:count] / _STEP), 0, 3).astype(np.uint8).reshape(count, 32, 4)
    codes = levels[..., 0] | levels[..., 1] << 2 | levels[..., 2] << 4 | levels[..., 3] << 6
    xy = np.clip(np.rint(features.xy[:count] * 64), 0, 65535).astype("<u2")
    scale = np.clip(np.rint(np.log2(np.maximum(features.scale[:count], 0.25)) * 24 + 48), 0, 255).astype(np.uint8)
    angle = np.rint(features.angle[:count] * (256 / 360)).astype(np.int64).astype(np.uint8)  # 256 is 0 again
    return b"".join(part.tobytes() for part in (xy, scale, angle, codes))


def unpack(data: bytes) -> LocalFeatures:
    """What ``pack`` made of the keypoints: descriptors are unit rows again."""
    count = len(data) // 38
    ends = np.cumsum([0, 4 * count, count, count, 32 * count]).tolist()
    xy, scale, angle, codes = (data[start:end] for start, end in itertools.pairwise(ends))
    descriptors = _LEVELS[np.frombuffer(codes, np.uint8)].reshape(count, 128)
    descriptors /= np.maximum(np.linalg.norm(descriptors, axis=1, keepdims=True), 1e-6)
    return LocalFeatures(
        xy=np.asarray(np.frombuffer(xy, "<u2").reshape(count, 2) / 64, np.float32),
        scale=np.exp2((np.frombuffer(scale, np.uint8).astype(np.float32) - 48) / 24),
        angle=np.frombuffer(angle, np.uint8).astype(np.float32) * np.float32(360 / 256),
        descriptors=descriptors,
    )


class FeatureCache:
    """Prepared pictures by content hash, for one extractor. Safe in threads and between processes.

    ``max_bytes`` bounds what the folder holds; the least recently used go first.
    """

    def __init__(self, folder: Path, key: str, max_bytes: int) -> None:
        self.root, self.folder, self.max_bytes = folder, folder / key, max_bytes
        self._lock = threading.Lock()
        self._held: int | None = None  # bytes, as far as this process knows; None: not looked yet

    def paths(self, content_hash: bytes) -> tuple[Path, Path]:
        """Where the keypoints and the picture lie."""
        name = content_hash.hex()
        place = self.folder / name[:2]
        return place / f"{name}.kpt", place / f"{name}.jpg"

    def __contains__(self, content_hash: bytes) -> bool:
        """Whether the files are there, whole or not."""
        return all(path.exists() for path in self.paths(content_hash))

    def get(self, content_hash: bytes) -> Prepared | None:
        """None where there is nothing, or nothing whole. Marks it as used."""
        paths = self.paths(content_hash)
        try:
            keypoints, jpeg = (_checked(path.read_bytes()) for path in paths)
            if keypoints is None or jpeg is None:
                return None
            magic, full_width, full_height, width, height, count = _HEAD.unpack_from(keypoints)
            image = simplejpeg.decode_jpeg(jpeg, "RGB")
            if magic != _MAGIC or image.shape != (height, width, 3) or len(keypoints) != _HEAD.size + 38 * count:
                return None
            for path in paths:
                os.utime(path)  # what trim goes by: few file systems keep the time of access
        except (OSError, ValueError, struct.error):
            return None
        return Prepared(Picture(image, (full_width, full_height)), unpack(keypoints[_HEAD.size :]), content_hash)

    def put(self, content_hash: bytes, prepared: Prepared) -> bool:
        """Keep a picture and its keypoints. False, and a line in the log, where the disk fails."""
        image = prepared.picture.image
        packed = pack(prepared.features)
        size = (*prepared.picture.full_size, image.shape[1], image.shape[0], len(packed) // 38)
        files = (
            _HEAD.pack(_MAGIC, *size) + packed,
            simplejpeg.encode_jpeg(np.ascontiguousarray(image), _QUALITY, "RGB", "420"),
        )
        try:
            for path, data in zip(self.paths(content_hash), files, strict=True):
                # Not synced: get() sees through a file that is not whole.
                write_derived(path, data + _checksum(data))
        except OSError as error:
            log.warning("the keypoints of a photo could not be kept: %s", error)
            return False
        self._grown(sum(map(len, files)) + 2 * _CHECK_BYTES)
        return True

    def remove(self, content_hash: bytes) -> None:
        """Forget one, where there is one."""
        for path in self.paths(content_hash):
            remove_file(str(path))

    def held(self) -> int:
        """Bytes in the folder, as far as this process knows."""
        with self._lock:
            if self._held is None:
                self._held = sum(size for _, size, _ in cache_entries(self.root))
            return self._held

    def trim(self) -> int:
        """Remove the least recently used until the bound is kept; those of other extractors first. Bytes removed."""
        with self._lock:
            return self._trim(self.max_bytes)

    def _grown(self, size: int) -> None:
        with self._lock:
            if self._held is None:
                self._held = sum(entry[1] for entry in cache_entries(self.root))
            else:
                self._held += size
            if self._held > self.max_bytes:
                self._trim(int(self.max_bytes * _TRIM_TO))

    def _trim(self, wanted: int) -> int:
        own = str(self.folder) + os.sep
        entries = sorted((path.startswith(own), used, size, path) for used, size, path in cache_entries(self.root))
        excess = sum(entry[2] for entry in entries) - wanted
        removed = 0
        for _, _, size, path in entries:
            if removed >= excess:
                break
            removed += size if remove_file(path) else 0
        self._held = excess + wanted - removed
        return removed


def _checksum(data: bytes) -> bytes:
    return blake3(data).digest(_CHECK_BYTES)


def _checked(data: bytes) -> bytes | None:
    """The data without its checksum; None where they do not agree."""
    body = data[:-_CHECK_BYTES]
    return body if body and _checksum(body) == data[-_CHECK_BYTES:] else None
