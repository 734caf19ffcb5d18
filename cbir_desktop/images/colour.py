"""Whatever colours a picture has, as sRGB: profiles, palettes, CMYK, deep greys, transparency."""

import io
from functools import lru_cache

import cv2
import numpy as np
import PIL.Image
from PIL import ImageCms

from cbir_desktop.core.types import Image
from cbir_desktop.images.levels import is_deep, to_eight_bits

GROUND = (128, 128, 128)
"""What shows through transparency. Mid-grey: on white, every white drawing would be the same blank picture."""

# The colour space that a profile declares, and the Pillow mode its input has.
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_ROUNDING = 2  # levels by which a profile may differ from sRGB and still be it: 8-bit rounding both ways
_SRGB = ImageCms.createProfile("sRGB")
_PROFILE_ERRORS = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def to_srgb(picture: PIL.Image.Image, profile: bytes | None = None) -> PIL.Image.Image:
    """``picture`` (any Pillow mode) as RGB in sRGB, on ``GROUND`` where it is transparent.

    ``profile`` is its ICC profile; one that is broken, or made for another colour space, is left out.
    """
    if is_deep(picture.mode):
        picture = to_eight_bits(picture)
    alpha = _alpha(picture)
    colours = _convert(picture, profile)
    return colours if alpha is None else _compose(colours, alpha)


def average_rgb(image: Image) -> int:
    """The mean colour as 0xRRGGBB: what a grid shows until the thumbnail is there."""
    red, green, blue = (round(mean) for mean in cv2.mean(image)[:3])
    return red << 16 | green << 8 | blue


def _alpha(picture: PIL.Image.Image) -> PIL.Image.Image | None:
    """The transparency of a picture, or None where it is opaque throughout."""
    if not picture.has_transparency_data:
        return None
    alpha = picture.convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _compose(colours: PIL.Image.Image, alpha: PIL.Image.Image) -> PIL.Image.Image:
    ground = PIL.Image.new("RGB", colours.size, GROUND)
    ground.paste(colours, mask=alpha)
    return ground


def _convert(picture: PIL.Image.Image, profile: bytes | None) -> PIL.Image.Image:
    plain = _plain(picture)
    transform = _transform(profile, plain.mode) if profile else None
    if transform is None:
        return plain.convert("RGB")
    return transform.apply(plain)


def _plain(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Without palette and alpha: L, RGB, CMYK or LAB, the colours as stored."""
    if picture.mode in ("L", "RGB", "CMYK", "LAB"):
        return picture
    if picture.mode in ("1", "LA"):
        return picture.convert("L")
    if picture.has_transparency_data:  # a palette drops its alpha only by way of RGBA
        picture = picture.convert("RGBA")
    return picture.convert("RGB")


@lru_cache(maxsize=32)  # CMYK profiles reach 1 MB; a photo collection has a handful of profiles
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From ``profile`` to sRGB; None where there is nothing to do, or nothing that can be done."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _PROFILE_MODES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        transform = ImageCms.buildTransform(source, _SRGB, mode, "RGB")
        return None if _changes_nothing(transform, mode) else transform
    except _PROFILE_ERRORS:
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a lattice of 17 levels a channel stays what it is: an sRGB profile by whatever name."""
    if mode == "CMYK":
        return False
    steps = np.linspace(0, 255, 17).round().astype(np.uint8)
    if mode == "RGB":
        lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(17, -1, 3)
    else:
        lattice = steps[None, :]
    probe = PIL.Image.fromarray(lattice)
    before, after = (np.asarray(p, dtype=np.int16) for p in (probe.convert("RGB"), transform.apply(probe)))
    return bool(np.abs(before - after).max() <= _ROUNDING)
