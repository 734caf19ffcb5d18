"""What is known of a picture file, to set it beside another: its pixels, its bytes, where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cbir_desktop.core.verification import Side
from cbir_desktop.images.capture import capture_of
from cbir_desktop.images.decode import Decoded
from cbir_desktop.images.quality import sharpness
from cbir_desktop.images.resaved import quality_left

LEAST_DIFFERENCE = 1.1
"""Sharpness has noise, and files of one quality differ by some bytes: less than a tenth apart is alike."""

# What a format is, as a rule, in a photo's life: the camera's own, an export, a web page's. Higher is nearer to the
# camera. A format that is not named stands with PNG.
_FORMAT_CLASS = {"RAW": 4, "HEIF": 3, "HEIC": 3, "AVIF": 3, "JPEG": 2, "MPO": 2, "WEBP": 0, "GIF": 0}
_PNG_CLASS = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """``width``, ``height``: of the upright picture. ``jpeg_quality``: as ``images.resaved`` finds
    what is left; ``sharpness``: as in ``images.quality``.

    ``taken``, ``camera``: as in ``images.capture``; None where the file does not say. ``mtime_ns``: 0 without a file.
    """

    size_bytes: int
    mtime_ns: int
    width: int
    height: int
    format: str
    jpeg_quality: int | None
    sharpness: float
    taken: str | None
    camera: str | None


def facts_of(data: bytes, decoded: Decoded, mtime_ns: int = 0) -> Facts:
    """The facts of a file's bytes and of what was decoded from them (scaled or not)."""
    capture = capture_of(data)
    return Facts(
        size_bytes=len(data),
        mtime_ns=mtime_ns,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        jpeg_quality=quality_left(data),
        sharpness=sharpness(decoded.image),
        taken=capture.taken,
        camera=capture.camera,
    )


def better(a: Facts, b: Facts) -> dict[str, Side]:
    """By name of the fact, which of two files of one picture has the better value; without those that are alike.

    More pixels, more bytes in the same format, a format nearer to the camera, a higher JPEG quality, a sharper picture,
    the earlier capture; a date or camera that is known over none.
    """
    found: dict[str, Side] = {}
    for name, worth in _WORTH.items():
        of_a, of_b = worth(a), worth(b)
        if of_a is not None and of_b is not None and of_a != of_b:
            found[name] = "a" if of_a > of_b else "b"
    for name, of_a, of_b in (("sharpness", a.sharpness, b.sharpness), ("size_bytes", a.size_bytes, b.size_bytes)):
        if max(of_a, of_b) < LEAST_DIFFERENCE * min(of_a, of_b):
            found.pop(name, None)
    if a.format != b.format:
        found.pop("size_bytes", None)
    return found


def format_class(format_: str) -> int:
    """How near a format is to the camera, as a rule: 4 raw, 3 HEIC and AVIF, 2 JPEG, 1 PNG and others, 0 the web's."""
    return _FORMAT_CLASS.get(format_, _PNG_CLASS)


def _earliness(facts: Facts) -> tuple[int, ...]:
    """ISO 8601 sorts as text; of two dates the one of which less time has passed since is later, and worse."""
    return () if facts.taken is None else (1, *(-ord(sign) for sign in facts.taken[:19]))


_WORTH: dict[str, Callable[[Facts], Any]] = {
    "pixels": lambda facts: facts.width * facts.height,
    "size_bytes": lambda facts: facts.size_bytes,
    "format": lambda facts: format_class(facts.format),
    "jpeg_quality": lambda facts: facts.jpeg_quality,
    "sharpness": lambda facts: facts.sharpness,
    "taken": _earliness,
    "camera": lambda facts: facts.camera is not None,
}
