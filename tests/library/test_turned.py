"""Turned copies are candidates, whatever the encoder makes of them."""

import numpy as np
import pytest

from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library.candidates import as_tuples
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.turned import turned_pairs
from tests.library.drawn import save, scene


@pytest.fixture
def library(open_session, tmp_path):
    for number in range(4):
        save(tmp_path / "album" / f"{number}.jpg", scene(number))
    for quarters in (1, 2, 3):
        save(tmp_path / "album" / f"turned {quarters}.jpg", np.rot90(scene(quarters), quarters).copy())
    session = open_session(encoder="default@int8")
    index_paths(session, [str(tmp_path / "album")])
    return session


def pairs_of(session, task=None):
    files = {file.content_id: file for file in session.catalog.picture_files()}
    found = turned_pairs(session, sorted(files), {number: file.hash for number, file in files.items()}, task or Task())
    return {frozenset(files[one].path.rsplit("/")[-1] for one in pair) for pair in as_tuples(found)}


def test_each_quarter_turn_is_found_and_nothing_else(library):
    assert pairs_of(library) == {frozenset((f"{turn}.jpg", f"turned {turn}.jpg")) for turn in (1, 2, 3)}


def test_without_a_thumbnail_there_is_no_pair_and_no_error(library):
    hashes = {file.path.rsplit("/")[-1]: file.hash for file in library.catalog.picture_files()}
    for name in ("1.jpg", "turned 1.jpg"):
        library.thumbs.remove(hashes[name])
    library.thumbs._blobs.put(hashes["2.jpg"], b"\xff\xd8 no picture \xff\xd9")
    assert pairs_of(library) == {frozenset((f"{turn}.jpg", f"turned {turn}.jpg")) for turn in (2, 3)}
    for content in hashes.values():
        library.thumbs.remove(content)
    assert pairs_of(library) == set()


def test_it_can_be_cancelled(library):
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        pairs_of(library, task)
