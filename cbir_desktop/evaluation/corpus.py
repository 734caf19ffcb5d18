"""A made corpus of files as cameras write them: noise with the spectrum of photographs, so that sizes are true."""

import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image as PillowImage

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image

CAMERA_SIZE = (4000, 3000)
SMALL_SIZE = (500, 375)
THUMBNAIL_SIZE = (160, 120)


def make_picture(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A (width, height) picture whose amplitude falls with frequency about as 1/f, as in photographs (Field 1987),
    made by adding octaves of smooth noise, with the fine grain of a sensor on top."""
    width, height = size
    picture = np.full((height, width, 3), 128, np.float32)
    cells = 4
    while cells <= width // 2:
        shape = (max(2, cells * height // width), cells)
        octave = rng.normal(0, 1, (*shape, 1)) + rng.normal(0, 0.4, (*shape, 3))  # mostly light, some colour
        picture += cv2.resize(octave.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) * (60 / np.sqrt(cells))
        cells *= 2
    grain = rng.normal(0, 7, (height, width, 1)).astype(np.float32)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def camera_jpeg(picture: Image, quality: int = 90) -> bytes:
    """A JPEG with an EXIF thumbnail, 3 to 5 MB at 12 megapixels."""
    data = _jpeg(picture, quality)
    thumbnail = _jpeg(cv2.resize(picture, THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA), 80)
    return data[:2] + _exif_segment(thumbnail) + data[2:]


def make_corpus(folder: Path, counts: Mapping[str, int], seed: int = 0, task: Task = NULL_TASK) -> dict[str, list[str]]:
    """``counts[kind]`` files of each kind in ``folder/kind``: the first by name of those that are there, and as many
    more as are lacking, which are made.

    Kinds: ``camera`` (12-megapixel JPEG), ``small`` (500-pixel JPEG), ``png`` and ``heic`` (12 megapixels). Returns
    the paths by kind. Raises OSError.
    """
    paths: dict[str, list[str]] = {}
    done, total = 0, sum(counts.values())  # what is there already makes the work end sooner
    for kind, count in counts.items():
        suffix, write = _KINDS[kind]
        (folder / kind).mkdir(parents=True, exist_ok=True)
        present = sorted((folder / kind).glob(f"*{suffix}"))[:count]
        made = (folder / kind / f"{number:04}{suffix}" for number in range(count))
        lacking = [path for path in made if path not in present][: count - len(present)]
        for path in lacking:
            task.step(done, total)
            done += 1
            write(path, np.random.default_rng((seed, int(path.stem))))
        paths[kind] = sorted(map(str, [*present, *lacking]))
    return paths


def _write_camera(path: Path, rng: np.random.Generator) -> None:
    path.write_bytes(camera_jpeg(make_picture(CAMERA_SIZE, rng)))


def _write_small(path: Path, rng: np.random.Generator) -> None:
    path.write_bytes(_jpeg(make_picture(SMALL_SIZE, rng), 88))


def _write_png(path: Path, rng: np.random.Generator) -> None:
    PillowImage.fromarray(make_picture(CAMERA_SIZE, rng)).save(path, compress_level=3)


def _write_heic(path: Path, rng: np.random.Generator) -> None:
    pillow_heif.from_pillow(PillowImage.fromarray(make_picture(CAMERA_SIZE, rng))).save(path, quality=60)


_KINDS: dict[str, tuple[str, Callable[[Path, np.random.Generator], None]]] = {
    "camera": (".jpg", _write_camera),
    "small": (".jpg", _write_small),
    "png": (".png", _write_png),
    "heic": (".heic", _write_heic),
}


def _jpeg(picture: Image, quality: int) -> bytes:
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)[1]
    return bytes(encoded)


def _exif_segment(thumbnail: bytes) -> bytes:
    """APP1 with an empty IFD0 and an IFD1 that points at the thumbnail (Exif 2.32, section 4.5.8)."""
    # TIFF header 8 bytes; IFD0 at 8: no entries (2 bytes + next pointer 4); IFD1 at 14: three entries of 12 bytes.
    data_offset = 14 + 2 + 3 * 12 + 4
    entries = ((0x0103, 3, 6), (0x0201, 4, data_offset), (0x0202, 4, len(thumbnail)))  # compression, place, length
    ifd1 = struct.pack(">H", len(entries))
    for tag, kind, value in entries:
        ifd1 += struct.pack(">HHI", tag, kind, 1) + (
            struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value)
        )
    tiff = b"MM\x00\x2a" + struct.pack(">I", 8) + struct.pack(">HI", 0, 14) + ifd1 + struct.pack(">I", 0) + thumbnail
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
