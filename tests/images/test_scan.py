import os
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cbir_desktop.images.scan import Globs, Rules, is_elsewhere, is_left_out, walk

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and bytes in names")


def _tree(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 7)


def _scan(*paths, **rules):
    """(paths relative to the first one, errors)."""
    errors: dict[str, str] = {}
    listings = walk([str(path) for path in paths], errors.__setitem__, Rules(**rules))
    found = [os.path.join(listing.folder, name) for listing in listings for name in _names(listing)]
    return [os.path.relpath(path, str(paths[0])) for path in found], errors


def _names(listing):
    return [os.fsdecode(name) for name in sorted(entry[0] for entry in listing.files)]


def test_order_suffixes_and_folders_left_out(tmp_path):
    _tree(tmp_path, "b.JPG", "a.png", "note.txt", "B/z.heic", "B/a.tiff", ".Trash-1000/t.jpg", ".thumbnails/x.png")
    _tree(tmp_path, "@eaDir/x.jpg", ".git/x.png", "$RECYCLE.BIN/x.jpg", "lost+found/x.jpg", ".cache/x.jpg", ".a/h.gif")
    found, errors = _scan(tmp_path)
    assert found == ["a.png", "b.JPG", ".a/h.gif", "B/a.tiff", "B/z.heic"]
    assert errors == {}


def test_a_listing_says_what_stat_says(tmp_path):
    _tree(tmp_path, "a.png")
    status = (tmp_path / "a.png").stat()
    (listing,) = walk([str(tmp_path)], pytest.fail)
    assert listing.folder == str(tmp_path.resolve())
    assert listing.files == [(b"a.png", 7, status.st_mtime_ns, status.st_ino)]
    assert listing.whole


def test_a_named_file_counts_whatever_it_is_called(tmp_path):
    _tree(tmp_path, "picture.dat")
    assert _scan(tmp_path, tmp_path / "picture.dat")[0] == ["picture.dat"]


def test_a_named_folder_counts_although_left_out_elsewhere(tmp_path):
    _tree(tmp_path, ".cache/x.jpg")
    assert _scan(tmp_path / ".cache")[0] == ["x.jpg"]


def test_overlapping_paths_give_each_file_once(tmp_path):
    _tree(tmp_path, "a/b/c.jpg", "a/d.jpg")
    found, _ = _scan(tmp_path, tmp_path / "a", tmp_path / "a" / "b" / "c.jpg", tmp_path)
    assert sorted(found) == ["a/b/c.jpg", "a/d.jpg"]


def test_what_does_not_exist_is_reported(tmp_path):
    found, errors = _scan(tmp_path, tmp_path / "gone.jpg", "nul\0byte")
    assert found == []
    assert errors[str(tmp_path / "gone.jpg")] == "there is no such file or folder"
    assert len(errors) == 2


@posix_only
def test_links_inside_folders_are_not_followed(tmp_path):
    _tree(tmp_path, "real/a.jpg", "elsewhere/b.jpg")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "real" / "link.jpg").symlink_to(tmp_path / "elsewhere" / "b.jpg")
    assert _scan(tmp_path / "real")[0] == ["a.jpg"]


@posix_only
def test_a_named_link_is_resolved(tmp_path):
    _tree(tmp_path, "real/a.jpg")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    broken = tmp_path / "broken"
    broken.symlink_to(broken)
    assert _scan(tmp_path, link)[0] == ["real/a.jpg"]
    assert _scan(link, tmp_path / "real" / "a.jpg")[0] == ["../real/a.jpg"]
    assert len(_scan(broken)[1]) == 1


@posix_only
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes UTF-8 names only")
def test_every_name_comes_through(tmp_path):
    names = [b"\xff\xfe.jpg", "🦊 ü\n.jpg".encode(), b"-rf.jpg", b" .jpg"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    (listing,) = walk([str(tmp_path)], pytest.fail)
    assert [os.fsencode(name) for name in _names(listing)] == sorted(names)


@posix_only
def test_pipes_and_sockets_are_passed_over_or_reported(tmp_path):
    pipe, address = tmp_path / "pipe.jpg", tmp_path / "socket.jpg"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(address))
        assert _scan(tmp_path) == ([], {})
        assert _scan(pipe, address) == ([], dict.fromkeys((str(pipe), str(address)), "not a regular file"))


@posix_only
def test_unreadable_folders_are_reported_and_the_rest_goes_on(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root reads every folder")
    _tree(tmp_path, "closed/a.jpg", "open/b.jpg")
    (tmp_path / "closed").chmod(0)
    found, errors = _scan(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert found == ["open/b.jpg"]
    assert list(errors) == [str(tmp_path / "closed")]


@posix_only
def test_folders_too_deep_for_one_path_are_reported(tmp_path, monkeypatch):
    """A path longer than the system takes: everything above it is found, nothing is raised."""
    monkeypatch.chdir(tmp_path)
    for _ in range(40):
        Path("d" * 120).mkdir()
        os.chdir("d" * 120)
        Path("x.jpg").write_bytes(b"x")
    found, errors = _scan(tmp_path)
    assert 20 < len(found) < 40
    assert errors


def test_trash_names():
    assert all(map(is_left_out, (".Trash", ".Trashes", ".Trash-0", "LOST+FOUND", "@eaDir")))
    assert not any(map(is_left_out, ("Trash", "cache", "gitlab", ".hidden")))


def test_globs_leave_out_names_and_paths(tmp_path):
    _tree(tmp_path, "a.jpg", "raw/b.jpg", "keep/c.jpg", "keep/raw/d.jpg", "keep/IMG_1.jpg", "keep/Thumbs/e.jpg")
    assert _scan(tmp_path, excludes=("RAW", "img_*"))[0] == ["a.jpg", "keep/c.jpg", "keep/Thumbs/e.jpg"]
    assert _scan(tmp_path, excludes=("*/keep/*",))[0] == ["a.jpg", "raw/b.jpg"]
    assert _scan(tmp_path, includes=("c.*", "*/raw/*"))[0] == ["keep/c.jpg", "keep/raw/d.jpg", "raw/b.jpg"]
    assert not Globs(())


def test_not_recursive_lists_the_folder_alone(tmp_path):
    _tree(tmp_path, "a.jpg", "below/b.jpg")
    (listing,) = walk([str(tmp_path)], pytest.fail, Rules(recursive=False))
    assert _names(listing) == ["a.jpg"]
    assert listing.folders == [str(tmp_path / "below")]


@posix_only
def test_links_are_followed_when_asked_and_loops_end(tmp_path):
    _tree(tmp_path, "top/real/a.jpg", "outside/b.jpg")
    top = tmp_path / "top"
    (top / "again").symlink_to(top / "real")
    (top / "real" / "up").symlink_to(top)
    (top / "out").symlink_to(tmp_path / "outside")
    (top / "file.jpg").symlink_to(tmp_path / "outside" / "b.jpg")
    (top / "broken.jpg").symlink_to(tmp_path / "nowhere")
    assert _scan(top)[0] == ["real/a.jpg"]
    assert sorted(_scan(top, follow_symlinks=True)[0]) == ["file.jpg", "out/b.jpg", "real/a.jpg"]


def test_contents_in_a_cloud_are_known_by_the_marks_of_the_system():
    assert is_elsewhere(SimpleNamespace(st_file_attributes=0x400020))
    assert is_elsewhere(SimpleNamespace(st_flags=0x40000000))
    assert not is_elsewhere(SimpleNamespace(st_file_attributes=0x20, st_flags=0))
    assert not is_elsewhere(os.stat(__file__))
