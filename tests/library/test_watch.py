import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from cbir_desktop.library.following import Following
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.pending import LATEST_SECONDS, QUIET_SECONDS, Pending, is_being_written
from cbir_desktop.library.search import search_files
from cbir_desktop.library.watch import Follows, Hindered, Scanned, Scanning, Watcher


def wait_for(what, seconds=90.0):
    """The first true answer of ``what``."""
    started = time.monotonic()
    while not (answer := what()):
        if time.monotonic() - started > seconds:
            pytest.fail(f"waited {seconds} s in vain")
        time.sleep(0.02)
    return answer


@pytest.fixture
def watched(session, photos):
    index_paths(session, [str(photos)])
    watcher = Watcher(session)
    watcher.start()
    assert watcher.wait_until_following(30)
    assert [folder.mode for folder in watcher.status()] == ["watching"]
    session.watcher = watcher
    yield session
    watcher.stop()


def paths_of(session):
    return {photo.path for photo in session.catalog.photos(session.catalog.photo_ids())}


def test_a_look_at_the_folders_after_a_stop_harms_nothing(session, photos):
    index_paths(session, [str(photos)])
    following = Following(session, Pending())
    following.start()
    following.bring_level(0.0)
    assert [folder.mode for folder in following.status()] == ["watching"]
    following.stop()
    threads = threading.active_count()
    following.begin_anew()
    following.bring_level(1.0)
    following.stop()
    assert threading.active_count() == threads


def test_a_copied_file_is_searchable(watched, photos, tmp_path, write_photo):
    source = write_photo(tmp_path / "new.jpg", 99)
    target = photos / "a" / "new.jpg"
    shutil.copy(source, target)

    def found():
        return search_files(watched, [source], k=1, include_self=True).hits[0].photo.path == str(target)

    wait_for(found)


def test_a_new_folder_a_rename_and_a_removal_are_followed(watched, photos, tmp_path, write_photo):
    write_photo(photos / "new folder" / "deeper" / "x.jpg", 50)
    wait_for(lambda: str(photos / "new folder" / "deeper" / "x.jpg") in paths_of(watched))
    (photos / "a").rename(photos / "renamed")
    wait_for(lambda: str(photos / "renamed" / "01.jpg") in paths_of(watched))
    shutil.rmtree(photos / "renamed")
    wait_for(lambda: len(paths_of(watched)) == 7)
    assert watched.catalog.counts()["offline"] == 0


def test_a_half_written_file_waits_until_its_writer_is_done(watched, photos, tmp_path, write_photo):
    write_photo(tmp_path / "whole.jpg", 60, quality=95)
    data = (tmp_path / "whole.jpg").read_bytes()
    slow = photos / "a" / "slow.jpg"
    with open(slow, "wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        write_photo(photos / "b" / "other.jpg", 61)
        wait_for(lambda: str(photos / "b" / "other.jpg") in paths_of(watched))
        write_photo(photos / "a" / "third.jpg", 62)  # the folder itself is looked at, and the file left alone
        wait_for(lambda: str(photos / "a" / "third.jpg") in paths_of(watched))
        assert watched.catalog.problems() == []
        assert str(slow) not in paths_of(watched)
        file.write(data[len(data) // 2 :])
    wait_for(lambda: str(slow) in paths_of(watched))
    assert watched.catalog.problems() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tell")
def test_an_open_writer_is_proved(tmp_path):
    path = tmp_path / "x.jpg"
    with open(path, "wb") as file:
        file.write(b"x")
        file.flush()
        assert is_being_written(str(path))
    assert not is_being_written(str(path))
    with open(path, "rb"):
        assert not is_being_written(str(path))
    assert not is_being_written(str(tmp_path / "none"))


def test_a_folder_is_due_when_it_is_quiet_or_long_enough_stirred():
    pending = Pending()
    pending.folder_changed("/a", 0.0)
    assert not pending.due(QUIET_SECONDS / 2)
    assert pending.due(QUIET_SECONDS).folders == ["/a"]
    assert not pending
    pending.folder_changed("/a", 10.0)
    for step in range(1, 20):
        pending.folder_changed("/a", 10.0 + step * LATEST_SECONDS / 20, recursive=step == 5)
        assert not pending.due(10.0 + step * LATEST_SECONDS / 20)
    assert pending.due(10.0 + LATEST_SECONDS).roots == ["/a"]


def test_a_folder_added_later_is_followed_too(watched, tmp_path, write_photo):
    write_photo(tmp_path / "more" / "x.jpg", 70)
    index_paths(watched, [str(tmp_path / "more")])
    write_photo(tmp_path / "more" / "y.jpg", 71)
    wait_for(lambda: str(tmp_path / "more" / "y.jpg") in paths_of(watched))


def test_folders_that_send_no_events_are_looked_at_by_the_clock(tmp_path, photos):
    """The limit on watched folders, made to happen in a user namespace of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text('encoder = "hsv"\nrescan_seconds = 1\n')
    limited = f'echo 1 > /proc/sys/user/max_inotify_watches && exec {sys.executable} -c "$1" {tmp_path} {photos}'
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", limited, "sh", _LIMITED],
        capture_output=True, text=True, timeout=120, check=False, env=environment,
    )  # fmt: skip
    if "unshare" in done.stderr or "max_inotify_watches" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr}")
    assert done.stdout.split("\n")[:2] == ["timed", "found"], done.stderr
    assert "max_user_watches" in done.stdout


_LIMITED = """
import shutil, sys, time
from pathlib import Path
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session
from cbir_desktop.library.watch import Follows, Hindered, Scanned, Scanning, Watcher
folder, photos = Path(sys.argv[1]), Path(sys.argv[2])
with Session.open(folder / "library") as session:
    index_paths(session, [str(photos)])
    watcher = Watcher(session)
    watcher.start()
    assert watcher.wait_until_following(30)
    (status,) = watcher.status()
    print(status.mode)
    shutil.copy(photos / "a" / "01.jpg", photos / "b" / "copy.jpg")
    until = time.monotonic() + 30
    while session.catalog.counts()["online"] < 13 and time.monotonic() < until:
        time.sleep(0.05)
    print("found" if session.catalog.counts()["online"] == 13 else "not found")
    print(status.reason)
"""


def test_what_the_rules_leave_out_is_not_scanned_because_of_an_event(open_session, tmp_path, photos, write_photo):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text('excludes = ["private"]')
    session = open_session()
    index_paths(session, [str(photos)])
    watcher = Watcher(session)
    watcher.start()
    assert watcher.wait_until_following(30)
    write_photo(photos / "private" / "x.jpg", 80)
    write_photo(photos / ".thumbnails" / "x.jpg", 81)
    write_photo(photos / "a" / "last.jpg", 82)
    wait_for(lambda: str(photos / "a" / "last.jpg") in paths_of(session))
    assert len(paths_of(session)) == 13


def test_a_library_inside_a_watched_folder_does_not_find_its_own_thumbnails(open_session, photos):
    session = open_session(photos / "library")
    assert index_paths(session, [str(photos)]).seen == 12
    assert index_paths(session, [str(photos)]).seen == 12


def kinds(events):
    return [type(event) for event in events]


def test_it_tells_how_folders_are_followed_and_what_a_scan_did(session, photos, write_photo):
    index_paths(session, [str(photos)])
    events = []
    watcher = Watcher(session, events.append)
    watcher.start()
    assert watcher.wait_until_following(30)
    follows, scanning, scanned = (event for event in events if type(event) in (Follows, Scanning, Scanned))
    assert [(folder.path, folder.mode) for folder in follows.folders] == [(str(photos), "watching")]
    assert not scanning.task.cancelled
    assert (scanned.report.seen, scanned.report.changed) == (12, False)
    write_photo(photos / "a" / "new.jpg", 33)
    wait_for(lambda: any(isinstance(event, Scanned) and event.report.changed for event in events))
    photos.rename(photos.with_name("elsewhere"))
    wait_for(lambda: isinstance(events[-1], Scanned) and session.catalog.counts()["offline"] == 13)
    assert [event.folders[0].mode for event in events if isinstance(event, Follows)] == ["watching", "away"]


def test_one_process_follows_and_the_next_takes_its_place(open_session, session, photos, tmp_path):
    index_paths(session, [str(photos)])
    other, told = open_session(), []
    first = Watcher(session)
    first.start()
    assert first.wait_until_following(30)
    second = Watcher(other, told.append)
    second.start()
    wait_for(lambda: told)
    (hindered,) = told
    assert hindered.error.kind == "library-in-use"
    assert "another process follows" in str(hindered.error)
    first.stop()
    assert second.wait_until_following(30)
    assert [event.error for event in told if isinstance(event, Hindered)] == [hindered.error, None]


def test_a_scan_that_cannot_be_is_told_and_made_up_for(open_session, session, photos, write_photo):
    index_paths(session, [str(photos)])
    told = []
    watcher = Watcher(session, told.append)
    with open_session().writing():
        watcher.start()
        wait_for(lambda: any(isinstance(event, Hindered) for event in told))
        write_photo(photos / "a" / "new.jpg", 33)
    wait_for(lambda: len(paths_of(session)) == 13)
    hindrances = [event.error and event.error.kind for event in told if isinstance(event, Hindered)]
    assert hindrances == ["library-in-use", None]


def test_what_is_put_off_waits_for_the_next_change(session, open_session, photos, write_photo):
    index_paths(session, [str(photos)])
    told = []
    watcher = Watcher(session, told.append)
    with open_session().watching():  # not yet
        watcher.start()
        write_photo(photos / "a" / "new.jpg", 33)
        watcher.put_off()
    assert watcher.wait_until_following(30)
    assert Scanning not in kinds(told)
    watcher.look_again()
    wait_for(lambda: len(paths_of(session)) == 13)


def test_other_settings_are_heeded_when_it_looks_again(watched, photos, write_photo):
    write_photo(photos / "a" / "last.jpg", 82)
    wait_for(lambda: str(photos / "a" / "last.jpg") in paths_of(watched))
    watched.use(replace(watched.settings, excludes=("b",)))
    watched.watcher.look_again()
    wait_for(lambda: {os.path.basename(os.path.dirname(path)) for path in paths_of(watched)} == {"a"})
