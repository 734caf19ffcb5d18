"""The looks of pictures that were indexed before the catalog kept any: made of their thumbnails."""

import logging

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import Task
from cbir_desktop.encoders.looks import describe
from cbir_desktop.images.decode import decode_plain, read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.images.thumbs import LONG_SIDE
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Photo

BATCH = 500  # pictures a transaction: half a second's work

_log = logging.getLogger(__name__)


def fill_looks(session: Session, task: Task) -> int:
    """Give every content of the library its look; where all have one that costs two counts. Returns how many got one.

    Only a picture without a thumbnail is decoded. What cannot be read now is tried again next time.
    """
    lacking = session.catalog.looks.lacking()
    filled = 0
    for start in range(0, len(lacking), BATCH):
        task.step(start, len(lacking))
        photos = session.catalog.photos(lacking[start : start + BATCH])

        def look(photo: Photo) -> bytes | None:
            task.check()
            return _look(session, photo)

        looks = list(bounded_map(session.decoders, look, photos, ahead=4 * session.settings.threads))
        found = [(photo.content_id, look) for photo, look in zip(photos, looks, strict=True) if look is not None]
        session.catalog.looks.put(found)
        filled += len(found)
    if filled:
        _log.info("described the colours and layout of %d photos that were indexed by an older version", filled)
    return filled


def _look(session: Session, photo: Photo) -> bytes | None:
    thumbnail = session.thumbs.get(photo.hash)
    try:
        decoded = None if thumbnail is None else decode_plain(thumbnail)
        if decoded is None:
            data = read_file(photo.path)
            if hash_bytes(data) != photo.hash:
                return None
            decoded = session.index_decoder.decode(data, min_side=LONG_SIDE)
        return describe(decoded.image)
    except DecodeError:
        return None
