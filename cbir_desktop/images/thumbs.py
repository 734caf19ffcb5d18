"""How large a thumbnail is."""

from cbir_desktop.core.types import Image
from cbir_desktop.images.resize import fit_long_side

LONG_SIDE = 256  # pixels: the large size of the freedesktop thumbnails


def shrunk(image: Image) -> Image:
    """An upright picture at the size of its thumbnail."""
    return fit_long_side(image, LONG_SIDE)
