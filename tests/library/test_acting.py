"""Copies go to the trash, into a folder, or become links; and come back."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cbir_desktop.core.errors import KnownError, LibraryInUseError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.images.hashing import hash_bytes, hash_file
from cbir_desktop.library import trash
from cbir_desktop.library.acting import Wanted, acting, delete_refused, remove_copies
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.undo import can_undo, undo_last

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
    pytest.mark.usefixtures("home"),
]
linux_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


@pytest.fixture
def pair(tmp_path):
    """A picture and its copy under another name."""

    def make(name="copy.jpg", folder=tmp_path / "photos", content=b"the bytes of a picture", kept=None):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / "kept.jpg").write_bytes(content if kept is None else kept)
        return folder / name, tmp_path / "photos" / "kept.jpg"

    return make


def wanted(path, kept):
    return Wanted(str(path), hash_file(str(path)), str(kept), hash_file(str(kept)))


def whats(outcomes):
    return [(outcome.path, outcome.problem) for outcome in outcomes]


def test_the_trash_says_where_it_put_the_file_and_undo_brings_it_back(session, pair, home):
    path, kept = pair("ünï %41 name.jpg")
    os.utime(path, ns=(5, 1_234_567_890))
    report = remove_copies(session, [wanted(path, kept)])
    (done,) = report.done
    assert (done.place, report.bytes) == (str(home / "data" / "Trash" / "files" / path.name), 22)
    assert not path.exists()
    undone = undo_last(session)
    assert (undone.restored, undone.left, undone.folders) == ([str(path)], [], [str(path.parent)])
    assert path.read_bytes() == kept.read_bytes()
    assert path.stat().st_mtime_ns == 1_234_567_890
    assert not any((home / "data" / "Trash" / "info").iterdir())
    with pytest.raises(KnownError, match="nothing to undo"):
        undo_last(session)


def test_a_name_that_is_no_text(session, pair):
    path, kept = pair(os.fsdecode(b"\xff\xfe.jpg"))
    report = remove_copies(session, [wanted(path, kept)])
    assert report.done[0].place is not None
    assert undo_last(session).restored == [str(path)]


def test_files_of_one_name_are_told_apart_in_the_trash(session, pair, tmp_path):
    places = []
    for number in range(3):
        path, kept = pair("same.jpg", tmp_path / f"folder {number}")
        path.write_bytes(b"%d" % number)
        places += [one.place for one in remove_copies(session, [wanted(path, kept)]).done]
    assert len(set(places)) == 3
    for number in (2, 1, 0):
        assert undo_last(session).restored == [str(tmp_path / f"folder {number}" / "same.jpg")]
        assert (tmp_path / f"folder {number}" / "same.jpg").read_bytes() == b"%d" % number


def test_undo_after_a_restart_and_by_a_folder_that_is_gone(open_session, pair, tmp_path):
    session = open_session()
    path, kept = pair("copy.jpg", tmp_path / "folder")
    remove_copies(session, [wanted(path, kept)])
    session.close()
    path.parent.rmdir()
    assert undo_last(open_session()).restored == [str(path)]
    assert path.exists()


def test_undo_never_replaces_what_came_in_the_meantime(session, pair):
    path, kept = pair()
    remove_copies(session, [wanted(path, kept)])
    path.write_bytes(b"something new")
    report = undo_last(session)
    assert (report.restored, whats(report.left)) == ([], [(str(path), "taken")])
    assert path.read_bytes() == b"something new"
    path.unlink()
    assert undo_last(session).restored == [str(path)]


def test_a_trash_that_was_emptied_says_so(session, pair, home):
    path, kept = pair()
    remove_copies(session, [wanted(path, kept)])
    shutil.rmtree(home / "data" / "Trash")
    assert whats(undo_last(session).left) == [(str(path), "gone")]


def test_a_trash_that_refuses_leaves_the_file_and_only_that_one_may_be_deleted(session, pair, home):
    (home / "data").mkdir()
    (home / "data" / "Trash").write_text("a file in its place")
    path, kept = pair()
    other, _ = pair("other.jpg")
    report = remove_copies(session, [wanted(path, kept)])
    assert (report.done, whats(report.refused)) == ([], [(str(path), "trash-refused")])
    assert path.exists()
    with pytest.raises(KnownError) as caught:
        delete_refused(session, report.run, [str(path), str(other)])
    assert caught.value.kind == "not-refused"
    assert path.exists()
    deleted = delete_refused(session, report.run, [str(path)])
    assert [one.path for one in deleted.done] == [str(path)]
    assert not path.exists()
    assert other.exists()
    assert not can_undo(session)


@pytest.mark.parametrize("change", ["kept", "copy", "kept gone", "copy gone"])
def test_a_file_that_changed_since_the_proof_stays(session, pair, change):
    path, kept = pair()
    one = wanted(path, kept)
    changed = kept if "kept" in change else path
    changed.unlink() if "gone" in change else changed.write_bytes(b"other bytes, same l...")
    if change == "kept gone":
        with pytest.raises(KnownError, match="last copy"):
            remove_copies(session, [one])
        return
    report = remove_copies(session, [one])
    problem = {"kept": "kept-changed", "copy": "changed", "copy gone": "gone"}[change]
    assert (report.done, whats(report.refused)) == ([], [(str(path), problem)])
    assert path.exists() == (change != "copy gone")


def test_a_rehearsal_makes_every_check_and_touches_nothing(session, pair, tmp_path):
    path, kept = pair()
    other, _ = pair("other.jpg")
    plan = [wanted(path, kept), wanted(other, kept)]
    other.write_bytes(b"changed since")
    report = remove_copies(session, plan, dry_run=True)
    assert (report.run, [one.path for one in report.done]) == (None, [str(path)])
    assert whats(report.refused) == [(str(other), "changed")]
    assert path.exists()
    assert not can_undo(session)


def test_a_move_replaces_nothing_and_comes_back(session, pair, tmp_path):
    path, kept = pair()
    aside = tmp_path / "aside"
    aside.mkdir()
    (aside / "copy.jpg").write_bytes(b"mine")
    report = remove_copies(session, [wanted(path, kept)], "move", str(aside))
    assert report.done[0].place == str(aside / "copy (2).jpg")
    assert (aside / "copy.jpg").read_bytes() == b"mine"
    assert not path.exists()
    assert undo_last(session).restored == [str(path)]
    assert [file.name for file in aside.iterdir()] == ["copy.jpg"]


@pytest.mark.parametrize("kind", ["hardlink", "symlink"])
def test_a_link_takes_the_place_of_identical_bytes_only(session, pair, kind, tmp_path):
    path, kept = pair("copy.jpg", tmp_path / "folder")
    path.chmod(0o640)
    os.utime(path, ns=(7, 7_000_000_000))
    report = remove_copies(session, [wanted(path, kept)], kind)
    assert [one.path for one in report.done] == [str(path)]
    assert path.samefile(kept)
    assert path.is_symlink() == (kind == "symlink")
    assert undo_last(session).restored == [str(path)]
    assert not path.samefile(kept)
    assert (path.stat().st_mode & 0o777, path.stat().st_mtime_ns) == (0o640, 7_000_000_000)
    path.write_bytes(b"a version of it")
    report = remove_copies(session, [wanted(path, kept)], kind)
    assert whats(report.refused) == [(str(path), "other-bytes")]
    assert path.read_bytes() == b"a version of it"


def test_equal_hashes_are_not_taken_for_equal_bytes(session, pair):
    """The plan says that both have one hash; the files agree with it when they are looked at, and then one changes."""
    path, kept = pair()
    from cbir_desktop.library.moving import replace_by_link

    path.write_bytes(b"the bytes of a pictur\xe5")
    with pytest.raises(KnownError) as caught:
        replace_by_link(str(path), str(kept), False, str(path.parent / "t.part"))
    assert caught.value.kind == "other-bytes"
    assert sorted(file.name for file in path.parent.iterdir()) == ["copy.jpg", "kept.jpg"]


def test_links_are_no_copies(session, pair, tmp_path):
    path, kept = pair()
    hard, soft = tmp_path / "photos" / "hard.jpg", tmp_path / "photos" / "soft.jpg"
    os.link(path, hard)
    soft.symlink_to(path)
    for name in (hard, soft):
        with pytest.raises(KnownError) as caught:
            remove_copies(session, [wanted(path, name)])
        assert caught.value.kind == "last-copy"
    assert whats(remove_copies(session, [wanted(soft, kept)]).refused) == [(str(soft), "is-link")]
    assert path.exists()


def test_two_clean_ups_cannot_run_at_once(open_session, pair):
    path, kept = pair()
    with acting(open_session()), pytest.raises(LibraryInUseError):
        remove_copies(open_session(), [wanted(path, kept)])
    assert path.exists()


def test_cancelling_leaves_the_rest(session, pair):
    plan = [wanted(*pair(f"{number}.jpg")) for number in range(3)]
    task = Task(lambda done, total: task.cancel() if done == 1 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        remove_copies(session, plan, task=task)
    assert [Path(one.path).exists() for one in plan] == [False, False, True]
    assert len(undo_last(session).restored) == 2


def test_the_library_knows_what_went_and_what_came_back(session, photos):
    copy = photos / "b" / "copy.jpg"
    shutil.copy(photos / "a" / "01.jpg", copy)
    index_paths(session, [str(photos)])
    remove_copies(session, [wanted(copy, photos / "a" / "01.jpg")])
    assert session.catalog.counts()["trashed"] == 1
    assert session.catalog.paths_of(hash_file(str(photos / "a" / "01.jpg"))) == [str(photos / "a" / "01.jpg")]
    index_paths(session, [str(photos)])
    assert session.catalog.counts()["trashed"] == 1
    undo_last(session)
    assert session.catalog.counts()["online"] == 13


def test_the_journal_is_written_before_each_act_and_only_added_to(session, pair):
    path, kept = pair()
    remove_copies(session, [wanted(path, kept)])
    with acting(session) as journal:
        (act,) = journal.acts(1)
        assert (act.what.path, act.what.hash, act.state) == (str(path), hash_bytes(kept.read_bytes()), "done")
        connection = journal._db.connection
        states = [row[0] for row in connection.execute("SELECT state FROM events ORDER BY id")]
        assert states == ["planned", "doing", "done"]
        for statement in ("UPDATE acts SET size = 0", "DELETE FROM events"):
            with pytest.raises(Exception, match="only added to"):
                connection.execute(statement)


@linux_root
def test_each_volume_has_its_trash_and_may_come_back_somewhere_else(session, pair, tmp_path):
    image = tmp_path / "stick.img"
    subprocess.run(["truncate", "-s", "8M", image], check=True)
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("there is no mkfs.ext4")
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    if subprocess.run(["mount", "-o", "loop", image, first], check=False, capture_output=True).returncode:
        pytest.skip("no loop devices here")
    mounted = first
    try:
        path, kept = pair("copy.jpg", first / "dcim")
        (done,) = remove_copies(session, [wanted(path, kept)]).done
        assert done.place == str(first / f".Trash-{os.getuid()}" / "files" / "copy.jpg")
        assert trash.is_in_trash(done.place)
        subprocess.run(["umount", first], check=True)
        mounted = None
        assert whats(undo_last(session).left) == [(str(path), "volume-away")]
        subprocess.run(["mount", "-o", "loop", image, second], check=True)
        mounted = second
        assert undo_last(session).restored == [str(second / "dcim" / "copy.jpg")]
        assert (second / "dcim" / "copy.jpg").read_bytes() == kept.read_bytes()
        report = remove_copies(session, [wanted(second / "dcim" / "copy.jpg", kept)], "hardlink")
        assert whats(report.refused) == [(str(second / "dcim" / "copy.jpg"), "other-volume")]
    finally:
        if mounted is not None:
            subprocess.run(["umount", mounted], check=True)


@linux_root
def test_a_full_volume_refuses_and_keeps_no_trace_until_there_is_room(session, pair, tmp_path):
    drive = tmp_path / "drive"
    drive.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", drive], check=False).returncode:
        pytest.skip("no mounting here")
    try:
        path, kept = pair("copy.jpg", drive / "dcim")
        filler = drive / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(1 << 17))
        report = remove_copies(session, [wanted(path, kept)])
        assert whats(report.refused) == [(str(path), "trash-refused")]
        assert path.read_bytes() == kept.read_bytes()
        assert not list(drive.rglob("*.trashinfo")), "a note of a file that is not in the trash"
        filler.unlink()
        (done,) = remove_copies(session, [wanted(path, kept)]).done
        assert Path(done.place).name == "copy.jpg"
        assert undo_last(session).restored == [str(path)]
    finally:
        subprocess.run(["umount", drive], check=True)


def test_a_folder_that_is_renamed_in_the_middle_loses_nothing(session, pair, tmp_path):
    files = [pair(f"{number}.jpg")[0] for number in range(4)]
    folder, renamed = tmp_path / "photos", tmp_path / "renamed"
    to_go = [wanted(path, folder / "kept.jpg") for path in files]

    class Renaming(Task):
        def step(self, done, total):
            if done == 2:
                folder.rename(renamed)

    report = remove_copies(session, to_go, task=Renaming())
    assert [outcome.path for outcome in report.done] == [str(path) for path in files[:2]]
    assert whats(report.refused) == [(str(path), "gone") for path in files[2:]]
    assert sorted(path.name for path in renamed.iterdir()) == ["2.jpg", "3.jpg", "kept.jpg"]
    assert len(undo_last(session).restored) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["0.jpg", "1.jpg"]
