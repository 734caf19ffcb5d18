"""Duplicates of real files: bytes, pixels, edits; scopes, decisions, stacks."""

import json
import os
import shutil
import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Relation, Verification
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library.choosing import Preview
from cbir_desktop.library.decisions import folder_key
from cbir_desktop.library.duplicates import Scope, choose_again, find_duplicates
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.keep_rules import PRESETS, KeepRules, Rule
from cbir_desktop.library.plans import as_document, read_plan, run_plan
from cbir_desktop.library.proving import as_proof
from cbir_desktop.store.decisions import FolderDecision, PairDecision
from tests.library.drawn import save, scene

EVERYTHING = KeepRules(
    frozenset(Relation), (Rule("resolution"), Rule("size"), Rule("name", pattern="* (2)*", unless=True))
)


@pytest.fixture
def album(tmp_path):
    """Six pictures; of 0 a copy of its bytes, one of its pixels, one scaled down; of 1 one compressed again."""
    folder = tmp_path / "album"
    for number in range(6):
        save(folder / f"{number}.jpg", scene(number))
    shutil.copy(folder / "0.jpg", folder / "0 (2).jpg")
    data = (folder / "0.jpg").read_bytes()
    (folder / "0 noted.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x06note" + data[2:])
    save(folder / "sub" / "0 small.jpg", cv2.resize(scene(0), (360, 270), interpolation=cv2.INTER_AREA))
    save(folder / "sub" / "1 again.jpg", scene(1), quality=60)
    return folder


@pytest.fixture
def library(session, album):
    index_paths(session, [str(album)])
    return session


def names(group):
    return [os.path.basename(member.path) for member in group.members]


def found(session, *arguments, **options):
    return {
        names(group)[0]: group for group in find_duplicates(session, Scope(*arguments), EVERYTHING, **options).groups
    }


def test_bytes_pixels_and_edits_make_groups_in_which_all_are_proved(library):
    groups = found(library)
    assert sorted(names(group) for group in groups.values()) == [
        ["0 (2).jpg", "0 noted.jpg", "0.jpg", "0 small.jpg"],
        ["1.jpg", "1 again.jpg"],
    ]
    group = groups["0 (2).jpg"]
    assert group.kind == "near"
    by_name = {
        os.path.basename(member.path): (member, pick) for member, pick in zip(group.members, group.picks, strict=True)
    }
    kept = [name for name, (_, pick) in by_name.items() if pick.state == "kept"]
    assert kept == ["0 noted.jpg"], "it is the largest file"
    a, b = by_name["0 noted.jpg"][0], by_name["0.jpg"][0]
    assert group.proof(a.content, b.content).relations == {Relation.IDENTICAL_PIXELS}
    assert group.reclaimable_bytes == sum(m.size_bytes for m in group.members) - a.size_bytes


def test_nothing_is_selected_by_default(library):
    groups = find_duplicates(library).groups
    assert len(groups) == 2
    assert {pick.state for group in groups for pick in group.picks} == {"open"}
    assert groups[0].id == find_duplicates(library).groups[0].id


def test_no_pair_is_proved_twice_and_new_photos_are_compared(library, album):
    find_duplicates(library)
    count, written = library.catalog.proofs.count(), library.catalog.db.changes()
    assert count > 0
    find_duplicates(library)
    assert library.catalog.db.changes() == written
    save(album / "2 new.jpg", scene(2), quality=50)
    index_paths(library, [str(album)])
    written = library.catalog.db.changes()
    assert ["2 new.jpg", "2.jpg"] in [names(group) for group in find_duplicates(library).groups]
    assert library.catalog.proofs.count() == count + 1
    assert library.catalog.db.changes() == written + 3, "its proof, that it was compared with all, and shown"


def test_a_decision_that_is_revoked_shows_the_pair_again_at_once(library, album):
    a, b = (hash_file(str(path)) for path in (album / "1.jpg", album / "sub" / "1 again.jpg"))
    library.catalog.decisions.put(PairDecision("not-a-duplicate", a, b))
    assert list(found(library)) == ["0 (2).jpg"]
    written = library.catalog.proofs.count()
    library.catalog.decisions.revoke(library.catalog.decisions.all()[0].id)
    assert sorted(found(library)) == ["0 (2).jpg", "1.jpg"]
    assert library.catalog.proofs.count() == written


def test_what_a_narrow_search_left_out_is_found_later(library, album):
    """Only a search of the whole library says of a content that it was compared with all."""
    assert found(library, "all", (str(album / "sub"),)) == {}
    assert sorted(found(library)) == ["0 (2).jpg", "1.jpg"]


def test_a_file_that_changed_behind_the_librarys_back_proves_nothing(library, album):
    save(album / "1.jpg", scene(77))
    duplicates = find_duplicates(library)
    assert [names(group) for group in duplicates.groups] == [["0 (2).jpg", "0 noted.jpg", "0.jpg", "0 small.jpg"]]
    assert [(problem.path, problem.kind) for problem in duplicates.problems] == [(str(album / "1.jpg"), "changed")]


def test_within_one_folder_and_across_folders(library, album):
    folders = (str(album), str(album / "sub"))
    assert sorted(map(names, found(library, "within", folders).values())) == [["0 (2).jpg", "0 noted.jpg", "0.jpg"]]
    across = found(library, "across", folders)
    assert sorted(across) == ["0 (2).jpg", "1.jpg"]
    marked = [m.path for g in across.values() for m, p in zip(g.members, g.picks, strict=True) if p.state == "marked"]
    assert sorted(marked) == [str(album / "sub" / "0 small.jpg"), str(album / "sub" / "1 again.jpg")]


def test_reference_folders_are_compared_and_never_selected(library, album):
    groups = found(library, "all", (), (str(album / "sub"),))
    picks = {m.path: p for g in groups.values() for m, p in zip(g.members, g.picks, strict=True)}
    assert picks[str(album / "sub" / "1 again.jpg")].state == "kept"
    assert picks[str(album / "1.jpg")].state == "marked"
    assert "reference" in picks[str(album / "1.jpg")].reason
    only = find_duplicates(library, Scope("all", (), (str(album),)), EVERYTHING)
    assert only.groups == []


def test_a_folder_outside_the_library(library, album, tmp_path):
    stick = tmp_path / "stick"
    shutil.copytree(album / "sub", stick / "a")
    save(stick / "3 of the stick.jpg", scene(3), quality=70)
    save(stick / "new.jpg", scene(50))
    save(stick / "new again.jpg", scene(50), quality=70)
    (stick / "bad.jpg").write_text("no picture")
    before = library.catalog.counts()
    duplicates = find_duplicates(library, Scope("all", (str(stick),)), EVERYTHING)
    of_stick = {m.path: p.state for g in duplicates.groups for m, p in zip(g.members, g.picks, strict=True)}
    assert of_stick[str(stick / "3 of the stick.jpg")] == "marked"
    assert of_stick[str(stick / "a" / "1 again.jpg")] == "marked"
    assert {of_stick[str(stick / "new.jpg")], of_stick[str(stick / "new again.jpg")]} == {"kept", "marked"}
    assert {state for path, state in of_stick.items() if path.startswith(str(album))} == {"kept"}
    assert [problem.path for problem in duplicates.problems] == [str(stick / "bad.jpg")]
    assert library.catalog.counts() == before
    with pytest.raises(KnownError, match="is not there"):
        find_duplicates(library, Scope("all", (str(tmp_path / "none"),)))


def test_decisions_hide_pairs_and_no_third_one(library, album):
    a, b = (hash_file(str(path)) for path in (album / "1.jpg", album / "sub" / "1 again.jpg"))
    for kind in ("ignore", "keep-both", "not-a-duplicate"):
        library.catalog.decisions.put(PairDecision(kind, a, b))
        assert list(found(library)) == ["0 (2).jpg"]
    library.catalog.decisions.put(PairDecision("keep-both", a, b))
    save(album / "1 third.jpg", scene(1), quality=80)
    index_paths(library, [str(album)])
    (group,) = [group for name, group in found(library).items() if name.startswith("1")]
    assert names(group) == ["1 third.jpg", "1.jpg", "1 again.jpg"]
    picks = {os.path.basename(m.path): p for m, p in zip(group.members, group.picks, strict=True)}
    assert (picks["1.jpg"].state, picks["1 again.jpg"].reason) == ("kept", "you decided to keep both")
    assert picks["1 third.jpg"].state == "marked"


def test_folders_that_shall_not_be_compared(library, album):
    keys = [folder_key(library.catalog, str(folder)) for folder in (album / "sub", album)]
    library.catalog.decisions.put(FolderDecision(*keys))
    assert [names(group) for group in found(library).values()] == [["0 (2).jpg", "0 noted.jpg", "0.jpg"]]


def test_hard_links_are_no_duplicates(library, album):
    os.link(album / "5.jpg", album / "5 linked.jpg")
    index_paths(library, [str(album)])
    assert not [name for name in found(library) if name.startswith("5")]


def test_raw_and_jpeg_are_not_torn(session, album, tmp_path):
    """The catalog knows a raw beside a JPEG; only the JPEG has a copy."""
    raw = album / "sub" / "1 again.dng"
    save(album / "raw.tif", scene(30), quality=None, format="TIFF")
    (album / "raw.tif").rename(raw)
    index_paths(session, [str(album)])
    duplicates = find_duplicates(session, Scope(), EVERYTHING)
    stacks = [stack for stack in duplicates.stacks if stack.kind == "raw+jpeg"]
    if not stacks:
        pytest.skip("a TIFF under a raw's name is not read without rawpy")
    (pick,) = [
        pick
        for g in duplicates.groups
        for m, pick in zip(g.members, g.picks, strict=True)
        if m.path.endswith("1 again.jpg")
    ]
    assert (pick.state, "1 again.dng" in pick.reason) == ("open", True)


def test_a_burst_is_a_stack_and_no_group(session, tmp_path):
    album = tmp_path / "burst"
    for number, quality in enumerate((90, 80)):
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
        exif.get_ifd(0x8769).update({0x9003: "2024:05:01 10:00:00", 0x9291: f"{number}5"})
        save(album / f"{number}.jpg", scene(8), quality=quality, exif=exif)
    index_paths(session, [str(album)])
    duplicates = find_duplicates(session, Scope(), EVERYTHING)
    assert [(stack.kind, len(stack.members)) for stack in duplicates.stacks] == [("burst", 2)]
    assert duplicates.groups == []


def test_what_was_taken_at_two_times_is_no_copy_whatever_it_looks_like(session, tmp_path):
    album = tmp_path / "years"
    for number, (year, quality) in enumerate(((2019, 90), (2023, 70), (2019, 50))):
        exif = Image.Exif()
        exif.get_ifd(0x8769).update({0x9003: f"{year}:05:01 10:00:00"})
        save(album / f"{number}.jpg", scene(8), quality=quality, exif=exif)
    index_paths(session, [str(album)])
    duplicates = find_duplicates(session, Scope(), EVERYTHING)
    assert [names(group) for group in duplicates.groups] == [["0.jpg", "2.jpg"]]
    assert {os.path.basename(path) for pair in duplicates.related for path in (pair.a, pair.b)} >= {"1.jpg"}


def test_a_preset_that_looks_at_the_bytes(library, album):
    groups = find_duplicates(library, Scope(), PRESETS["best-quality"][1]).groups
    picks = {os.path.basename(m.path): p for g in groups for m, p in zip(g.members, g.picks, strict=True)}
    assert (picks["1.jpg"].state, picks["1.jpg"].reason) == ("kept", "it is less compressed")
    assert picks["1 again.jpg"].state == "marked"


def test_other_rules_and_a_persons_choice_need_no_new_search(library, album):
    duplicates = find_duplicates(library)
    assert duplicates.preview == Preview(0, 0, 2)
    shutil.rmtree(album)
    duplicates.groups = choose_again(library, duplicates, EVERYTHING)
    assert (duplicates.preview.files, duplicates.preview.undecided) == (4, 0)
    by_hand = {str(album / "1.jpg"): False, str(album / "sub" / "1 again.jpg"): True}
    group = choose_again(library, duplicates, EVERYTHING, by_hand)[1]
    assert [pick.state for pick in group.picks] == ["marked", "kept"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash")
def test_a_plan_of_a_large_class_of_equal_pixels_runs(session, album, home, tmp_path):
    """Of pictures of equal pixels only the first is compared with the others: the rest follows."""
    data = (album / "0.jpg").read_bytes()
    for number in range(40):
        (album / f"0 note {number:02}.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x04%02d" % number + data[2:])
    index_paths(session, [str(album)])
    duplicates = find_duplicates(session, Scope(), EVERYTHING)
    assert [len(group.members) for group in duplicates.groups] == [44, 2]
    assert session.catalog.proofs.count() < 80
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"schema": 1, **as_document(duplicates)}))
    report = run_plan(session, read_plan(file))
    assert (len(report.done), report.refused) == (44, [])


def test_what_a_file_tells_is_read_once_whatever_the_rules(library):
    best = PRESETS["best-quality"][1]
    found = find_duplicates(library, Scope(), best)
    found.groups = choose_again(library, found, best)
    for group in found.groups:
        for member in group.members:
            os.rename(member.path, f"{member.path}.away")  # to read one again would leave it unknown
    again = choose_again(library, found, KeepRules(best.relations, best.rules[::-1]))
    assert [member.sharpness for group in again for member in group.members if member.sharpness is None] == []


@pytest.mark.parametrize(
    ("shares", "proved"), [((0.25, 0.25), "scene"), ((0.3, 1.0), "copy"), ((0.6, 0.45), "copy"), ((0.0, 0.49), "scene")]
)
def test_what_shares_less_than_half_is_related_and_no_copy(shares, proved):
    """Two collages with one picture in common, say."""
    nothing = np.empty((0, 2), np.float32)
    matches = Matches(nothing, nothing, np.empty(0, np.bool_), np.eye(3))
    residuals = np.empty(0, np.float32)
    verdict = Verification((), "copy", 0.99, 0.2, matches, residuals, coverage_a=shares[0], coverage_b=shares[1])
    proof = as_proof((b"a" * 32, b"b" * 32), verdict)
    assert (proof.proved, proof.copy) == (proved, 0.99)
