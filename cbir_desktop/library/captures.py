"""Facts of pictures that were indexed before the catalog kept any: read from the heads of their files."""

import logging

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.tasks import Task
from cbir_desktop.images.capture import HEAD, Capture, capture_of, needs_whole
from cbir_desktop.images.colour import average_rgb
from cbir_desktop.images.decode import decode_plain, read_file
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Photo

BATCH = 500  # pictures a transaction: a second's work

_log = logging.getLogger(__name__)


def fill_captures(session: Session, task: Task) -> int:
    """Give every content of the library its facts; those that have them cost one query. Returns how many got them.

    Nothing is decoded but thumbnails, for the average colour. What cannot be read now is tried again next time.
    """
    lacking = session.catalog.captures.lacking()
    filled = 0
    for start in range(0, len(lacking), BATCH):
        task.check()
        with session.catalog.db.writing():
            for photo in session.catalog.photos(lacking[start : start + BATCH]):
                filled += _fill(session, photo)
    if filled:
        _log.info("read time and camera of %d photos that were indexed by an older version", filled)
    return filled


def _fill(session: Session, photo: Photo) -> bool:
    capture = _capture(photo.path)
    if capture is None:
        return False
    thumbnail = session.thumbs.get(photo.hash) if photo.average_rgb is None else None
    session.catalog.captures.put(photo.content_id, capture, None if thumbnail is None else _average(thumbnail))
    return True


def _capture(path: str) -> Capture | None:
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
        return capture_of(read_file(path) if needs_whole(head) else head)
    except (OSError, DecodeError):
        return None


def _average(thumbnail: bytes) -> int | None:
    try:
        decoded = decode_plain(thumbnail)
    except DecodeError:
        return None
    return None if decoded is None else average_rgb(decoded.image)
