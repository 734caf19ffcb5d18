"""Single photos to the trash: by themselves where another file with the same bytes stays, else if asked to."""

import os
import sys

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.acting import Wanted, remove_chosen, remove_copies
from cbir_desktop.library.discarding import discard, last_copies
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.undo import undo_last

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
    pytest.mark.usefixtures("home"),
]


@pytest.fixture
def known(session, tmp_path, write_photo):
    """Two files of one content, and one that is alone."""
    folder = tmp_path / "photos"
    for name, seed in (("a.jpg", 1), ("b.jpg", 1), ("alone.jpg", 2)):
        write_photo(folder / name, seed)
    index_paths(session, [str(folder)])
    ids = session.catalog.photo_ids(None).tolist()
    return {photo.path: photo for photo in session.catalog.photos(ids)}


def test_a_copy_goes_and_comes_back(session, known):
    pair = next(photo for photo in known.values() if photo.also)
    done = discard(session, [pair.content_id])
    assert [outcome.path for outcome in done.done] == [pair.path]
    assert (done.last, done.refused) == ([], [])
    assert undo_last(session).restored == [pair.path]


def test_the_last_file_of_a_content_stays(session, known):
    alone = next(photo for photo in known.values() if not photo.also)
    pair = next(photo for photo in known.values() if photo.also)
    done = discard(session, [alone.content_id, pair.content_id, -5])
    assert done.last == [alone.path]
    assert [outcome.path for outcome in done.done] == [pair.path]
    again = discard(session, [pair.content_id])  # of what was a pair one is left
    assert (again.done, len(again.last)) == ([], 1)


def test_the_last_file_goes_where_a_person_says_so_and_comes_back(session, known):
    alone = next(photo for photo in known.values() if not photo.also)
    pair = next(photo for photo in known.values() if photo.also)
    ids = [alone.content_id, pair.content_id]
    assert last_copies(session, ids) == [alone.path]
    done = discard(session, ids, last_too=True)
    assert sorted(outcome.path for outcome in done.done) == sorted([alone.path, pair.path])
    assert (done.last, done.refused) == ([], [])
    assert not os.path.exists(alone.path)
    assert last_copies(session, [pair.content_id]) != []  # what is in the trash is no copy
    assert sorted(undo_last(session).restored) == sorted([alone.path, pair.path])  # one run, one way back
    assert os.path.exists(alone.path)


def test_a_last_file_that_changed_stays(session, known):
    alone = next(photo for photo in known.values() if not photo.also)
    with open(alone.path, "ab") as file:
        file.write(b"edited since")
    done = discard(session, [alone.content_id], last_too=True)
    assert [(outcome.path, outcome.problem) for outcome in done.refused] == [(alone.path, "changed")]
    assert os.path.exists(alone.path)


def test_no_clean_up_takes_the_way_of_what_was_chosen(session, known):
    """Of two files that go for each other none would be left; and a file is no survivor of itself."""
    alone = next(photo for photo in known.values() if not photo.also)
    pair = next(photo for photo in known.values() if photo.also)
    (other,) = pair.also
    for wanted in (
        [Wanted(alone.path, alone.hash, alone.path, alone.hash)],
        [Wanted(pair.path, pair.hash, other, pair.hash), Wanted(other, pair.hash, pair.path, pair.hash)],
    ):
        with pytest.raises(KnownError) as error:
            remove_copies(session, wanted)
        assert error.value.kind == "last-copy"
    with pytest.raises(KnownError):
        remove_chosen(session, [Wanted(pair.path, pair.hash, alone.path + " gone", pair.hash)])
    assert all(os.path.exists(path) for path in known)
