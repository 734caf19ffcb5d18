"""The instant preview pass: search before anything is read, and what becomes of it."""

import io
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from hashlib import md5

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.images.freedesktop import file_uri
from cbir_desktop.library import indexing, previewing
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.provisional import ProvisionalIndex
from cbir_desktop.library.search import search_contents, search_files
from cbir_desktop.library.vector_index import LibraryIndex
from tests.images.camera_files import with_thumbnail

from .conftest import picture

FILES = 12


def jpeg(image, size):
    out = io.BytesIO()
    Image.fromarray(image).resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def write_camera_file(path, seed, thumbnail_of=None):
    """A picture with a thumbnail: of itself, or of another one, by which the test can tell who was looked at."""
    small = jpeg(picture(seed if thumbnail_of is None else thumbnail_of), (160, 120))
    path.write_bytes(with_thumbnail(jpeg(picture(seed), (640, 480)), small))


@pytest.fixture(autouse=True)
def every_file_is_worth_it(monkeypatch):
    monkeypatch.setattr(previewing, "WORTH_BYTES", 0)
    monkeypatch.setattr(previewing, "WORTH_FILES", 2)


@pytest.fixture
def camera_files(tmp_path):
    folder = tmp_path / "camera"
    folder.mkdir()
    for seed in range(FILES):
        write_camera_file(folder / f"{seed:02}.jpg", seed)
    return folder


@pytest.fixture
def between(session):
    """Runs the indexing in a thread and holds it once the first pass is over; lets it go on at the end."""
    reached, tasks, runs = threading.Event(), [], []

    def report(done, total):
        if done == total // 2 + 1:  # the first file was read, and is not written yet
            tasks[0].pause()
            reached.set()

    def start(folder):
        tasks.append(Task(report, per_second=1e9))
        runs.append(session.indexer.submit(index_paths, session, [str(folder)], tasks[0]))
        assert reached.wait(60)

        def go_on():
            tasks[0].resume()
            return runs[0].result(60)

        return go_on

    yield start
    for task in tasks:
        task.cancel()
    for run in runs:
        run.exception(60)


def all_photos(session):
    return session.catalog.photos(session.catalog.photo_ids())


def previews(session):
    return session.catalog.previews.count()


def test_search_works_before_anything_is_read(session, camera_files, between, open_session, tmp_path):
    go_on = between(camera_files)
    photos = all_photos(session)
    assert [os.path.basename(photo.path) for photo in photos] == [f"{seed:02}.jpg" for seed in range(FILES)]
    assert all(photo.provisional and photo.content_id < 0 for photo in photos)
    assert {(photo.width, photo.height, photo.format) for photo in photos} == {(640, 480, "JPEG")}
    assert all(session.thumbs.get(photo.hash) for photo in photos)
    assert session.catalog.counts() | {"contents": 0, "provisional": FILES, "online": FILES} == session.catalog.counts()

    query = tmp_path / "query.png"
    Image.fromarray(picture(5)).resize((300, 225)).save(query)
    for searcher in (session, open_session()):  # the second as another process would
        first = search_files(searcher, [str(query)], k=5).hits[0]
        assert (first.photo.path, first.photo.provisional) == (str(camera_files / "05.jpg"), True)
        assert first.score > 0.9
    own = [hit.photo.path for hit in search_files(session, [str(camera_files / "05.jpg")], k=20).hits]
    assert len(own) == FILES - 1
    like = search_contents(session, [photos[3].content_id], k=20).hits
    assert len(like) == FILES - 1
    assert photos[3].path not in [hit.photo.path for hit in like]
    go_on()


def test_the_full_pass_replaces_every_preview(session, camera_files, between, open_session, tmp_path):
    reader = open_session()
    query = tmp_path / "query.png"
    Image.fromarray(picture(5)).save(query)
    go_on = between(camera_files)
    assert len(search_files(reader, [str(query)], k=20).hits) == FILES
    photos = all_photos(session)
    keys = [photo.hash for photo in photos]
    go_on()
    like = search_contents(session, [photos[5].content_id], k=50).hits  # asked for before, answered after
    assert sorted(hit.photo.path for hit in like) == sorted(p.path for p in photos if p != photos[5])
    for searcher in (session, reader):
        hits = search_files(searcher, [str(query)], k=50).hits
        assert sorted(hit.photo.path for hit in hits) == sorted(str(path) for path in camera_files.iterdir())
        assert not any(hit.photo.provisional for hit in hits)
        assert len(searcher.engine.provisional) == 0
    assert previews(session) == 0
    assert min(session.catalog.photo_ids()) > 0
    assert [session.thumbs.get(key) for key in keys] == [None] * FILES
    assert all(session.thumbs.get(photo.hash) for photo in all_photos(session))
    assert [name for name, *_ in session.catalog.vectors.encoders()] == ["hsv"]


def test_half_replaced_each_photo_is_found_once(session, camera_files, between, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH_FILES", 1)
    between(camera_files)
    hits = search_contents(session, [all_photos(session)[-1].content_id], k=50).hits
    assert len({hit.photo.path for hit in hits}) == len(hits) == FILES - 1
    assert {hit.photo.provisional for hit in hits} == {True, False}


@pytest.mark.parametrize(
    "moment", [(ProvisionalIndex, "__len__"), (ProvisionalIndex, "search"), (LibraryIndex, "search")], ids=str
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_search_misses_nothing_that_is_read_meanwhile(session, camera_files, between, monkeypatch, moment, before):
    """Everything that is provisional is read at one moment in the middle of the search."""
    go_on = between(camera_files)
    asked = session.catalog.photos([session.catalog.photo_ids()[-1]])[0]
    owner, name = moment
    real, read = getattr(owner, name), []

    def interrupted(self, *arguments):
        answer = None if before else real(self, *arguments)
        if not read and threading.current_thread() is threading.main_thread():
            read.append(True)
            go_on()
        return real(self, *arguments) if before else answer

    monkeypatch.setattr(owner, name, interrupted)
    hits = search_contents(session, [asked.content_id], k=50).hits
    assert read
    assert previews(session) == 0
    others = {str(path) for path in camera_files.iterdir()} - {asked.path}
    assert sorted(hit.photo.path for hit in hits) == sorted(others)
    assert not any(hit.photo.provisional for hit in hits)


def test_cancelling_keeps_the_previews_and_the_next_run_works_them_off(session, camera_files, monkeypatch):
    monkeypatch.setattr(previewing, "BATCH_FILES", 2)
    task = Task(lambda done, total: task.cancel() if done == 5 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        index_paths(session, [str(camera_files)], task)
    kept = previews(session)
    assert 4 <= kept < FILES
    assert session.catalog.counts()["contents"] == 0
    made = count_previews(monkeypatch)
    report = index_paths(session, [str(camera_files)])
    assert (report.indexed, report.unchanged) == (FILES, 0)
    assert len(made) == FILES - kept  # what has one is not looked at again
    assert previews(session) == 0


def count_previews(monkeypatch):
    """The files whose heads that are read from now on."""
    read, real = [], previewing.preview_of
    monkeypatch.setattr(previewing, "preview_of", lambda path: read.append(path) or real(path))
    return read


def test_killed_between_the_passes(open_session, camera_files, tmp_path):
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "library"), str(camera_files)], check=False)
    assert killed.returncode == -signal.SIGKILL
    session = open_session()
    assert (previews(session), session.catalog.counts()["contents"]) == (FILES, 0)
    assert search_contents(session, [-1], k=20).hits
    report = index_paths(session, [str(camera_files)])
    assert (report.seen, report.indexed) == (FILES, FILES)
    assert previews(session) == 0
    assert {photo.provisional for photo in all_photos(session)} == {False}


_KILLED = """
import os, signal, sys
from pathlib import Path
from cbir_desktop.core.tasks import Task
from cbir_desktop.library import previewing
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session
previewing.WORTH_BYTES, previewing.WORTH_FILES = 0, 2
task = Task(lambda done, total: os.kill(os.getpid(), signal.SIGKILL) if done > total // 2 else None, per_second=1e9)
index_paths(Session.open(Path(sys.argv[1]), "hsv"), [sys.argv[2]], task)
"""


def test_a_rescan_with_nothing_changed_looks_at_no_file(session, camera_files, monkeypatch):
    index_paths(session, [str(camera_files)])
    read = count_previews(monkeypatch)
    report = index_paths(session, [str(camera_files)])
    assert (report.unchanged, report.indexed, read) == (FILES, 0, [])


def test_files_without_thumbnails_go_straight_to_the_full_pass(session, photos, between):
    between(photos)
    assert (previews(session), len(all_photos(session))) == (0, 0)


def test_few_or_small_files_are_not_worth_it_and_it_can_be_turned_off(session, camera_files, monkeypatch):
    read = count_previews(monkeypatch)
    monkeypatch.setattr(previewing, "WORTH_FILES", FILES + 1)
    assert index_paths(session, [str(camera_files)]).indexed == FILES
    for path in camera_files.iterdir():
        path.touch()
    monkeypatch.setattr(previewing, "WORTH_FILES", 1)
    monkeypatch.setattr(previewing, "WORTH_BYTES", 1 << 20)
    index_paths(session, [str(camera_files)])
    monkeypatch.setattr(previewing, "WORTH_BYTES", 0)
    session.settings = replace(session.settings, previews_first=False)
    for path in camera_files.iterdir():
        path.touch()
    assert index_paths(session, [str(camera_files)]).reused == FILES
    assert read == []


def test_a_thumbnail_of_the_file_manager_serves(session, tmp_path, between, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, thumbs = tmp_path / "drawings", tmp_path / "cache" / "thumbnails" / "large"
    folder.mkdir()
    thumbs.mkdir(parents=True)
    for seed in range(3):
        path = folder / f"{seed}.png"
        Image.fromarray(picture(seed)).save(path)
        facts = PngInfo()
        facts.add_text("Thumb::MTime", str(path.stat().st_mtime_ns // 1_000_000_000))
        Image.fromarray(picture(seed)).save(
            thumbs / f"{md5(file_uri(str(path)).encode()).hexdigest()}.png", pnginfo=facts
        )
    between(folder)
    assert [photo.provisional for photo in all_photos(session)] == [True] * 3
    assert {(photo.width, photo.height) for photo in all_photos(session)} == {(0, 0)}


def test_a_file_that_turns_out_broken_is_a_problem_and_no_photo(session, camera_files):
    whole = (camera_files / "03.jpg").read_bytes()
    (camera_files / "03.jpg").write_bytes(whole[:-2000])
    report = index_paths(session, [str(camera_files)])
    assert [os.path.basename(problem.path) for problem in report.failed] == ["03.jpg"]
    assert (len(all_photos(session)), previews(session)) == (FILES - 1, 0)


def test_a_file_that_vanished_or_changed_between_two_runs(session, camera_files):
    task = Task(lambda done, total: task.cancel() if done > total // 2 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        index_paths(session, [str(camera_files)], task)
    left = previews(session)  # the batch of the full pass that was cancelled is kept
    assert left >= FILES - 4
    (camera_files / "10.jpg").unlink()
    write_camera_file(camera_files / "11.jpg", 99)
    task = Task(lambda done, total: task.cancel() if done == 1 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        index_paths(session, [str(camera_files)], task)
    assert str(camera_files / "10.jpg") not in [photo.path for photo in all_photos(session)]
    assert index_paths(session, [str(camera_files)]).seen == FILES - 1
    assert (len(all_photos(session)), previews(session)) == (FILES - 1, 0)


def test_a_known_file_that_changed_keeps_its_content_until_it_is_read(session, camera_files, between):
    index_paths(session, [str(camera_files)])
    before = session.catalog.photo_ids().tolist()
    for seed in range(FILES):
        write_camera_file(camera_files / f"{seed:02}.jpg", seed + 50)
    go_on = between(camera_files)
    assert session.catalog.photo_ids().tolist() == before
    go_on()
    assert set(session.catalog.photo_ids().tolist()).isdisjoint(before)


def test_previews_are_no_contents(session, camera_files, between):
    """What duplicates and decisions are made of."""
    between(camera_files)
    connection = session.catalog.db.connection
    assert connection.execute("SELECT (SELECT count(*) FROM contents), (SELECT count(*) FROM vectors)").fetchone() == (
        0,
        0,
    )
    assert len(session.index) == 0
    assert len(session.catalog.content_ids()) == 0
    (key,) = connection.execute("SELECT DISTINCT key FROM encoders e JOIN previews p ON p.encoder_id = e.id").fetchone()
    assert key == session.encoder.key + "+preview"


def test_the_vector_is_that_of_the_thumbnail(session, tmp_path, between):
    folder = tmp_path / "stale"
    folder.mkdir()
    for seed in range(3):
        write_camera_file(folder / f"{seed}.jpg", seed, thumbnail_of=seed + 70)
    between(folder)
    query = tmp_path / "query.png"
    Image.fromarray(picture(71)).save(query)
    best = search_files(session, [str(query)]).hits[0]
    assert (best.photo.path, best.score > 0.9) == (str(folder / "1.jpg"), True)
    assert np.linalg.norm(session.engine.provisional.vectors(session.catalog.photo_ids())) == pytest.approx(3**0.5)
