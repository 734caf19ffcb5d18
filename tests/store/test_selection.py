"""Filters as one SQL query: they say of every photo what ``admits`` says of it."""

import itertools
import os
import time

import numpy as np
import pytest

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.images.capture import Capture
from cbir_desktop.library.narrowing import admits
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.files import Content, FileRecord
from cbir_desktop.store.places import Place, Volume
from cbir_desktop.store.previews import StoredPreview

HERE, AWAY = Volume("uuid-1", "/"), Volume("uuid-2", "/media/X")
DAY = 86_400_000_000_000


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


def record(number, folder, volume=HERE, content_number=None):
    """Pictures of many kinds, by number."""
    which = number if content_number is None else content_number
    taken = f"20{which % 7 + 18}-03-0{which % 5 + 1}T12:00:00" if which % 3 else None
    capture = Capture(taken, None, ("Canon EOS", "Apple iPhone 13", None)[which % 3], False, None)
    kind = ("JPEG", "HEIF", "PNG")[which % 3 if which % 2 else 0]
    content = Content(
        which.to_bytes(32, "big"), 1000 * which, 100 + 10 * which, 75 + which, kind, None, capture, None, None
    )
    return FileRecord(Place(volume, folder), f"{number}.jpg", 1000 * which, number % 500 * 30 * DAY, number, content)


@pytest.fixture
def filled(catalog):
    encoder = catalog.vectors.encoder_id("key", "name", 8)
    catalog.files.record([record(n, "home/a" if n % 2 else "home/a b/c") for n in range(1, 30)], encoder)
    catalog.files.record([record(n, "pics", AWAY) for n in range(30, 40)], encoder)
    catalog.files.record([record(100, "home/a", content_number=31)], encoder)  # at two places, one of them away
    preview = StoredPreview(np.ones(8, np.float32), 4000, 3000)
    catalog.files.record_previews(
        [(FileRecord(Place(HERE, "home/a"), "new.jpg", 5, 20 * 365 * DAY, 7), preview)], encoder
    )
    away = next(folder.id for folder in catalog.folders.all() if folder.place.volume.uuid == "uuid-2")
    catalog.files.set_state(catalog.files.ids_in([away]), "offline")
    gone = catalog.files.in_folder(next(f.id for f in catalog.folders.all() if f.place.path == "home/a"))["3.jpg"]
    catalog.files.set_state([gone.id], "missing")
    return catalog


CHOICES = {
    "folders": [(), ("/home/a",), ("/home/a b/", "/media/X"), ("/nowhere",)],
    "since": [None, "2020-03-03", "1971-01-01"],
    "until": [None, "2022-03-02"],
    "cameras": [(), ("canon eos",), ("Nikon",)],
    "formats": [(), ("jpeg",), ("HEIF", "png")],
    "states": [(), ("online",), ("offline",), ("online", "offline")],
    "min_pixels": [None, 20_000],
    "max_bytes": [None, 25_000],
}


def test_every_mixture_of_filters_says_what_admits_says(filled):
    photos = filled.photos(filled.photo_ids())
    assert len(photos) == 39
    tried = 0
    for values in itertools.islice(itertools.product(*CHOICES.values()), 0, None, 7):
        filters = Filters(**dict(zip(CHOICES, values, strict=True)))
        expected = sorted(photo.content_id for photo in photos if admits(filters, photo))
        assert filled.selection.ids(filters).tolist() == expected, filters
        tried += 1
    assert tried > 400


def test_no_filter_selects_everything_that_is_shown(filled):
    assert filled.selection.ids(ANY).tolist() == sorted(filled.photo_ids().tolist())


def test_a_selection_that_is_asked_for_again_follows_what_was_written(filled):
    filters = Filters(formats=("JPEG",))
    before = filled.selection.ids(filters)
    assert filled.selection.ids(filters) is before
    filled.files.record([record(50, "home/a")], filled.vectors.encoder_id("key", "name", 8))
    after = filled.selection.ids(filters)
    assert len(after) == len(before) + 1
    assert len(filled.selection.ids(ANY)) > len(after)


def test_menus_count_what_there_is(filled):
    cameras, formats = dict(filled.selection.cameras()), dict(filled.selection.formats())
    assert set(cameras) == {"Canon EOS", "Apple iPhone 13"}
    assert set(formats) == {"JPEG", "HEIF", "PNG"}
    assert sum(formats.values()) == 39
    assert [count for _, count in filled.selection.formats()] == sorted(formats.values(), reverse=True)


def test_names_that_are_no_utf8_select(catalog):
    encoder = catalog.vectors.encoder_id("key", "name", 8)
    folder = os.fsdecode(b"home/gr\xfc\xdfe")
    catalog.files.record([record(1, folder)], encoder)
    assert len(catalog.selection.ids(Filters(folders=(f"/{folder}",)))) == 1


@pytest.mark.slow
def test_100_000_files_are_filtered_quickly(catalog):
    encoder = catalog.vectors.encoder_id("key", "name", 8)
    catalog.files.record([record(n, f"home/{n % 200}") for n in range(1, 100_001)], encoder)
    for filters in (Filters(since="2020-01-01"), Filters(folders=("/home/1",)), Filters(states=("online",))):
        started = time.process_time()
        found = catalog.selection.ids(filters)
        seconds = time.process_time() - started
        print(f"{len(found)} of 100,000 in {seconds * 1000:.0f} ms of processor time: {filters}")  # noqa: T201
        assert seconds < 1.0
