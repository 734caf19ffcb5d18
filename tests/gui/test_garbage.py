"""A window that only the collector can free ends in the main thread, however busy the workers are."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtWidgets import QWidget

from cbir_desktop.gui.garbage import GarbageCollector, collect_due


class _Ring(QWidget):
    """Holds itself."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.ring, self.ended = self, ended

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def _allocate() -> None:
    """Many times what makes Python collect by itself."""
    assert len([[[]] for _ in range(200_000)]) == 200_000


def test_workers_collect_no_windows(qtbot):
    ended: list[int] = []
    for _ in range(20):
        _Ring(ended).show()
        with ThreadPoolExecutor(2) as pool:
            for _ in range(4):
                pool.submit(_allocate)
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: len(ended) == 20, timeout=20_000)
    assert kept
    assert set(ended) == {threading.get_ident()}


def test_the_oldest_generation_due_is_collected():
    gc.collect()
    assert collect_due() is None
    kept = []
    while (due := collect_due()) != 1:  # after some of generation 0
        assert due in (None, 0)
        kept.append([[] for _ in range(1000)])
    assert 0 < len(kept) < 100


def test_python_collects_again_after_the_end():
    assert not gc.isenabled()  # as in the program: see conftest
    collector = GarbageCollector()
    collector.start()
    collector.stop()
    try:
        assert gc.isenabled()
    finally:
        gc.disable()
        gc.freeze()
