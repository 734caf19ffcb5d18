"""Pictures for the screen, as QImage (never QPixmap): these functions run in workers."""

import os

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.gui.query import FileSource, PastedSource, PhotoSource, Source
from cbir_desktop.images.freedesktop import read_thumbnail
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.images.thumbs import ThumbCache
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.store.catalog import Photo

THUMB_SIDE = 256
"""The long side of the stored thumbnails, pixels."""


def photo_thumb(thumbs: ThumbCache, decoder: SafeDecoder, photo: Photo, side: int, ratio: float = 1.0) -> QImage:
    """A photo's thumbnail that fits a square of ``side`` device-independent pixels; from the cache, else its file.

    Raises DecodeError when there is neither.
    """
    data = thumbs.get(photo.hash)
    image = QImage.fromData(data) if data is not None else QImage()
    if image.isNull():
        image = to_qimage(_restore_thumb(thumbs, decoder, photo))
    return fitted(image, side, ratio)


def file_picture(decoder: SafeDecoder, path: str, side: int, ratio: float = 1.0) -> QImage:
    """A file decoded to fit a square of ``side`` device-independent pixels. Raises DecodeError."""
    return fitted(to_qimage(decoder.decode_file(path, min_side=round(side * ratio)).image), side, ratio)


def photo_picture(thumbs: ThumbCache, decoder: SafeDecoder, photo: Photo, side: int, ratio: float = 1.0) -> QImage:
    """A photo as its file shows it; of one that is away or gone, its thumbnail. Raises DecodeError."""
    if photo.state == "online":
        return file_picture(decoder, photo.path, side, ratio)
    return photo_thumb(thumbs, decoder, photo, side, ratio)


def source_picture(thumbs: ThumbCache, decoder: SafeDecoder, source: Source, side: int, ratio: float = 1.0) -> QImage:
    """What a query's chip shows. Raises DecodeError."""
    match source:
        case FileSource(path):
            return file_picture(decoder, path, side, ratio)
        case PhotoSource(photo):
            return photo_thumb(thumbs, decoder, photo, side, ratio)
        case PastedSource():
            return fitted(to_qimage(pasted_image(decoder, source)), side, ratio)


def pasted_image(decoder: SafeDecoder, source: PastedSource) -> Image:
    """A pasted picture as the encoders take it. Raises DecodeError."""
    return decoder.decode(pasted_bytes(source), min_side=WORKING_SIDE).image


def pasted_bytes(source: PastedSource) -> bytes:
    """A pasted picture as a file would have it. Raises DecodeError."""
    return source.data if source.data is not None else _png(source.image)


def to_qimage(image: Image) -> QImage:
    """A deep copy of (h, w, 3) uint8 RGB."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888).copy()


def fitted(image: QImage, side: int, ratio: float) -> QImage:
    """Scaled down (never up) to fit a square of ``side`` device-independent pixels at a device pixel ratio."""
    edge = max(1, round(side * ratio))
    if max(image.width(), image.height()) > edge:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(QSize(edge, edge), Qt.AspectRatioMode.KeepAspectRatio, smooth)
    image.setDevicePixelRatio(ratio)
    return image


def _restore_thumb(thumbs: ThumbCache, decoder: SafeDecoder, photo: Photo) -> Image:
    try:
        now = os.stat(photo.path)
    except OSError as error:
        raise DecodeError(str(error), "vanished") from error
    made = read_thumbnail(photo.path, now.st_mtime_ns, now.st_size)
    image = decoder.decode_file(photo.path, min_side=THUMB_SIDE).image if made is None else made
    # Only where the file still is the content that the catalog knows: the cache is keyed by its hash.
    if (now.st_size, now.st_mtime_ns) == (photo.size_bytes, photo.mtime_ns):
        thumbs.put(photo.hash, image)
    return image


def _png(image: QImage | None) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image is None or not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise DecodeError("the picture on the clipboard cannot be read", "not-an-image")
    return bytes(buffer.data().data())
