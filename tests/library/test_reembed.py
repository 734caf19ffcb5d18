import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library import reembed as module
from cbir_desktop.library.folders import remove_folder
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.reembed import reembed, start_reembed
from cbir_desktop.library.search import search_contents, search_files


@pytest.fixture
def indexed(session, photos, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 4)
    index_paths(session, [str(photos)])
    return session


def counts(session):
    return {name: count for name, _, _, count in session.catalog.vectors.encoders()}


def nearest(session, photos):
    return [(hit.photo.path, hit.score) for hit in search_files(session, [str(photos / "a" / "01.jpg")], 5).hits]


def halted(action, at=4):
    """A task, and an event set once ``action`` was called on it in the middle."""
    reached = threading.Event()

    def report(done, total):
        if done >= at and not reached.is_set():
            action(task)
            reached.set()

    task = Task(report, per_second=1e9)
    return task, reached


def test_the_library_switches_when_every_photo_has_a_vector(indexed, photos, open_session):
    before = nearest(indexed, photos)
    old_key = indexed.encoder.key
    report = reembed(indexed, "phash")
    assert (report.encoder, report.encoded, report.present, report.left, report.switched) == ("phash", 12, 0, [], True)
    assert indexed.encoder_name == "phash"
    assert indexed.next_encoder_name is None
    assert indexed.encoder.key != old_key
    assert counts(indexed) == {"hsv": 12, "phash": 12}
    after = nearest(indexed, photos)
    assert after != before
    fresh = open_session(photos.parent / "other", encoder="phash")
    index_paths(fresh, [str(photos)])
    assert nearest(fresh, photos) == after
    back = reembed(indexed, "hsv")
    assert (back.encoded, back.present, back.switched) == (0, 12, True)
    assert nearest(indexed, photos) == before


def test_search_goes_on_with_the_old_one_while_it_runs(indexed, photos):
    before = nearest(indexed, photos)
    task, reached = halted(Task.pause)
    future = start_reembed(indexed, "phash", task=task)
    assert reached.wait(30)
    assert 0 < counts(indexed)["phash"] < 12
    assert nearest(indexed, photos) == before
    assert (indexed.encoder_name, indexed.next_encoder_name) == ("hsv", "phash")
    task.resume()
    assert future.result(30).switched
    assert nearest(indexed, photos) != before


def test_a_cancelled_run_is_taken_up(indexed, photos, open_session):
    before = nearest(indexed, photos)
    task, _ = halted(Task.cancel)
    with pytest.raises(Cancelled):
        reembed(indexed, "phash", task=task)
    kept = counts(indexed)["phash"]
    assert 0 < kept < 12
    assert nearest(indexed, photos) == before
    again = open_session(encoder=None)
    assert again.next_encoder_name == "phash"
    report = reembed(again)  # what was begun needs no name
    assert (report.encoder, report.encoded, report.present, report.switched) == ("phash", 12 - kept, kept, True)
    assert nearest(indexed, photos) == nearest(again, photos)  # another session of the library follows


_KILLED = """
import os, signal, sys
from pathlib import Path
from cbir_desktop.core.tasks import Task
from cbir_desktop.library import reembed
from cbir_desktop.library.session import Session
reembed.SLICE = 4
def die(done, total):
    if done >= 4:
        os.kill(os.getpid(), signal.SIGKILL)
reembed.reembed(Session.open(Path(sys.argv[1])), "phash", task=Task(die))
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_killed_run_is_taken_up(indexed, photos):
    before = nearest(indexed, photos)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(indexed.folder)], timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    kept = counts(indexed)["phash"]
    assert 0 < kept < 12
    assert nearest(indexed, photos) == before
    report = reembed(indexed)
    assert (report.encoded, report.present, report.switched) == (12 - kept, kept, True)


def test_photos_indexed_meanwhile_get_both_vectors(indexed, photos, write_photo):
    task, _ = halted(Task.cancel)
    with pytest.raises(Cancelled):
        reembed(indexed, "phash", task=task)
    kept = counts(indexed)["phash"]
    write_photo(photos / "a" / "new.jpg", 77)
    index_paths(indexed, [str(photos)])
    assert counts(indexed) == {"hsv": 13, "phash": kept + 1}


def test_indexing_takes_its_turn_between_two_slices(indexed, photos, write_photo):
    write_photo(photos / "a" / "new.jpg", 77)
    queued = []
    task = Task(
        lambda done, total: queued or queued.append(indexed.indexer.submit(index_paths, indexed, [str(photos)]))
    )
    report = reembed(indexed, "phash", task=task)
    assert queued[0].done()  # it did not have to wait for the end
    assert queued[0].result().indexed == 1
    assert counts(indexed) == {"hsv": 13, "phash": 13}
    assert report.encoded == 12


def test_photos_that_are_away_keep_their_old_vector_and_are_reported(indexed, photos, tmp_path):
    index_paths(indexed, [str(photos / "a"), str(photos / "b")])
    remove_folder(indexed, str(photos))
    (photos / "a").rename(tmp_path / "unplugged")
    index_paths(indexed, [str(photos / "a")])  # the root vanished: offline
    (photos / "b" / "02.jpg").write_bytes((photos / "b" / "04.jpg").read_bytes())  # another picture, not yet indexed
    report = reembed(indexed, "phash")
    assert (report.encoded, report.switched) == (5, True)
    kinds = {os.path.basename(problem.path): problem.kind for problem in report.left}
    assert kinds == {**{f"{seed:02}.jpg": "offline" for seed in range(1, 12, 2)}, "02.jpg": "changed"}
    assert counts(indexed) == {"hsv": 12, "phash": 5}
    assert len(search_files(indexed, [str(photos / "b" / "04.jpg")], 20, include_self=True).hits) == 5
    (tmp_path / "unplugged").rename(photos / "a")
    index_paths(indexed, [str(photos)])
    assert counts(indexed)["phash"] == 11  # 02.jpg is a copy of 04.jpg now


def test_nothing_readable_is_no_switch(indexed, photos, tmp_path):
    photos.rename(tmp_path / "unplugged")
    with pytest.raises(KnownError) as caught:
        reembed(indexed, "phash")
    assert caught.value.kind == "nothing-readable"
    assert indexed.encoder_name == "hsv"


def test_a_copy_elsewhere_serves_when_one_file_is_gone(indexed, photos):
    (photos / "c").mkdir()
    (photos / "c" / "copy.jpg").write_bytes((photos / "a" / "01.jpg").read_bytes())
    index_paths(indexed, [str(photos)])
    (photos / "a" / "01.jpg").unlink()
    assert reembed(indexed, "phash").left == []


def test_the_librarys_own_encoder_gets_what_a_switch_left_behind(indexed, photos, tmp_path):
    away = photos / "a" / "01.jpg"
    away.rename(tmp_path / "away.jpg")
    assert [problem.kind for problem in reembed(indexed, "phash").left] == ["vanished"]
    (tmp_path / "away.jpg").rename(away)
    report = reembed(indexed)
    assert (report.encoder, report.encoded, report.present, report.switched) == ("phash", 1, 11, False)
    assert len(indexed.index) == 12


def test_a_later_choice_wins(indexed):
    task, reached = halted(Task.pause)
    first = start_reembed(indexed, "phash", task=task)
    assert reached.wait(30)
    indexed.begin_switch("hsv")
    task.resume()
    with pytest.raises(KnownError) as caught:
        first.result(30)
    assert caught.value.kind == "superseded"
    assert (indexed.encoder_name, indexed.next_encoder_name) == ("hsv", None)


def test_unknown_names_change_nothing(indexed):
    for arguments, kind in ((("nothing",), "unknown-name"), (("hsv", "gem"), "no-feature-map")):
        with pytest.raises(KnownError) as caught:
            reembed(indexed, *arguments)
        assert caught.value.kind == kind
    assert indexed.next_encoder_name is None


def test_closing_the_library_ends_the_run(indexed):
    task, reached = halted(Task.pause)
    future = start_reembed(indexed, "phash", task=task)
    assert reached.wait(30)
    task.resume()
    task.cancel()
    indexed.close()
    with pytest.raises(Cancelled):
        future.result(30)


def test_a_query_under_way_keeps_its_engine(indexed, photos):
    engine = indexed.engine
    reembed(indexed, "phash")
    ids = indexed.catalog.photo_ids()[:1].tolist()
    _, vectors = indexed.catalog.vectors.of(ids, engine.encoder_id)
    assert engine.open_index().search(vectors, 1).row()[0] == (ids[0], pytest.approx(1, abs=1e-3))
    assert np.isfinite(search_contents(indexed, ids, 3).hits[0].score)
