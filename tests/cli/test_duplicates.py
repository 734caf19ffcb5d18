"""cbir duplicates, clean and undo, from the command line to the files."""

import csv
import json
import os
import shutil
import sys

import pytest
from PIL import Image

from cbir_desktop.images.xmp import Said, said_in_sidecar, with_said
from tests.library.drawn import save, scene

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
    pytest.mark.usefixtures("home"),
]


@pytest.fixture
def album(tmp_path, library, cbir_json):
    folder = tmp_path / "album"
    for number in range(4):
        save(folder / f"{number}.jpg", scene(number))
    shutil.copy(folder / "0.jpg", folder / "0 (2).jpg")
    save(folder / "1 small.jpg", scene(1), quality=50)
    assert cbir_json("index", folder, "--library", library)[0] == 0
    return folder


RULES = """
relations = ["identical-bytes", "identical-pixels", "re-encoded", "edited"]
[[rule]]
by = "size"
[[rule]]
by = "name"
pattern = "* (2)*"
unless = true
"""


@pytest.fixture
def plan(tmp_path, library, album, cbir_json):
    """A plan that removes the two copies: (its file, the document)."""
    (tmp_path / "rules.toml").write_text(RULES)
    code, (document,) = cbir_json("duplicates", "--library", library, "--rules", tmp_path / "rules.toml")
    assert code == 3
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document))
    return file, document


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_document_is_what_was_promised(plan, album, library, cbir_json):
    _, document = plan
    assert set(document) >= {"schema", "groups", "unproved", "stacks", "seconds"}
    by_kind = {group["kind"]: group for group in document["groups"]}
    assert set(by_kind) == {"bytes", "near"}
    promised = {"path", "content", "keep", "reason", "relations", "to", "probability", "inliers", "bytes"}
    promised |= {"width", "height"}
    for group in document["groups"]:
        assert set(group) == {"id", "kind", "members", "reclaimable_bytes"}
        assert all(set(member) >= promised for member in group["members"])
    copy, original = by_kind["bytes"]["members"]
    assert (copy["path"], copy["keep"], copy["to"]) == (str(album / "0 (2).jpg"), False, str(album / "0.jpg"))
    assert (original["keep"], original["to"], copy["relations"]) == (True, None, ["identical-bytes"])
    assert by_kind["bytes"]["reclaimable_bytes"] == os.path.getsize(album / "0.jpg")
    near = {os.path.basename(member["path"]): member for member in by_kind["near"]["members"]}
    assert (near["1.jpg"]["keep"], near["1 small.jpg"]["keep"]) == (True, False)
    assert near["1 small.jpg"]["inliers"] > 10
    code, (bare,) = cbir_json("duplicates", "--library", library)
    assert code == 3
    assert all(member["keep"] for group in bare["groups"] for member in group["members"])


def test_exit_codes_and_tables(library, album, cbir, cbir_json, tmp_path):
    on = ("--library", library)
    code, out, _ = cbir("duplicates", *on, "--csv", tmp_path / "out.csv")
    assert (code, "2 groups" in out) == (3, True)
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [row["keep"] for row in rows] == ["True"] * 4
    assert cbir_json("duplicates", album / "2.jpg", album / "3.jpg", *on)[0] == 0
    (album / "bad.jpg").write_text("no picture")
    assert cbir_json("duplicates", album / "2.jpg", album / "bad.jpg", *on)[0] == 1
    assert cbir_json("duplicates", album / "none", *on)[0] == 2
    assert cbir_json("duplicates", "--scope", "within", *on)[1][0]["error"]["kind"] == "usage"
    (tmp_path / "bad.toml").write_text("[[rule]]\nby = 'beauty'\n")
    code, (refused,) = cbir_json("duplicates", "--rules", tmp_path / "bad.toml", *on)
    assert (code, "line 2" in refused["error"]["message"]) == (2, True)


def test_clean_and_undo(plan, album, library, cbir_json, cbir, home):
    file, _ = plan
    before = files(album)
    on = ("--library", library)
    code, (report,) = cbir_json("clean", "--plan", file, "--dry-run", *on)
    assert (code, len(report["done"]), report["run"], files(album)) == (0, 2, None, before)
    code, (report,) = cbir_json("clean", "--plan", file, *on)
    assert (code, len(report["done"]), report["refused"]) == (0, 2, [])
    assert files(album) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert all(one["place"].startswith(str(home)) for one in report["done"])
    assert cbir_json("duplicates", *on)[0] == 0
    assert cbir_json("clean", "--plan", file, *on)[0] == 1, "they are gone already"
    code, out, _ = cbir("undo", *on)
    assert (code, "2 files are back" in out, files(album)) == (0, True, before)
    assert cbir_json("duplicates", *on)[0] == 3
    assert cbir_json("undo", *on)[1][0]["error"]["kind"] == "nothing-to-undo"


def test_new_duplicates_are_told_until_all_are_looked_for(album, library, cbir_json, cbir):
    on = ("--library", library)
    code, (document,) = cbir_json("duplicates", "--new", *on)
    assert (code, document["new"]) == (0, [])
    assert cbir_json("duplicates", *on)[0] == 3
    save(album / "2 small.jpg", scene(2), quality=50)
    assert cbir_json("index", album, *on)[0] == 0
    code, (document,) = cbir_json("duplicates", "--new", *on)
    assert (code, document["new"]) == (3, [{"path": str(album / "2 small.jpg"), "of": str(album / "2.jpg")}])
    assert "1 new duplicates" in cbir("duplicates", "--new", *on)[1]
    assert cbir_json("duplicates", "--new", album, *on)[1][0]["error"]["kind"] == "usage"
    assert cbir_json("duplicates", *on)[0] == 3
    assert cbir_json("duplicates", "--new", *on)[0] == 0


def test_metadata_is_merged_when_asked_for(plan, album, library, cbir_json):
    on = ("--library", library)
    (album / "1 small.jpg.xmp").write_bytes(with_said(None, Said(rating=4, keywords=("sea",))))
    assert cbir_json("clean", "--plan", plan[0], "--to", "hardlink", "--merge-metadata", *on)[0] == 2
    code, (report,) = cbir_json("clean", "--plan", plan[0], "--merge-metadata", *on)
    sidecar = album / "1.jpg.xmp"
    assert (code, [one.get("sidecar") for one in report["done"]]) == (0, [None, str(sidecar)])
    assert said_in_sidecar(sidecar.read_bytes()) == Said(rating=4, keywords=("sea",))
    assert cbir_json("undo", *on)[0] == 0
    assert not sidecar.exists()


def test_links_take_the_place_of_identical_bytes_alone(plan, album, library, cbir_json):
    on = ("--library", library)
    code, (report,) = cbir_json("clean", "--plan", plan[0], "--to", "hardlink", *on)
    assert (code, [one["path"] for one in report["done"]]) == (1, [str(album / "0 (2).jpg")])
    assert [(one["path"], one["problem"]) for one in report["refused"]] == [(str(album / "1 small.jpg"), "other-bytes")]
    assert (album / "0 (2).jpg").samefile(album / "0.jpg")
    assert cbir_json("undo", *on)[0] == 0
    assert not (album / "0 (2).jpg").samefile(album / "0.jpg")


def test_a_folder_to_put_them_into(plan, album, library, cbir_json, tmp_path):
    code, _ = cbir_json("clean", "--plan", plan[0], "--to", tmp_path / "aside", "--library", library)
    assert (code, files(tmp_path / "aside")) == (0, ["0 (2).jpg", "1 small.jpg"])
    assert cbir_json("undo", "--library", library)[0] == 0
    assert files(tmp_path / "aside") == []
    assert cbir_json("duplicates", "--library", library)[0] == 3


def edited(plan, change):
    file, document = plan
    for group in document["groups"]:
        for member in group["members"]:
            change(member)
    file.write_text(json.dumps(document))
    return file


def test_an_edited_plan_that_keeps_none_is_refused_whole(plan, album, library, cbir_json):
    before = files(album)
    code, (refused,) = cbir_json(
        "clean", "--plan", edited(plan, lambda one: one.update(keep=False)), "--library", library
    )
    assert (code, refused["error"]["kind"], files(album)) == (2, "last-copy", before)


def test_another_copy_anywhere_in_the_library_is_a_survivor(plan, album, library, cbir_json):
    shutil.copytree(album, album.parent / "second")
    cbir_json("index", album.parent / "second", "--library", library)
    code, (report,) = cbir_json(
        "clean", "--plan", edited(plan, lambda one: one.update(keep=False)), "--library", library
    )
    assert (code, len(report["done"]), files(album)) == (0, 4, ["2.jpg", "3.jpg"])


def test_an_edited_plan_cannot_claim_what_was_not_proved(plan, album, library, cbir_json):
    file, document = plan
    members = {os.path.basename(m["path"]): m for group in document["groups"] for m in group["members"]}
    document["groups"] = [{"members": [members["0.jpg"], {**members["1 small.jpg"], "keep": False}]}]
    file.write_text(json.dumps(document))
    code, (report,) = cbir_json("clean", "--plan", file, "--library", library)
    assert (code, report["done"], report["refused"][0]["problem"]) == (1, [], "not-proved")
    assert (album / "1 small.jpg").exists()


def test_a_file_that_changed_since_the_plan_stays(plan, album, library, cbir_json):
    Image.new("RGB", (9, 9)).save(album / "0 (2).jpg")
    code, (report,) = cbir_json("clean", "--plan", plan[0], "--library", library)
    assert (code, [one["problem"] for one in report["refused"]]) == (1, ["changed"])
    assert (album / "0 (2).jpg").exists()


def test_what_the_trash_refuses_can_be_deleted_for_good(plan, album, library, cbir_json, cbir, home):
    (home / "data").mkdir()
    (home / "data" / "Trash").write_text("no folder")
    on = ("--library", library)
    code, (report,) = cbir_json("clean", "--plan", plan[0], *on)
    assert (code, {one["problem"] for one in report["refused"]}) == (1, {"trash-refused"})
    code, out, _ = cbir("clean", "--plan", plan[0], *on)
    assert f"--delete-refused {report['run'] + 1}" in out
    code, (deleted,) = cbir_json("clean", "--delete-refused", report["run"], *on)
    assert (code, len(deleted["done"]), files(album)) == (0, 2, ["0.jpg", "1.jpg", "2.jpg", "3.jpg"])
    assert cbir_json("undo", *on)[1][0]["error"]["kind"] == "nothing-to-undo"


@pytest.mark.parametrize(
    "change",
    [
        {"keep": "no"},
        {"keep": None},
        {"path": "relative.jpg"},
        {"path": 3},
        {"content": "12"},
        {"to": 5},
        {"path": "/\ud800"},
    ],
)
def test_a_plan_that_is_not_one_is_refused(plan, library, cbir_json, change):
    file = edited(plan, lambda one: one.update(change))
    code, (refused,) = cbir_json("clean", "--plan", file, "--library", library)
    assert (code, refused["error"]["kind"]) == (2, "bad-plan")
    assert "group 1, member 1" in refused["error"]["message"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 1, "groups": [3]}', '{"schema": 2, "groups": []}'])
def test_a_file_that_is_no_plan_is_refused(tmp_path, album, library, cbir_json, text):
    (tmp_path / "plan.json").write_text(text)
    assert cbir_json("clean", "--plan", tmp_path / "plan.json", "--library", library)[0] == 2


def test_a_plan_that_contradicts_itself_is_refused(plan, library, cbir_json):
    file, document = plan
    document["groups"] += [{"members": [{**m, "keep": not m["keep"]} for m in document["groups"][0]["members"]]}]
    file.write_text(json.dumps(document))
    code, (refused,) = cbir_json("clean", "--plan", file, "--library", library)
    assert (code, "both stay and go" in refused["error"]["message"]) == (2, True)
