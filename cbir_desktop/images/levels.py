"""Pictures of more than 8 bits a channel, brought to 8 without clipping."""

from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image

_DEEP = ("I", "F")


def is_deep(mode: str) -> bool:
    return mode.startswith("I;16") or mode in _DEEP


def to_eight_bits(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A grey picture of mode I;16, I or F as L, or as LA where one grey value is declared transparent.

    16-bit values keep their full scale (65535 is white), as viewers show them. 32-bit integers and floats say nothing
    of their scale: it is 0 to 1 for floats within it, else the 8 or 16 bits that hold them all, else their own range.
    """
    values = np.asarray(picture)
    grey = PIL.Image.fromarray(_scaled(values, picture.mode))
    transparent = picture.info.get("transparency")
    if isinstance(transparent, int):
        grey.putalpha(PIL.Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
    return grey


def _scaled(values: npt.NDArray[Any], mode: str) -> npt.NDArray[np.uint8]:
    if mode.startswith("I;16"):
        return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    floats = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = _range(float(floats.min()), float(floats.max()), mode)
    return np.rint((floats - low) * (255.0 / (high - low))).astype(np.uint8)


def _range(low: float, high: float, mode: str) -> tuple[float, float]:
    if low >= 0:
        for white in (1.0, 255.0, 65535.0) if mode == "F" else (255.0, 65535.0):
            if high <= white:
                return 0.0, white
    return (low, high) if high > low else (low, low + 1.0)
