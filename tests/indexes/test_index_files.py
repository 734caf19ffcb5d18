import json

import pytest

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.indexes import files


def save(folder, text=b"one", **changes):
    facts = {"key": "k", "dim": 3, "rows": 1} | changes
    files.save(folder, **facts, writers={"data": lambda path: path.write_bytes(text), "ids": lambda path: None})


def load(folder, key="k", dim=3, names=("data", "ids")):
    return files.load(folder, key, dim, names)


def test_what_is_saved_is_loaded_and_the_older_part_goes(tmp_path):
    save(tmp_path, b"one")
    save(tmp_path, b"two", rows=2)
    rows, parts = load(tmp_path)
    assert rows == 2
    assert parts["data"].read_bytes() == b"two"
    assert parts["ids"].read_bytes() == b""
    assert {path.name for path in tmp_path.iterdir()} == {"index.json", parts["data"].name, parts["ids"].name}


def test_the_name_of_a_part_carries_its_hash(tmp_path):
    save(tmp_path)
    header = json.loads((tmp_path / "index.json").read_text())
    part = header["parts"]["data"]
    assert part["name"] == f"data-{part['blake3'][:16]}.bin"
    assert (header["schema"], header["key"], header["dim"], header["rows"]) == (1, "k", 3, 1)


def test_a_save_that_dies_leaves_the_old_index(tmp_path):
    save(tmp_path, b"one")

    def die(path):
        path.write_bytes(b"half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        files.save(tmp_path, "k", 3, 2, {"data": lambda path: path.write_bytes(b"two"), "ids": die})
    rows, parts = load(tmp_path)
    assert (rows, parts["data"].read_bytes()) == (1, b"one")
    assert not (tmp_path / "ids.new").exists()  # on a full disk half an index would be in the way


def test_the_next_save_removes_what_a_killed_one_left_and_nothing_else(tmp_path):
    left = [".data.new.abc.part", "data.new", "data-0123456789abcdef.bin"]
    other = ["notes.txt", "data-1.bin"]
    for name in left + other:
        (tmp_path / name).write_bytes(b"x")
    save(tmp_path)
    assert not any((tmp_path / name).exists() for name in left)
    assert all((tmp_path / name).exists() for name in other)


@pytest.mark.parametrize("wrong", [{"key": "other"}, {"dim": 4}, {"names": ("graph",)}])
def test_another_index_is_refused(tmp_path, wrong):
    save(tmp_path)
    with pytest.raises(DamagedError):
        load(tmp_path, **wrong)


@pytest.mark.parametrize(
    ("part", "value"), [("name", "../outside"), ("name", 3), ("bytes", 4), ("blake3", "0" * 64), ("more", 1)]
)
def test_a_header_that_was_tampered_with_is_refused(tmp_path, part, value):
    save(tmp_path)
    header = json.loads((tmp_path / "index.json").read_text())
    header["parts"]["data"][part] = value
    (tmp_path / "index.json").write_text(json.dumps(header))
    with pytest.raises(DamagedError):
        load(tmp_path)
