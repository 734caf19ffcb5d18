"""Files that are renamed, moved, linked, taken away and brought back."""

import os
import shutil
import subprocess
import sys

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.folders import add_folder, count_leaving, list_folders, relink_folder, remove_folder
from cbir_desktop.library.indexing import index_paths, rescan
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.problems import Ways, advice, ignore_problems, retry_problems
from cbir_desktop.library.prune import prune
from cbir_desktop.library.search import search_files
from cbir_desktop.store.catalog import Problem
from tests.conftest import mount

linux_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")


def run(session, *paths, **options):
    report = index_paths(session, [str(path) for path in paths]) if paths else rescan(session, **options)
    return report.seen, report.indexed, report.reused, report.unchanged, report.missing, len(report.failed)


def states(session):
    counts = session.catalog.counts()
    return counts["online"], counts["offline"], counts["missing"]


def paths_of(session):
    return {photo.path: photo.content_id for photo in session.catalog.photos(session.catalog.photo_ids())}


def blot_out(path):
    """Other bytes under the same size, time and inode: whoever reads the file now notices."""
    status = os.stat(path)
    with open(path, "r+b") as file:
        file.write(b"\x00" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_renamed_file_keeps_everything_and_is_not_read(session, photos):
    run(session, photos)
    before = paths_of(session)
    old, new = photos / "a" / "01.jpg", photos / "b" / "renamed.jpg"
    old.rename(new)
    blot_out(new)
    assert run(session, photos) == (12, 0, 1, 11, 0, 0)
    after = paths_of(session)
    assert after[str(new)] == before[str(old)]
    assert str(old) not in after
    assert states(session) == (12, 0, 0)
    assert run(session, photos) == (12, 0, 0, 12, 0, 0)


def test_a_file_is_followed_across_watched_folders_scanned_one_by_one(session, photos):
    run(session, photos / "a")
    run(session, photos / "b")
    moved = photos / "b" / "01.jpg"
    (photos / "a" / "01.jpg").rename(moved)
    blot_out(moved)
    assert run(session, photos / "b") == (7, 0, 1, 6, 0, 0)
    assert run(session, photos / "a") == (5, 0, 0, 5, 0, 0)
    assert states(session) == (12, 0, 0)


def test_a_renamed_folder_is_not_read(session, photos):
    run(session, photos)
    (photos / "a").rename(photos / "A")
    for path in (photos / "A").iterdir():
        blot_out(path)
    assert run(session, photos) == (12, 0, 6, 6, 0, 0)
    assert states(session) == (12, 0, 0)


def test_a_change_of_case_only_is_a_rename(session, photos):
    run(session, photos)
    (photos / "a" / "01.jpg").rename(photos / "a" / "01.JPG")
    assert run(session, photos) == (12, 0, 1, 11, 0, 0)
    assert str(photos / "a" / "01.JPG") in paths_of(session)


def test_files_that_change_places_are_told_apart(session, photos):
    run(session, photos)
    before = paths_of(session)
    one, two, three = (str(photos / "a" / name) for name in ("01.jpg", "03.jpg", "aside.jpg"))
    os.rename(one, three)
    os.rename(two, one)
    os.rename(three, two)
    assert run(session, photos) == (12, 0, 2, 10, 0, 0)
    after = paths_of(session)
    assert (after[one], after[two]) == (before[two], before[one])


def test_a_file_moved_over_another_takes_its_place(session, photos):
    run(session, photos)
    before = paths_of(session)
    os.replace(photos / "a" / "01.jpg", photos / "a" / "03.jpg")
    assert run(session, photos) == (11, 0, 1, 10, 0, 0)
    assert paths_of(session)[str(photos / "a" / "03.jpg")] == before[str(photos / "a" / "01.jpg")]
    assert states(session) == (11, 0, 0)


def test_a_hard_link_is_one_content_and_not_read_twice(session, photos):
    run(session, photos)
    link = photos / "b" / "link.jpg"
    os.link(photos / "a" / "01.jpg", link)
    blot_out(link)
    assert run(session, photos) == (13, 0, 1, 12, 0, 0)
    (photo,) = [photo for photo in session.catalog.photos(session.catalog.photo_ids()) if photo.also]
    assert {photo.path, *photo.also} == {str(photos / "a" / "01.jpg"), str(link)}


def test_a_new_file_in_the_place_of_a_moved_one_is_read(session, photos, write_photo):
    run(session, photos)
    (photos / "a" / "01.jpg").rename(photos / "b" / "01.jpg")
    write_photo(photos / "a" / "01.jpg", 77)
    assert run(session, photos) == (13, 1, 1, 11, 0, 0)
    assert states(session) == (13, 0, 0)


def test_a_bad_file_stays_bad_under_its_new_name(session, photos):
    (photos / "a" / "bad.jpg").write_text("no picture")
    run(session, photos)
    ignore_problems(session, [str(photos / "a" / "bad.jpg")])
    (photos / "a" / "bad.jpg").rename(photos / "b" / "worse.jpg")
    assert run(session, photos) == (13, 0, 1, 12, 0, 0)
    (problem,) = session.catalog.problems(with_ignored=True)
    assert (problem.path, problem.ignored) == (str(photos / "b" / "worse.jpg"), True)


def test_a_rescan_without_paths_looks_at_every_watched_folder(session, photos, write_photo):
    run(session, photos / "a")
    run(session, photos / "b")
    write_photo(photos / "a" / "new.jpg", 50)
    write_photo(photos / "b" / "new.jpg", 51)
    assert run(session) == (14, 2, 0, 12, 0, 0)


def test_one_folder_alone_is_looked_at_without_those_below(session, photos, write_photo):
    run(session, photos)
    write_photo(photos / "top.jpg", 50)
    write_photo(photos / "a" / "new.jpg", 51)
    assert run(session, roots=[], folders=[str(photos)]) == (1, 1, 0, 0, 0, 0)
    shutil.rmtree(photos / "a")
    assert run(session, roots=[], folders=[str(photos)]) == (1, 0, 0, 1, 6, 0)
    assert states(session) == (7, 0, 6)


def test_a_folder_deleted_below_a_watched_one_is_missing_and_not_away(session, photos):
    run(session, photos)
    shutil.rmtree(photos / "a")
    assert run(session, roots=[str(photos / "a")])[4:] == (6, 0)
    assert states(session) == (6, 0, 6)


def test_a_file_that_is_still_written_is_left_alone(session, photos, write_photo):
    run(session, photos)
    new = write_photo(photos / "a" / "new.jpg", 50)
    assert run(session, unfinished=[new]) == (12, 0, 0, 12, 0, 0)
    assert run(session) == (13, 1, 0, 12, 0, 0)


def test_globs_of_the_settings_and_of_a_folder(open_session, photos, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text('excludes = ["00.*"]')
    session = open_session()
    add_folder(session, str(photos), ["a"])
    assert run(session) == (5, 5, 0, 0, 0, 0)
    assert list_folders(session)[0].excludes == ("a",)


def test_a_removed_folder_leaves_but_its_vectors_wait(session, photos):
    run(session, photos)
    run(session, photos / "b")
    assert remove_folder(session, str(photos)) == 6
    assert session.catalog.watched() == [str(photos / "b")]
    assert len(paths_of(session)) == 6
    assert run(session, photos) == (12, 0, 6, 6, 0, 0)
    with pytest.raises(KnownError, match="not one of the library's folders"):
        remove_folder(session, str(photos / "a"))


def test_prune_forgets_missing_files_and_what_hangs_on_them(session, photos):
    run(session, photos)
    gone = [photo for photo in session.catalog.photos(session.catalog.photo_ids()) if "/a/" in photo.path]
    shutil.rmtree(photos / "a")
    run(session, photos)
    assert prune(session, missing=False).files == 0
    planned = prune(session, missing=True, dry_run=True)
    assert (planned.files, planned.contents, planned.vectors, planned.thumbnails) == (6, 6, 6, 6)
    assert states(session) == (6, 0, 6)
    assert prune(session, missing=True) == planned
    assert states(session) == (6, 0, 0)
    assert len(session.index) == 6
    assert not any(photo.hash in session.thumbs for photo in gone)
    assert sum(1 for _ in (photos / "b").iterdir()) == 6


def test_prune_leaves_photos_of_drives_that_are_away(session, photos):
    run(session, photos)
    photos.rename(photos.with_name("unplugged"))
    run(session)
    assert prune(session, missing=True).files == 0
    assert states(session) == (0, 12, 0)


def test_a_folder_that_moved_is_linked_again_without_decoding(session, photos, tmp_path):
    run(session, photos)
    new = tmp_path / "elsewhere" / "pictures"
    shutil.copytree(photos, new)
    shutil.rmtree(photos)
    report = relink_folder(session, str(photos), str(new))
    assert (report.files, report.checked, report.missing) == (12, 12, 0)
    assert session.catalog.watched() == [str(new)]
    assert run(session) == (12, 0, 0, 12, 0, 0)


def test_a_part_of_a_watched_folder_that_moved_is_watched_where_it_is_now(session, photos, tmp_path):
    add_folder(session, str(photos), ["*.png"])
    run(session, photos)
    new = tmp_path / "elsewhere"
    (photos / "a").rename(new)
    relink_folder(session, str(photos / "a"), str(new))
    assert session.catalog.watched() == [str(new), str(photos)]
    assert list_folders(session)[0].excludes == ("*.png",)
    (new / "01.jpg").unlink()
    assert run(session) == (11, 0, 0, 11, 1, 0)


def test_within_its_watched_folder_a_moved_part_needs_no_watch_of_its_own(session, photos):
    run(session, photos)
    (photos / "a").rename(photos / "c")
    relink_folder(session, str(photos / "a"), str(photos / "c"))
    assert session.catalog.watched() == [str(photos)]


def test_another_folder_is_no_new_place(session, photos, tmp_path, write_photo):
    run(session, photos)
    with pytest.raises(KnownError) as caught:
        relink_folder(session, str(photos), str(tmp_path))
    assert caught.value.kind == "relink-mismatch"
    shutil.copytree(photos, tmp_path / "other")
    for path in (tmp_path / "other").rglob("*.jpg"):
        blot_out(path)
    with pytest.raises(KnownError, match="holds another picture"):
        relink_folder(session, str(photos), str(tmp_path / "other"))
    assert session.catalog.watched() == [str(photos)]


def test_an_ignored_problem_counts_no_more_until_the_file_changes(session, photos):
    bad = photos / "a" / "bad.jpg"
    bad.write_text("no picture")
    assert run(session, photos) == (13, 12, 0, 0, 0, 1)
    assert "ignore it" in advice(session.catalog.problems()[0])
    ignore_problems(session, [str(bad)])
    assert run(session) == (13, 0, 0, 13, 0, 0)
    assert session.catalog.problems() == []
    ignore_problems(session, [str(bad)], ignored=False)
    assert run(session)[5] == 1
    ignore_problems(session, [str(bad)])
    bad.write_text("still no picture")
    assert run(session)[5] == 1
    with pytest.raises(KnownError, match="has no problem"):
        ignore_problems(session, [str(photos / "a" / "01.jpg")])


def test_retry_reads_again_what_failed(session, photos, write_photo):
    bad = photos / "a" / "bad.jpg"
    bad.write_text("no picture")
    run(session, photos)
    status = bad.stat()
    good = (photos / "a" / "01.jpg").read_bytes()
    bad.write_bytes(good)
    os.truncate(bad, len(good))
    os.utime(bad, ns=(status.st_atime_ns, status.st_mtime_ns))
    report = retry_problems(session)
    assert (report.reused, report.failed) == (1, [])
    assert session.catalog.problems() == []


def test_a_volume_that_goes_by_another_name_now_is_known_by_its_files(open_session, photos):
    session = open_session()
    run(session, photos)
    (volume,) = session.catalog.folders.volumes()
    session.catalog.folders.rename_volume(volume.uuid, f"mount:{volume.mount}")  # as version 0.1.0 called it
    session.close()
    session = open_session()
    assert session.catalog.folders.volumes() == [volume]
    assert states(session) == (12, 0, 0)
    session.catalog.folders.rename_volume(volume.uuid, "mount:of another disk")
    for path in photos.rglob("*.jpg"):
        os.utime(path, (1, 1))  # other files under the same names
    session.close()
    session = open_session()
    assert states(session) == (0, 12, 0)


def indexed_on(mounted, plug_in, photos, open_session):
    """A session whose photos lie in the folder dcim of a drive."""
    plug_in(mounted)
    shutil.copytree(photos, mounted / "dcim")
    session = open_session()
    run(session, mounted / "dcim")
    return session


@linux_root
def test_a_drive_goes_away_and_comes_back_somewhere_else(open_session, photos, tmp_path, stick):
    plug_in, pull_out = stick
    session = indexed_on(tmp_path / "first", plug_in, photos, open_session)
    session.close()
    pull_out()
    session = open_session()
    assert states(session) == (0, 12, 0)
    hits = search_files(session, [str(photos / "a" / "01.jpg")], include_self=True).hits
    assert hits[0].photo.state == "offline"
    assert hits[0].photo.path == str(tmp_path / "first" / "dcim" / "a" / "01.jpg")
    assert run(session)[4:] == (0, 1)  # nothing is missing; the folder is listed as away
    plug_in(tmp_path / "second")
    assert run(session) == (12, 0, 0, 12, 0, 0)
    assert states(session) == (12, 0, 0)
    assert session.catalog.watched() == [str(tmp_path / "second" / "dcim")]


@linux_root
def test_what_was_deleted_from_a_drive_stays_missing_when_that_goes_away(open_session, photos, tmp_path, stick):
    plug_in, pull_out = stick
    session = indexed_on(tmp_path / "usb", plug_in, photos, open_session)
    (tmp_path / "usb" / "dcim" / "a" / "01.jpg").unlink()
    run(session)
    pull_out()
    run(session)
    assert states(session) == (0, 11, 1)
    assert prune(session, missing=True).files == 1


@linux_root
def test_another_drive_at_the_same_place_hides_no_photo(open_session, photos, tmp_path, stick):
    plug_in, pull_out = stick
    session = indexed_on(tmp_path / "usb", plug_in, photos, open_session)
    pull_out()
    shutil.copytree(photos / "a", tmp_path / "usb" / "dcim")
    assert run(session, tmp_path / "usb" / "dcim")[:3] == (6, 0, 6)
    assert states(session) == (6, 12, 0)


@linux_root
def test_bound_folders_and_memory_have_names_of_their_own(photos, tmp_path):
    mount(photos, tmp_path / "bound", "--bind")
    mount("tmpfs", tmp_path / "memory", "-t", "tmpfs")
    try:
        mounts = read_mounts()
        bound, real = mounts.place_of(str(tmp_path / "bound" / "a")), mounts.place_of(str(photos / "a"))
        assert bound.full == str(tmp_path / "bound" / "a")
        assert bound.volume.uuid.endswith(str(photos))
        assert bound.volume.uuid != real.volume.uuid
        assert mounts.place_of(str(tmp_path / "memory")).volume.uuid == f"mount:{tmp_path / 'memory'}"
    finally:
        for folder in ("bound", "memory"):
            subprocess.run(["umount", tmp_path / folder], check=True)


def test_the_advice_names_the_missing_plugin_and_the_window_s_own_words():
    reason = "this format cannot be read: JPEG XL, which needs an optional package: pip install 'cbir-desktop[jxl]'"
    missing = Problem("/photos/x.jpg", "unsupported", reason)
    assert "pip install 'cbir-desktop[jxl]'; then: cbir problems --retry." in advice(missing)
    assert advice(missing, Ways(retry="Try again")).endswith("then: Try again.")
    assert "relink" not in advice(Problem("/away", "offline", ""), Ways(relink="Has moved…"))


def test_one_problem_is_tried_again_alone(session, photos):
    for name in ("x.jpg", "y.jpg"):
        (photos / "a" / name).touch()
    index_paths(session, [str(photos)])
    for name in ("x.jpg", "y.jpg"):
        shutil.copy(photos / "a" / "01.jpg", photos / "a" / name)
        os.utime(photos / "a" / name, ns=(5, 5))
    report = retry_problems(session, paths=[str(photos / "a" / "x.jpg")])
    assert (report.seen, report.reused) == (1, 1)
    assert [os.path.basename(problem.path) for problem in session.catalog.problems()] == ["y.jpg"]


def test_a_problem_is_ignored_while_another_process_indexes(session, open_session, photos):
    (photos / "a" / "x.jpg").touch()
    index_paths(session, [str(photos)])
    with open_session().writing():
        assert ignore_problems(session, [str(photos / "a" / "x.jpg")]) == 1
    assert session.catalog.problems() == []


def test_how_many_photos_would_leave_is_told_before(session, photos):
    index_paths(session, [str(photos), str(photos / "a")])
    assert count_leaving(session, str(photos)) == 6
    assert remove_folder(session, str(photos)) == 6
    assert count_leaving(session, str(photos / "a")) == 6


def test_missing_photos_are_those_without_any_file_left(session, photos):
    shutil.copy(photos / "a" / "01.jpg", photos / "b" / "copy.jpg")
    index_paths(session, [str(photos)])
    for path in (photos / "a" / "01.jpg", photos / "a" / "03.jpg"):
        path.unlink()
    index_paths(session, [str(photos)])
    (missing,) = session.catalog.photos(session.catalog.missing_ids())
    assert (os.path.basename(missing.path), missing.state) == ("03.jpg", "missing")
