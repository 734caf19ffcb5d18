"""Thumbnails on demand: what is on screen first, what scrolled away never."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from cbir_desktop.gui.tasks import Handle
from cbir_desktop.store.catalog import Photo

IN_FLIGHT = 4
"""Handed to the workers at once: two each, so that none waits for the main thread. The rest can still change."""
CACHE_BYTES = 192 * 1024 * 1024
"""About 1,900 thumbnails of 160 px at ratio 1."""

Load = Callable[[Photo, Callable[[QImage], None], Callable[[Exception], None]], Handle | None]
"""Starts to load a photo's picture in a worker; ``done(image)`` or ``failed(error)`` come in the main thread."""


class ThumbLoader(QObject):
    """A bounded cache of QPixmap, filled by workers. Main thread only; it is told which photos are visible."""

    loaded = Signal(int)

    def __init__(self, load: Load, parent: QObject | None = None, cache_bytes: int = CACHE_BYTES) -> None:
        super().__init__(parent)
        self._load = load
        self._limit = cache_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._failed: set[int] = set()
        self._wanted: list[Photo] = []
        self._running: dict[int, Handle | None] = {}

    def pixmap(self, content_id: int) -> QPixmap | None:
        """What is there already; nothing is started."""
        found = self._pixmaps.get(content_id)
        if found is not None:
            self._pixmaps.move_to_end(content_id)
        return found

    def has_failed(self, content_id: int) -> bool:
        return content_id in self._failed

    def want(self, photos: Sequence[Photo]) -> None:
        """The photos that are wanted now, first things first. Replaces the last wish; cancels what left the screen."""
        self._wanted = [photo for photo in photos if self._is_missing(photo.content_id)]
        wanted = {photo.content_id for photo in self._wanted}
        for number in [number for number in self._running if number not in wanted]:
            handle = self._running.pop(number)
            if handle is not None:
                handle.cancel()
        self._start_more()

    def forget_failures(self) -> None:
        """Files may be readable now."""
        self._failed.clear()

    def clear(self) -> None:
        """Forget all: another size, another screen, or files that changed."""
        self.want(())
        self._pixmaps.clear()
        self._failed.clear()
        self._bytes = 0

    def _is_missing(self, number: int) -> bool:
        return number not in self._pixmaps and number not in self._failed

    def _start_more(self) -> None:
        waiting = (photo for photo in self._wanted if photo.content_id not in self._running)
        for photo in list(waiting)[: max(0, IN_FLIGHT - len(self._running))]:
            number = photo.content_id
            self._running[number] = None
            self._running[number] = self._load(photo, partial(self._on_done, number), partial(self._on_failed, number))

    def _on_done(self, number: int, image: QImage) -> None:
        pixmap = QPixmap.fromImage(image)
        self._pixmaps[number] = pixmap
        self._bytes += _cost(pixmap)
        while self._bytes > self._limit and len(self._pixmaps) > 1:
            self._bytes -= _cost(self._pixmaps.popitem(last=False)[1])
        self._ended(number)

    def _on_failed(self, number: int, _error: Exception) -> None:
        self._failed.add(number)
        self._ended(number)

    def _ended(self, number: int) -> None:
        self._running.pop(number, None)
        self._wanted = [photo for photo in self._wanted if photo.content_id != number]
        self.loaded.emit(number)
        self._start_more()


def _cost(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
