"""Reference cycles are collected in the main thread only.

Python collects them in whichever thread happens to allocate. With a window among them, its C++ side is then destroyed
in a worker: Qt waits there for the main thread, which waits for the interpreter that the worker holds, or it crashes.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class GarbageCollector(QObject):
    """From ``start`` to ``stop`` in the place of Python's own collection, by its thresholds (``gc.get_threshold``)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(collect_due)

    def start(self) -> None:
        gc.disable()
        gc.freeze()  # what is there now, modules above all, stays: it need not be looked through again and again
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()


def collect_due() -> int | None:
    """Collect the oldest generation whose turn it is and give its number, 0 to 2; None where nothing is due."""
    due = None
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if count <= threshold:
            break
        due = generation
    if due is not None:
        gc.collect(due)
    return due
