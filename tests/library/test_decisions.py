"""Decisions survive renames, a new index and a new computer."""

import json
import shutil

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library.decisions import (
    Verdicts,
    export_decisions,
    folder_key,
    import_decisions,
    read_decisions,
)
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.prune import prune
from cbir_desktop.store.decisions import FolderDecision, PairDecision

A, B, C = (bytes([number]) * 32 for number in (1, 2, 3))


def test_a_decision_is_about_two_whichever_comes_first(session):
    table = session.catalog.decisions
    table.put(PairDecision("keep-both", B, A))
    verdicts = Verdicts(session.catalog)
    assert (verdicts.of(A, B), verdicts.of(B, A), verdicts.of(A, C)) == ("keep-both", "keep-both", None)
    table.put(PairDecision("prefer", B, A))
    assert len(table.all()) == 1
    verdicts = Verdicts(session.catalog)
    assert (verdicts.preferred(A, B), verdicts.preferred(B, A)) == (B, B)
    assert table.revoke(table.all()[0].id)
    assert not table.revoke(99)
    assert Verdicts(session.catalog).of(A, B) is None


def test_they_survive_renames_pruning_and_a_new_index(open_session, photos):
    session = open_session()
    index_paths(session, [str(photos)])
    one, other = photos / "a" / "01.jpg", photos / "b" / "02.jpg"
    hashes = hash_file(str(one)), hash_file(str(other))
    session.catalog.decisions.put(PairDecision("not-a-duplicate", *hashes))
    one.rename(photos / "b" / "renamed.jpg")
    other.unlink()
    index_paths(session, [str(photos)])
    prune(session, missing=True)
    session.close()
    assert Verdicts(open_session().catalog).of(*hashes) == "not-a-duplicate"


def test_a_folder_is_known_by_what_it_holds(open_session, photos, tmp_path):
    session = open_session()
    index_paths(session, [str(photos)])
    a, b = (folder_key(session.catalog, str(photos / name)) for name in "ab")
    session.catalog.decisions.put(FolderDecision(a, b))
    paths = [str(photos / "a" / "01.jpg"), str(photos / "b" / "02.jpg")]
    assert Verdicts(session.catalog).parts_folders(*paths)
    assert Verdicts(session.catalog).parts_folders(*reversed(paths))
    assert not Verdicts(session.catalog).parts_folders(paths[0], paths[0])
    (photos / "a").rename(photos / "other name")
    index_paths(session, [str(photos)])
    assert Verdicts(session.catalog).parts_folders(str(photos / "other name" / "01.jpg"), paths[1])
    export_decisions(session.catalog, tmp_path / "decisions.json")
    shutil.move(photos, tmp_path / "on another computer")
    elsewhere = open_session(tmp_path / "other library")
    index_paths(elsewhere, [str(tmp_path / "on another computer")])
    import_decisions(elsewhere.catalog, tmp_path / "decisions.json")
    new = tmp_path / "on another computer"
    assert Verdicts(elsewhere.catalog).parts_folders(str(new / "other name" / "01.jpg"), str(new / "b" / "02.jpg"))
    with pytest.raises(KnownError, match="no photos"):
        folder_key(elsewhere.catalog, "/nowhere")


def test_import_is_idempotent_and_lists_conflicts(open_session, tmp_path):
    session, other = open_session(), open_session(tmp_path / "other")
    table = session.catalog.decisions
    for decision in (PairDecision("keep-both", A, B), PairDecision("prefer", C, A), PairDecision("ignore", B, C)):
        table.put(decision)
    file = tmp_path / "decisions.json"
    assert export_decisions(session.catalog, file) == 3
    other.catalog.decisions.put(PairDecision("prefer", A, C))
    report = import_decisions(other.catalog, file)
    assert (report.added, report.known) == (2, 0)
    ((theirs, ours),) = report.conflicts
    assert (theirs.a, ours.a) == (C, A)
    again = import_decisions(other.catalog, file)
    assert (again.added, again.known, len(again.conflicts)) == (0, 2, 1)
    assert Verdicts(other.catalog).preferred(A, C) == A


GOOD = {"kind": "ignore", "a": "0" * 64, "b": "1" * 64}


@pytest.mark.parametrize(
    "bad",
    [
        {**GOOD, "kind": "delete"},
        {**GOOD, "b": "0" * 64},
        {**GOOD, "a": "0" * 63},
        {**GOOD, "a": "A" * 64},
        {**GOOD, "run": "rm"},
        {"kind": "ignore", "a": "0" * 64},
        {**GOOD, "made": 3},
        {**GOOD, "kind": "ignore-folders"},
        {
            **GOOD,
            "kind": "ignore-folders",
            "a": {"path": "/x", "sample": []},
            "b": {"path": "/y", "sample": ["0" * 64]},
        },
        {**GOOD, "kind": "ignore-folders", "a": {"path": "\ud800", "sample": ["0" * 64]}, "b": {}},
        "ignore",
        None,
    ],
)
def test_what_is_not_a_decision_is_refused_whole(session, tmp_path, bad):
    file = tmp_path / "decisions.json"
    file.write_text(json.dumps({"schema": 1, "decisions": [GOOD, bad]}))
    with pytest.raises(KnownError, match="decision 2") as caught:
        import_decisions(session.catalog, file)
    assert caught.value.kind == "bad-decisions"
    assert session.catalog.decisions.all() == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 2, "decisions": []}', "[" * 100_000, '{"schema": 1, "decisions": 3}']
)
def test_what_is_no_file_of_decisions_is_refused(tmp_path, text):
    (tmp_path / "decisions.json").write_text(text)
    with pytest.raises(KnownError):
        read_decisions(tmp_path / "decisions.json")
