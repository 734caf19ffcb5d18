"""What a file is by its first bytes, for the reason given when it is refused."""

import re
from importlib.util import find_spec

from cbir_desktop.core.errors import DecodeError

_JXL = re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL ")

# (pattern at the start, what it is): pictures that nothing installed can decode.
_UNSUPPORTED: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg|<svg)", re.S), "SVG"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "PostScript, which is not run for safety's sake"),
    (re.compile(rb"gimp xcf "), "a GIMP working file"),
    (re.compile(rb"v/1\x01"), "OpenEXR"),
    (re.compile(rb"#\?(?:RADIANCE|RGBE)"), "Radiance HDR"),
)

_IMAGES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8"), "JPEG"),
    (re.compile(rb"\x89PNG"), "PNG"),
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.S), "WebP"),
    (re.compile(rb"II\*\x00|MM\x00\*|II\+\x00|MM\x00\+"), "TIFF"),
    (re.compile(rb"BM....\x00\x00\x00\x00", re.S), "BMP"),
    (re.compile(rb"....ftypavi[fs]", re.S), "AVIF"),
    (re.compile(rb"....ftyp(?:hei|hev|mif1|msf1)", re.S), "HEIC"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
)

_OTHER: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"PK\x03\x04"), "a zip archive or office document"),
    (re.compile(rb"....(?:ftyp|moov|mdat)|\x1a\x45\xdf\xa3|RIFF....AVI |OggS|\x00\x00\x01\xba", re.S), "a video"),
    (re.compile(rb"\s*<(?:!doctype html|html)", re.I), "a web page"),
)

_HEAD = 1024  # an SVG may begin with a comment; nothing else needs more than 16 bytes


def refuse_unsupported(data: bytes) -> None:
    """Raise ``DecodeError`` (unsupported) for a picture whose decoder is not there, before another mistakes it."""
    if (name := _name(_UNSUPPORTED, data)) is not None:
        raise unsupported(name)
    if _JXL.match(data) and find_spec("pillow_jxl") is None:
        raise missing_plugin("JPEG XL", "jxl")


def unsupported(name: str) -> DecodeError:
    return DecodeError(f"this format cannot be read: {name}", "unsupported")


def missing_plugin(name: str, extra: str) -> DecodeError:
    return unsupported(f"{name}, which needs an optional package: pip install 'cbir-desktop[{extra}]'")


def unidentified(data: bytes) -> DecodeError:
    """Why no decoder took ``data``: a picture with a broken header, or no picture at all."""
    if (name := _name(_IMAGES, data)) is not None:
        return DecodeError(f"damaged {name}: its header cannot be read", "damaged")
    what = _name(_OTHER, data)
    return DecodeError(f"not an image: {what}" if what else "not an image that can be recognised", "not-an-image")


def _name(table: tuple[tuple[re.Pattern[bytes], str], ...], data: bytes) -> str | None:
    head = data[:_HEAD]
    return next((name for pattern, name in table if pattern.match(head)), None)
