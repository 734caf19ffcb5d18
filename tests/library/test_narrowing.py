import numpy as np

from cbir_desktop.core.filters import Filters
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.narrowing import admits, histogram, narrow
from cbir_desktop.store.catalog import Photo

DAY = 86_400_000_000_000


def photo(number, **facts):
    shown = {"path": f"/p/{number}.jpg", "also": (), "size_bytes": 1000 * number, "mtime_ns": number * DAY, "width": 40}
    shown |= {"height": 30, "format": "JPEG", "hash": bytes(32), "state": "online"}
    return Photo(number, **(shown | facts))


ANSWER = Answer(
    [
        Hit(1, 0.9, photo(3, path="/p/x/b.jpg", taken="2024-05-01T10:00:00", camera="Canon EOS")),
        Hit(2, 0.7, photo(1, path="/p/y/A.jpg", taken="2024-05-02T00:00:00", state="offline")),
        Hit(3, 0.7, photo(2, path="/p/x/c.png", format="PNG", width=4000, height=3000, also=("/q/c.png",))),
    ],
    0.1,
)


def found(**arguments):
    return [hit.photo.content_id for hit in narrow(ANSWER, **arguments).hits]


def test_orders():
    assert found() == [3, 1, 2]
    assert found(reverse=True) == [2, 1, 3]
    assert found(sort="date") == [1, 3, 2]
    assert found(sort="size") == [3, 2, 1]
    assert found(sort="size", reverse=True) == [1, 2, 3]
    assert found(sort="name") == [1, 3, 2]
    assert [hit.rank for hit in narrow(ANSWER, sort="name").hits] == [1, 2, 3]


def test_the_threshold_is_included():
    assert found(threshold=0.7) == [3, 1, 2]
    assert found(threshold=0.71) == [3]


def test_filters():
    assert found(filters=Filters(folders=("/p/x/",))) == [3, 2]
    assert found(filters=Filters(folders=("/q",))) == [2]
    assert found(filters=Filters(folders=("/p/x/b",))) == []
    assert found(filters=Filters(since="2024-05-01", until="2024-05-01")) == [3]
    assert found(filters=Filters(until="1970-02-01")) == [2]  # the time of the file
    assert found(filters=Filters(cameras=("canon eos",))) == [3]
    assert found(filters=Filters(formats=("png", "HEIF"))) == [2]
    assert found(filters=Filters(states=("offline",))) == [1]
    assert found(filters=Filters(min_pixels=1200)) == [3, 1, 2]
    assert found(filters=Filters(min_pixels=1201)) == [2]
    assert found(filters=Filters(min_bytes=2000, max_bytes=2000)) == [2]


def test_a_file_of_a_time_that_no_calendar_has_is_old_or_new():
    assert admits(Filters(until="1970-01-01"), photo(1, mtime_ns=-(10**20)))
    assert admits(Filters(since="2024-01-01"), photo(1, mtime_ns=10**21))


def test_the_histogram_counts_every_score():
    scores = [hit.score for hit in ANSWER.hits]
    bars = histogram(scores, bins=4)
    assert (bars.counts.tolist(), len(bars.edges)) == ([2, 0, 0, 1], 5)
    assert (bars.edges[0], bars.edges[-1]) == (0.7, 0.9)
    assert histogram([0.5] * 3, bins=2).counts.sum() == 3
    nothing = histogram([], bins=3)
    assert nothing.counts.tolist() == [0, 0, 0]
    assert np.isfinite(nothing.edges).all()
