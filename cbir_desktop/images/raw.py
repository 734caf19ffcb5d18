"""Camera raws by LibRaw (the optional package rawpy): the picture that the camera put in, else the sensor's."""

import io
import re
from typing import Any

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.images import exif, jpeg, raster, signature
from cbir_desktop.images.resize import fit_short_side

_STARTS = re.compile(
    rb"(?:II\*\x00|MM\x00\*)....CR|IIRO|IIRS|MMOR|IIU\x00|FUJIFILMCCD-RAW|\x00MRM|....ftypcrx |"
    rb"FOVb|II\x1a\x00...\x00HEAPCCDR",
    re.S,
)
_TIFF = re.compile(rb"II\*\x00|MM\x00\*")
_DNG_VERSION, _NEW_SUBFILE_TYPE, _SUB_IFDS, _REDUCED = 50706, 254, 330, 1
# LibRaw's flip, as the EXIF orientation that asks for the same.
_TURNS = {3: 3, 5: 8, 6: 6}


def is_raw(data: bytes) -> bool:
    """By its first bytes, or, in a TIFF container (DNG, NEF, ARW), by what Pillow would show: a thumbnail."""
    if _STARTS.match(data):
        return True
    if not _TIFF.match(data):
        return False
    tiff = exif.Tiff(data)
    tags = tiff.first()
    is_reduced = tiff.number(tags.get(_NEW_SUBFILE_TYPE)) == _REDUCED
    return _DNG_VERSION in tags or (is_reduced and _SUB_IFDS in tags)


def decode(data: bytes, min_side: int | None, max_pixels: int) -> tuple[Image, int, int, str]:
    """(upright sRGB picture, width, height, "RAW"): the embedded preview where its short side is ``min_side`` (without
    one: half of the sensor's), else the sensor's pixels at half the size, which is quick. The width and the height
    are the sensor's, upright. Raises ``DecodeError``.
    """
    try:
        import rawpy
    except ImportError as error:
        raise signature.missing_plugin("a camera raw picture", "raw") from error
    try:
        with rawpy.imread(io.BytesIO(data)) as picture:
            return _decode(rawpy, picture, min_side, max_pixels)
    except rawpy.LibRawFileUnsupportedError as error:
        raise signature.unsupported("a camera raw picture of a kind that LibRaw does not know") from error
    except rawpy.LibRawError as error:
        raise DecodeError(f"damaged: {raster.reason(error)}", "damaged") from error


def _decode(rawpy: Any, picture: Any, min_side: int | None, max_pixels: int) -> tuple[Image, int, int, str]:
    width, height = picture.sizes.width, picture.sizes.height
    raster.check_size(width, height, max_pixels)
    turn = _TURNS.get(picture.sizes.flip, exif.UPRIGHT)
    if exif.swaps_sides(turn):
        width, height = height, width
    wanted = min(width, height) // 2 if min_side is None else min(min_side, min(width, height))
    image = _preview(rawpy, picture, min_side, wanted, turn)
    if image is None:
        image = picture.postprocess(half_size=True, use_camera_wb=True, output_bps=8)  # turns it upright itself
    if min_side is not None:
        image = fit_short_side(image, 2 * min_side)
    return np.ascontiguousarray(image), width, height, "RAW"


def _preview(rawpy: Any, picture: Any, min_side: int | None, wanted: int, turn: int) -> Image | None:
    """The embedded picture, upright; None where there is none, or none that is large enough and sound."""
    try:
        preview = picture.extract_thumb()
        if preview.format != rawpy.ThumbFormat.JPEG:
            return None
        header = jpeg.read_header(preview.data)
        image = jpeg.decode(preview.data, header, min_side)
    except (rawpy.LibRawError, jpeg.NotPlainError, DecodeError):
        return None
    if min(image.shape[:2]) < wanted:
        return None
    # Some cameras write an orientation into the preview too: it is turned by then.
    return image if header.orientation != exif.UPRIGHT else exif.upright(image, turn)
