import pytest

from cbir_desktop.core.atomic import replace_atomic, write_atomic


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
