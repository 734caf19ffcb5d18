import os
import tarfile
from pathlib import Path

import numpy as np
import pytest

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.evaluation import datasets, files

from .conftest import jpeg, write_folder, write_tar


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def kind_of(call, *arguments):
    with pytest.raises(KnownError) as caught:
        call(*arguments)
    return caught.value.kind


def test_ukb_groups_by_four(make_set):
    members = {f"ukbench{i:05d}.jpg": jpeg(i) for i in (*range(8), 10)} | {"readme.txt": b"x", "other.jpg": jpeg(99)}
    found = datasets.ukb(make_set(members))
    assert found.names == [f"ukbench{i:05d}.jpg" for i in (*range(8), 10)]
    assert found.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    assert found.classes == ["00000", "00001", "00002"]
    assert found.groups_of_four
    assert found.read(8) == members["ukbench00010.jpg"]


def test_ukb_refuses_a_number_that_is_there_twice(make_set):
    members = {f"{folder}/ukbench{i:05d}.jpg": jpeg(i) for folder in ("full", "thumbs") for i in range(8)}
    assert kind_of(datasets.ukb, make_set(members)) == "ambiguous"


def test_folder_per_class(make_set):
    members = {"cat/1.jpg": jpeg(1), "cat/deep/2.PNG": jpeg(2), "dog/3.webp": jpeg(3), "stray.jpg": jpeg(4)}
    found = datasets.folder_per_class(make_set(members | {"dog/notes.txt": b"x", "dog/._3.webp": b"x"}))
    assert found.names == ["cat/1.jpg", "cat/deep/2.PNG", "dog/3.webp", "stray.jpg"]
    assert found.labels.tolist() == [0, 0, 1, datasets.DISTRACTOR]
    assert not found.groups_of_four
    assert [found.read(i) for i in range(4)] == list(members.values())


def test_one_folder_around_all_is_looked_through(make_set):
    found = datasets.folder_per_class(
        make_set({"photos/a/1.jpg": b"1", "photos/a/2.jpg": b"2", "photos/b/1.jpg": b"3"})
    )
    assert found.classes == ["a", "b"]


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"readme.txt": b"x"}, "no-pictures"),
        ({"a/1.jpg": b"1", "a/2.jpg": b"2"}, "too-few-classes"),
        ({"1.jpg": b"1", "2.jpg": b"2"}, "too-few-classes"),
        ({"a/1.jpg": b"1", "b/2.jpg": b"2"}, "too-few-pictures"),
    ],
)
def test_a_set_that_cannot_be_measured_is_refused(make_set, members, kind):
    assert kind_of(datasets.folder_per_class, make_set(members)) == kind


def test_what_is_no_set_is_refused(tmp_path):
    (tmp_path / "noise.tar").write_bytes(os.urandom(4096))
    (tmp_path / "empty.tar").write_bytes(b"")
    for name, kind in [("absent", "not-found"), ("noise.tar", "not-a-tar"), ("empty.tar", "not-a-tar")]:
        assert kind_of(datasets.folder_per_class, str(tmp_path / name)) == kind


def test_a_tar_that_is_cut_off_is_refused_or_its_picture_is(tmp_path):
    whole = write_tar(tmp_path / "whole.tar", {"a/1.jpg": jpeg(1) * 8, "b/2.jpg": jpeg(2) * 8}).read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[:700])
    with pytest.raises(KnownError):
        [entry.read() for entry in files.pictures(str(tmp_path / "cut.tar"))]


def test_tar_names_and_links_never_touch_the_disk(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    path = write_tar(
        tmp_path / "hostile.tar",
        {
            "a/soft.jpg": link("a/soft.jpg", "../secret.jpg"),
            "a/hard.jpg": link("a/hard.jpg", "secret.jpg", tarfile.LNKTYPE),
            "a/pipe.jpg": link("a/pipe.jpg", "", tarfile.FIFOTYPE),
            "./a/1.jpg": b"one",
            "/b/2.jpg": b"two",
            "b/3.jpg": b"three",
        },
    )
    before = sorted(tmp_path.rglob("*"))
    found = datasets.folder_per_class(str(path))
    assert found.names == ["a/1.jpg", "b/2.jpg", "b/3.jpg"]
    assert [found.read(i) for i in range(3)] == [b"one", b"two", b"three"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_leads_out_is_passed_over(tmp_path):
    found = files.pictures(str(write_tar(tmp_path / "t.tar", {"../../up.jpg": b"up", "in.jpg": b"in"})))
    assert [entry.name for entry in found] == ["in.jpg"]


def test_names_that_are_not_utf8_survive(tmp_path):
    name = os.fsdecode(b"a/\xff.jpg")
    assert [entry.name for entry in files.pictures(str(write_tar(tmp_path / "t.tar", {name: b"x"})))] == [name]


def test_reading_what_vanished_or_is_huge_is_a_decode_error(tmp_path):
    path = write_folder(tmp_path / "s", {"a.jpg": b"x"})
    (entry,) = files.pictures(str(path))
    (path / "a.jpg").unlink()
    with pytest.raises(DecodeError, match="cannot be read"):
        entry.read()
    with pytest.raises(DecodeError, match="too many") as caught:
        files.Entry("bomb.jpg", str(path), 0, files.MAX_BYTES + 1).read()
    assert caught.value.kind == "too-large"


TABLE = (
    "file,source,class,width,height,split\nx-1.webp,x,cat,1,1,test\nx-2.webp,x,,1,1,test\nx-3.webp,x,dog,1,1,train\n"
)


@pytest.fixture
def shards(tmp_path):
    write_tar(tmp_path / "photos-0.tar", {"x-1.webp": b"1", "x-3.webp": b"3"})
    write_tar(tmp_path / "photos-1.tar", {"x-2.webp": b"2", "unlisted.webp": b"4"})
    (tmp_path / "labels.csv").write_text(TABLE)
    return str(tmp_path)


def test_labelled_reads_one_split_over_shards(shards):
    found = datasets.labelled(shards, "test")
    assert found.names == ["x-1.webp", "x-2.webp"]
    assert found.labels.tolist() == [0, datasets.DISTRACTOR]
    assert found.classes == ["cat"]
    assert [found.read(0), found.read(1)] == [b"1", b"2"]
    assert found.name.endswith("(test)")


def test_labelled_reads_loose_files(tmp_path):
    write_folder(tmp_path, {"x-1.webp": b"1", "x-2.webp": b"2", "labels.csv": TABLE.encode()})
    assert datasets.labelled(str(tmp_path), "test").read(1) == b"2"


def test_labelled_says_what_is_wrong(shards, tmp_path):
    assert kind_of(datasets.labelled, shards, "withheld") == "unknown-split"
    (Path(shards) / "photos-1.tar").unlink()
    assert kind_of(datasets.labelled, shards, "test") == "missing"
    (Path(shards) / "labels.csv").write_text("file,split\nx-1.webp,test\n")
    assert kind_of(datasets.labelled, shards, "test") == "no-labels"
    assert kind_of(datasets.labelled, str(tmp_path / "absent"), "test") == "no-labels"


def test_distractors_and_subsets(make_set):
    base = datasets.folder_per_class(make_set({f"{c}/{i}.jpg": f"{c}{i}".encode() for c in "ab" for i in range(2)}))
    both = base.with_distractors(base.subset([3, 0]))
    assert both.labels.tolist() == [0, 0, 1, 1, -1, -1]
    assert [both.read(4), both.read(5)] == [b"b1", b"a0"]
    assert np.array_equal(base.labels, [0, 0, 1, 1])
