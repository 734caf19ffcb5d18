"""What copies say of a picture goes into the sidecar of the kept file, and comes out of it again."""

import os
import sys

import pytest

from cbir_desktop.images.hashing import hash_file
from cbir_desktop.images.xmp import Said, said_in_sidecar, with_said
from cbir_desktop.library.acting import Wanted, remove_copies
from cbir_desktop.library.undo import undo_last
from tests.images.test_xmp import ATTRIBUTES, picture

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
    pytest.mark.usefixtures("home"),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kept.jpg").write_bytes(picture(quality=90))
    (tmp_path / "copy.jpg").write_bytes(picture(quality=50, xmp=ATTRIBUTES))
    return tmp_path


def clean(session, photos, *names, **options):
    def wanted(name):
        path, kept = str(photos / name), str(photos / "kept.jpg")
        return Wanted(path, hash_file(path), kept, hash_file(kept))

    return remove_copies(session, [wanted(name) for name in names], **{"merge_metadata": True, **options})


def test_a_new_sidecar_is_made_and_removed_by_undo(session, folder):
    before = (folder / "kept.jpg").read_bytes()
    (done,) = clean(session, folder, "copy.jpg").done
    assert done.sidecar == str(folder / "kept.jpg.xmp")
    said = said_in_sidecar((folder / "kept.jpg.xmp").read_bytes())
    assert (said.rating, said.keywords, said.taken) == (4, ("sea", "Zürich"), "2020-01-02T03:04:05")
    assert (folder / "kept.jpg").read_bytes() == before, "never into the picture"
    undo_last(session)
    assert not (folder / "kept.jpg.xmp").exists()
    assert (folder / "copy.jpg").exists()


def test_a_sidecar_that_is_there_keeps_what_it_says_and_its_rights(session, folder):
    old = with_said(None, Said(rating=1, keywords=("mine",)))
    (folder / "kept.xmp").write_bytes(old)
    os.chmod(folder / "kept.xmp", 0o640)
    (done,) = clean(session, folder, "copy.jpg").done
    assert done.sidecar == str(folder / "kept.xmp")
    said = said_in_sidecar((folder / "kept.xmp").read_bytes())
    assert (said.rating, said.keywords) == (1, ("mine", "sea", "Zürich"))
    assert (folder / "kept.xmp").stat().st_mode & 0o777 == 0o640
    undo_last(session)
    assert (folder / "kept.xmp").read_bytes() == old


def test_several_copies_add_up_and_are_taken_back_one_by_one(session, folder):
    (folder / "second.jpg").write_bytes(picture(quality=30))
    (folder / "second.jpg.xmp").write_bytes(with_said(None, Said(rating=2, keywords=("more",))))
    (folder / "third.jpg").write_bytes(picture(quality=20))
    aside = {"kind": "move", "folder": str(folder / "aside")}
    report = clean(session, folder, "second.jpg", "copy.jpg", "third.jpg", **aside)
    assert [outcome.sidecar is not None for outcome in report.done] == [True, True, False]
    said = said_in_sidecar((folder / "kept.jpg.xmp").read_bytes())
    assert (said.rating, said.keywords) == (2, ("more", "sea", "Zürich")), "what came first stays"
    undo_last(session)
    assert not (folder / "kept.jpg.xmp").exists()


def test_what_somebody_wrote_since_stays(session, folder):
    clean(session, folder, "copy.jpg")
    (folder / "kept.jpg.xmp").write_bytes(ATTRIBUTES)
    assert undo_last(session).restored == [str(folder / "copy.jpg")]
    assert (folder / "kept.jpg.xmp").read_bytes() == ATTRIBUTES


@pytest.mark.parametrize("name", ["kept.jpg.xmp", "copy.jpg.xmp"])
def test_a_file_stays_when_what_is_said_of_it_cannot_be_read(session, folder, name):
    (folder / name).write_bytes(b"<broken")
    (refused,) = clean(session, folder, "copy.jpg").refused
    assert refused.problem == "bad-xmp"
    assert (folder / "copy.jpg").exists()
    assert (folder / name).read_bytes() == b"<broken"


def test_a_refused_act_leaves_no_sidecar(session, folder, home):
    (home / "data").write_text("no folder: the trash refuses")
    (refused,) = clean(session, folder, "copy.jpg").refused
    assert refused.problem == "trash-refused"
    assert not (folder / "kept.jpg.xmp").exists()


def test_nothing_is_merged_unless_asked_or_in_a_rehearsal(session, folder):
    clean(session, folder, "copy.jpg", dry_run=True)
    assert not (folder / "kept.jpg.xmp").exists()
    (done,) = clean(session, folder, "copy.jpg", merge_metadata=False).done
    assert done.sidecar is None
    assert not (folder / "kept.jpg.xmp").exists()
