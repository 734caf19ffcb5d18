from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import pytest

from cbir_desktop.core.tasks import Task
from cbir_desktop.evaluation.scale_bench import make_library
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files
from cbir_desktop.store.vectors import unit_rows


@pytest.fixture
def large(open_session):
    """A library of 3,000 photos that are not there."""
    with open_session() as session:
        session.keep_encoder()
        make_library(session, 3000, lambda: unit_rows(np.random.default_rng(0).random((50, 128)).astype(np.float32)))
    return open_session


def on_disk(session):
    (folder,) = (session.folder / "index").iterdir()
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_large_index_is_not_rewritten_for_each_photo(large, write_photo, tmp_path):
    with large() as session:
        before = on_disk(session)
        new = write_photo(tmp_path / "new" / "one.jpg", 1)
        assert index_paths(session, [str(tmp_path / "new")]).indexed == 1
    with large() as session:
        assert on_disk(session) == before
        assert len(session.index) == 3001
        assert search_files(session, [new], include_self=True).hits[0].photo.path == new


def test_a_search_waits_for_what_another_thread_is_taking_over(session, open_session, photos):
    """And does not believe that it is there already."""
    query = session.encoder.encode([np.zeros((9, 9, 3), np.uint8)])
    index = session.index
    index_paths(open_session(), [str(photos)])  # as another process would
    with ThreadPoolExecutor(1) as other:
        searches = []

        def meanwhile(done, total):
            if not searches:
                searches.append(other.submit(index.search, query, 20))
                wait(searches, timeout=0.2)  # as long as a search that does not wait would take, and more

        index.sync(Task(meanwhile))
        assert len(searches[0].result(60).row()) == 12


def test_it_is_once_some_have_gathered(large, write_photo, tmp_path):
    with large() as session:
        before = on_disk(session)
        for seed in range(4):
            write_photo(tmp_path / "new" / f"{seed}.jpg", seed)
        index_paths(session, [str(tmp_path / "new")])
        assert not on_disk(session).keys() & (before.keys() - {"index.json"})
