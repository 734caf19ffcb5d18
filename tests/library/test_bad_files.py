"""Files that would take the program with them, in the middle of an indexing run."""

import shutil
from pathlib import Path

import pytest

from cbir_desktop.images.isolated import Limits
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files

DECODER = Path(__file__).parents[1] / "images" / "hostile_decoder.py"


@pytest.fixture
def hostile(session, tmp_path, monkeypatch):
    """A session whose worker processes run the decoder of the tests, which hangs and crashes when it is told to."""
    shutil.copy(DECODER, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    session.index_decoder.close()
    session.index_decoder = SafeDecoder(2, Limits(12.0, 512 << 20), "hostile_decoder:decode")
    return session


def test_each_costs_itself_only(hostile, photos, write_photo):
    for word in ("hang", "abort", "segfault", "whole"):
        (photos / f"{word}.tif").write_bytes(word.encode())
    write_photo(photos / "sound.tif", 40)
    report = index_paths(hostile, [str(photos)])
    assert (report.seen, report.indexed) == (17, 13)
    kinds = {Path(problem.path).stem: problem.kind for problem in report.failed}
    assert kinds == {"hang": "timed-out", "abort": "crashed", "segfault": "crashed", "whole": "out-of-memory"}
    again = index_paths(hostile, [str(photos)])
    assert (again.unchanged, len(again.failed)) == (13, 4)
    assert search_files(hostile, [str(photos / "sound.tif")], include_self=True).hits[0].photo.path.endswith(".tif")


def test_formats_read_apart_and_here_are_searched_alike(session, photos, write_photo, tmp_path):
    index_paths(session, [str(photos)])
    copy = write_photo(tmp_path / "copy.tif", 5)
    assert search_files(session, [copy]).hits[0].photo.path == str(photos / "a" / "05.jpg")


def test_reading_a_library_keeps_no_journal(session, photos):
    index_paths(session, [str(photos / "a")])
    assert (session.folder / "decoding").exists()
    before = (session.folder / "decoding").read_bytes()
    search_files(session, [str(photos / "b" / "02.jpg")])
    assert (session.folder / "decoding").read_bytes() == before
    assert not any(before)  # nothing was left in flight
