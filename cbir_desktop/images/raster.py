"""Pictures by way of Pillow: every format but plain JPEG, and the JPEGs that TurboJPEG does not take."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
import PIL.Image
import pillow_heif
from PIL import AvifImagePlugin

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.images import colour, exif, signature
from cbir_desktop.images.resize import fit_short_side

# All raster formats of Pillow. EPS and WMF are left out, as they run an interpreter, and so are containers of
# measurements (HDF5, GRIB, BUFR) and formats with no signature, which take any bytes for a picture (SPIDER, IMT).
FORMATS: tuple[str, ...] = (
    "PNG", "JPEG", "WEBP", "HEIF", "AVIF", "GIF", "TIFF", "BMP", "DIB", "ICO", "CUR", "ICNS", "JPEG2000",
    "PSD", "PPM", "TGA", "QOI", "PCX", "DCX", "DDS", "SGI", "SUN", "XBM", "XPM", "FLI", "FITS", "BLP", "FTEX",
    "PCD", "PIXAR", "MSP", "IM", "GBR",
)  # fmt: skip

try:
    from pillow_jxl import JpegXLImagePlugin
except ImportError:
    pass  # the optional package of JPEG XL; signature says so
else:
    FORMATS = (*FORMATS, "JXL")
    JpegXLImagePlugin.DECODE_THREADS = 0  # the program decodes in as many threads as it may use

# Pillow itself turns a TIFF as its tag says, and libheif a HEIC as its container says, whatever its EXIF says.
_UPRIGHT_ON_LOAD = ("TIFF", "HEIF")

# A picture that may be smaller keeps twice the side asked for, as a scaled JPEG does: the next step shrinks it again.
_ROOM = 2
_MEANS = ("L", "RGB", "CMYK", "LAB")

_MOST_PIXELS = 300_000_000

# Decoders of damaged bytes raise all of these; a bug of ours is a KnownError's opposite and shows in the tests.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
    RuntimeError,
    AssertionError,
    BufferError,
    EOFError,
    struct.error,
    zlib.error,
)

# Once, for the whole process: thumbnails and depth maps are of no use here, and libheif and libavif have threads of
# their own, where the program decodes in as many as it may use.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
# Pillow warns above its limit and raises above twice it. The size in the header is checked here against the
# caller's cap; this guards the pictures inside pictures (ICO, ICNS), whose own headers may say something else.
PIL.Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2
# catch_warnings is not safe in threads, so Pillow's are silenced once: what matters of them is raised as an error.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class Raster:
    """A decoded picture and the upright size (width, height) of its original."""

    image: Image
    width: int
    height: int
    format: str


def decode(data: bytes, min_side: int | None, max_pixels: int) -> Raster:
    """The first or largest picture in ``data``, upright sRGB. Raises ``DecodeError``."""
    try:
        with PIL.Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            return _decode(picture, min_side, max_pixels)
    except PIL.UnidentifiedImageError as error:
        raise signature.unidentified(data) from error
    except PIL.Image.DecompressionBombError as error:
        raise DecodeError(f"too large: {reason(error)}", "too-large") from error
    except DECODER_ERRORS as error:
        raise DecodeError(f"damaged: {reason(error)}", "damaged") from error


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise ``DecodeError`` where a header announces no pixels, or more than ``max_pixels``."""
    if width <= 0 or height <= 0:
        raise DecodeError(f"damaged: a picture of {width} x {height} pixels", "damaged")
    if width * height > max_pixels:
        most = max_pixels / 1e6
        raise DecodeError(f"too large: {width} x {height} pixels, more than {most:g} megapixels", "too-large")


def reason(error: BaseException) -> str:
    """One short line of what a decoder said."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else text[:159] + "…"


def _decode(picture: PIL.Image.Image, min_side: int | None, max_pixels: int) -> Raster:
    name = picture.format or "unknown"
    check_size(*picture.size, max_pixels)
    width, height = picture.size
    if min_side is not None and name in ("JPEG", "MPO"):
        picture.draft(None, (min_side, min_side))
    picture.load()
    turn = exif.UPRIGHT if name in _UPRIGHT_ON_LOAD else exif.valid(picture.getexif().get(0x0112))
    small = _reduced(picture, min_side)
    pixels = np.asarray(colour.to_srgb(small, picture.info.get("icc_profile")), dtype=np.uint8)
    if min_side is not None:
        pixels = fit_short_side(pixels, _ROOM * min_side)
    if exif.swaps_sides(turn):
        width, height = height, width
    return Raster(np.ascontiguousarray(exif.upright(pixels, turn)), width, height, _format(name))


def _reduced(picture: PIL.Image.Image, min_side: int | None) -> PIL.Image.Image:
    """By a whole factor, each pixel the mean of a block, so that the colours of few pixels need converting.

    Only where a mean of stored values is one of colours: no palette, no transparency, no deep greys.
    """
    factor = min(picture.size) // (_ROOM * min_side) if min_side is not None else 1
    if factor < 2 or picture.mode not in _MEANS or picture.has_transparency_data:
        return picture
    return picture.reduce(factor)


def _format(name: str) -> str:
    return "JPEG" if name == "MPO" else name
