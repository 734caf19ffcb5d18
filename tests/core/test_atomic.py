import pytest

from cbir_desktop.core.atomic import replace_atomic, write_atomic, write_derived


def test_write_makes_folders_and_replaces(tmp_path):
    path = tmp_path / "a" / "b.bin"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [child.name for child in path.parent.iterdir()] == ["b.bin"]


def test_a_failing_writer_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "b.bin"
    write_atomic(path, b"old")

    def half(temporary):
        temporary.write_bytes(b"ha")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        replace_atomic(path, half)
    assert path.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["b.bin"]


def test_derived_files_are_written_whole_in_folders_made_for_them(tmp_path):
    path = tmp_path / "ab" / "thumb.jpg"
    write_derived(path, b"old")
    write_derived(path, b"new" * 1000)
    assert path.read_bytes() == b"new" * 1000
    assert [entry.name for entry in path.parent.iterdir()] == ["thumb.jpg"]


def test_a_derived_file_that_cannot_take_its_place_leaves_nothing(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").touch()
    with pytest.raises(OSError, match="taken"):
        write_derived(tmp_path / "taken", b"data")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
