"""New photos compared as they arrive, in real libraries."""

import os
import shutil

import pytest

from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library.arrivals import Arrivals, compare_new, new_copies
from cbir_desktop.library.duplicates import Scope, find_duplicates
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.proving import join_key
from cbir_desktop.library.watch import Copied, Watcher
from cbir_desktop.store.decisions import PairDecision, pair_of
from tests.library.drawn import save, scene
from tests.library.test_watch import wait_for


@pytest.fixture
def album(tmp_path):
    for number in range(5):
        save(tmp_path / "album" / f"{number}.jpg", scene(number))
    return tmp_path / "album"


@pytest.fixture
def library(session, album):
    """A library whose duplicates were looked for once; there were none."""
    index_paths(session, [str(album)])
    assert find_duplicates(session).groups == []
    return session


def told(session):
    return {os.path.basename(one.path): os.path.basename(one.of) for one in new_copies(session)}


def test_new_copies_are_found_without_a_search_of_all(library, album):
    assert told(library) == {}
    shutil.copy(album / "0.jpg", album / "0 again.jpg")
    save(album / "1 small.jpg", scene(1, (480, 360))[::2, ::2].copy())
    save(album / "other.jpg", scene(77))
    data = (album / "2.jpg").read_bytes()
    (album / "2 noted.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x06note" + data[2:])
    index_paths(library, [str(album)])
    assert told(library) == {"0 again.jpg": "0.jpg"}, "of the same bytes, no comparison is needed"
    compare_new(library)
    assert told(library) == {"0 again.jpg": "0.jpg", "1 small.jpg": "1.jpg", "2 noted.jpg": "2.jpg"}
    joined = library.catalog.proofs.joined(join_key(library))
    assert joined == set(library.catalog.content_ids().tolist()), "none of them is compared again"


def test_a_search_of_all_shows_them_and_one_of_a_folder_does_not(library, album):
    shutil.copy(album / "0.jpg", album / "0 again.jpg")
    index_paths(library, [str(album)])
    find_duplicates(library, Scope(paths=(str(album),)))
    assert told(library) == {"0 again.jpg": "0.jpg"}
    assert len(find_duplicates(library).groups) == 1
    assert told(library) == {}


def test_a_file_with_other_contents_is_new_again(library, album):
    shutil.copy(album / "0.jpg", album / "1.jpg")
    index_paths(library, [str(album)])
    assert told(library) == {"1.jpg": "0.jpg"}
    (album / "1.jpg").rename(album / "renamed.jpg")
    index_paths(library, [str(album)])
    assert told(library) == {"renamed.jpg": "0.jpg"}


def test_what_is_moved_decided_linked_or_gone_is_not_told(library, album):
    (album / "3.jpg").rename(album / "3 moved.jpg")
    os.link(album / "0.jpg", album / "0 link.jpg")
    shutil.copy(album / "1.jpg", album / "1 again.jpg")
    save(album / "2 small.jpg", scene(2)[::2, ::2].copy())
    index_paths(library, [str(album)])
    compare_new(library)
    assert told(library) == {"1 again.jpg": "1.jpg", "2 small.jpg": "2.jpg"}
    (album / "1.jpg").unlink()
    hashes = {os.path.basename(file.path): file.hash for file in library.catalog.picture_files()}
    pair = pair_of(hashes["2.jpg"], hashes["2 small.jpg"])
    library.catalog.decisions.put(PairDecision("not-a-duplicate", *pair))
    index_paths(library, [str(album)])
    assert told(library) == {}


def test_a_library_that_was_never_searched_is_let_be(session, album):
    shutil.copy(album / "0.jpg", album / "0 again.jpg")
    index_paths(session, [str(album)])
    compare_new(session)
    assert session.catalog.proofs.count() == 0
    assert new_copies(session) == []


def test_it_works_in_slices_sees_what_comes_and_can_be_cancelled(library, album):
    arrivals = Arrivals(library)
    assert not arrivals.work()
    for number in range(6):
        save(album / f"new {number}.jpg", scene(number)[::2, ::2].copy())
    index_paths(library, [str(album)])
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        arrivals.work(task)
    assert arrivals.work(), "six are more than one slice takes"
    while arrivals.work():
        pass
    assert len(told(library)) == 5


def test_the_watcher_tells_when_a_copy_comes(library, album):
    events = []
    watcher = Watcher(library, events.append)
    watcher.start()
    try:
        assert watcher.wait_until_following(30)
        save(album / "late.jpg", scene(4)[::2, ::2].copy())
        wait_for(lambda: Copied(1) in events, 40)
        assert told(library) == {"late.jpg": "4.jpg"}
    finally:
        watcher.stop()
