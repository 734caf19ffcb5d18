"""Pictures for the screen, as QImage (never QPixmap): these functions run in workers."""

import os

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.gui.query import FileSource, PastedSource, PhotoSource, Source
from cbir_desktop.images.decode import decode, read_file
from cbir_desktop.images.freedesktop import read_thumbnail
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.store.catalog import Photo
from cbir_desktop.store.thumbs import ThumbCache

THUMB_SIDE = 256
"""The long side of the stored thumbnails, pixels."""


def photo_thumb(thumbs: ThumbCache, decoder: SafeDecoder, photo: Photo, side: int, ratio: float = 1.0) -> QImage:
    """A photo's thumbnail that fits a square of ``side`` device-independent pixels; from the cache, else its file.

    Raises DecodeError when there is neither.
    """
    stored = _stored_thumb(thumbs, photo)
    image = _restore_thumb(thumbs, decoder, photo) if stored is None else stored
    return fitted(to_qimage(image), side, ratio)


def _stored_thumb(thumbs: ThumbCache, photo: Photo) -> Image | None:
    """Not by Qt: ``QImage.fromData`` keeps the interpreter while its SVG plug-in, which looks whether it is SVG, waits
    for a lock of signals and slots. The main thread may hold that and wait for the interpreter: seen in a test."""
    data = thumbs.get(photo.hash)
    try:
        return None if data is None else decode(data).image
    except DecodeError:
        return None


def file_picture(decoder: SafeDecoder, path: str, side: int, ratio: float = 1.0) -> QImage:
    """A file decoded to fit a square of ``side`` device-independent pixels. Raises DecodeError."""
    return fitted(to_qimage(decoder.decode_file(path, min_side=round(side * ratio)).image), side, ratio)


def photo_picture(thumbs: ThumbCache, decoder: SafeDecoder, photo: Photo, side: int, ratio: float = 1.0) -> QImage:
    """A photo as its file shows it; of one that is away or gone, its thumbnail. Raises DecodeError."""
    if photo.state == "online":
        return file_picture(decoder, photo.path, side, ratio)
    return photo_thumb(thumbs, decoder, photo, side, ratio)


def source_picture(
    thumbs: ThumbCache, decoder: SafeDecoder, source: Source, side: int, ratio: float = 1.0
) -> tuple[QImage, QSize]:
    """What a query's chip shows, and the size of the upright picture in its own pixels. Raises DecodeError."""
    if isinstance(source, PhotoSource):
        photo = source.photo
        return photo_thumb(thumbs, decoder, photo, side, ratio), QSize(photo.width, photo.height)
    data = read_file(source.path) if isinstance(source, FileSource) else pasted_bytes(source)
    decoded = decoder.decode(data, min_side=round(side * ratio))
    return fitted(to_qimage(decoded.image), side, ratio), QSize(decoded.width, decoded.height)


def pasted_bytes(source: Source) -> bytes:
    """A pasted picture as a file would have it. Raises DecodeError; TypeError for what was not pasted."""
    if not isinstance(source, PastedSource):
        raise TypeError(f"{source} was not pasted")
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
