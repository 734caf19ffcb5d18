import pytest
from PySide6.QtGui import QColor, QImage

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.tasks import Task
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import IN_FLIGHT, ThumbLoader
from tests.gui.conftest import make_photo


class Workers:
    """Loads when told to."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.running: dict[int, tuple[Handle, object, object]] = {}

    def __call__(self, photo, done, failed):
        handle = Handle(photo.content_id, Task(), {})
        self.started.append(photo.content_id)
        self.running[photo.content_id] = (handle, done, failed)
        return handle

    def finish(self, number: int, side: int = 10) -> None:
        handle, done, _ = self.running.pop(number)
        if not handle.task.cancelled:
            image = QImage(side, side, QImage.Format.Format_RGB32)
            image.fill(QColor("red"))
            done(image)


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def loader(qapp, workers: Workers) -> ThumbLoader:
    return ThumbLoader(workers)


def photos(*numbers: int):
    return [make_photo(number) for number in numbers]


def test_first_things_first_and_few_at_once(qtbot, loader: ThumbLoader, workers: Workers):
    loader.want(photos(*range(20)))
    assert workers.started == list(range(IN_FLIGHT))
    with qtbot.waitSignal(loader.loaded) as signal:
        workers.finish(0)
    assert signal.args == [0]
    assert loader.pixmap(0).width() == 10
    assert workers.started[-1] == IN_FLIGHT


def test_what_scrolled_away_is_cancelled_and_the_new_screen_is_next(loader: ThumbLoader, workers: Workers):
    loader.want(photos(*range(20)))
    loader.want(photos(3, *range(100, 120)))
    assert all(workers.running[number][0].task.cancelled for number in (0, 1, 2))
    assert not workers.running[3][0].task.cancelled
    assert workers.started[IN_FLIGHT:] == [100, 101, 102]
    for number in list(workers.running):
        workers.finish(number)
    assert not set(workers.started) & set(range(4, 20))


def test_the_cache_is_bounded(qapp, workers: Workers):
    loader = ThumbLoader(workers, cache_bytes=5 * 10 * 10 * 4)
    loader.want(photos(*range(8)))
    for number in range(8):
        workers.finish(number)
    assert [number for number in range(8) if loader.pixmap(number) is not None] == [3, 4, 5, 6, 7]


def test_a_failure_is_not_tried_again_until_files_changed(loader: ThumbLoader, workers: Workers):
    loader.want(photos(1))
    workers.running.pop(1)[2](DecodeError("damaged"))
    assert loader.has_failed(1)
    loader.want(photos(1))
    assert workers.started == [1]
    loader.forget_failures()
    loader.want(photos(1))
    assert workers.started == [1, 1]
