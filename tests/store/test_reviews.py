"""How far a review got, on disk."""

import os

from cbir_desktop.store.reviews import Changes, Progress, ReviewStore

A, B = b"a" * 32, b"b" * 32


def test_what_was_written_is_there_after_a_restart(tmp_path):
    odd = os.fsdecode(b"/p/\xff.jpg")
    store = ReviewStore(tmp_path / "review.sqlite")
    assert store.load() == Progress()
    store.write(Changes({odd: (A, True), "/p/b": (B, False)}, {"g": "key"}, {"scope": {"paths": [odd]}}))
    store.write(Changes({"/p/b": None}, {"g": "other"}))
    store.close()
    again = ReviewStore(tmp_path / "review.sqlite")
    assert again.load() == Progress({odd: (A, True)}, {"g": "other"}, {"scope": {"paths": [odd]}})
    again.write(Changes(done={"g": None}))
    assert again.load().done == {}
    again.close()


def test_nothing_to_write_is_false():
    assert not Changes()
    assert Changes(done={"g": None})
