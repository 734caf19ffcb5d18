"""The commands of a library that lives: folders, prune, problems, watch."""

import json
import shutil
import signal
import subprocess
import sys
import threading

import pytest


def test_folders_are_added_listed_relinked_and_removed(cbir_json, cbir, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 6)
    write_photos(photos / "private", 2, start=20)
    assert cbir_json("folders", "add", photos, "--exclude", "private", "--library", library)[0] == 0
    code, (report,) = cbir_json("index", "--library", library)
    assert (code, report["indexed"]) == (0, 6)
    _, (listing,) = cbir_json("folders", "list", "--library", library)
    (folder,) = listing["folders"]
    assert (folder["path"], folder["there"], folder["excludes"]) == (str(photos), True, ["private"])
    assert folder["files"]["online"] == 6
    photos.rename(tmp_path / "moved")
    assert "not there now" in cbir("folders", "list", "--library", library)[1]
    _, (relinked,) = cbir_json("folders", "relink", photos, tmp_path / "moved", "--library", library)
    assert (relinked["files"], relinked["checked"], relinked["missing"]) == (6, 6, 0)
    assert cbir_json("index", "--library", library)[1][0]["unchanged"] == 6
    _, (removed,) = cbir_json("folders", "remove", tmp_path / "moved", "--library", library)
    assert removed["removed"] == 6
    assert cbir_json("folders", "list", "--library", library)[1][0]["folders"] == []
    _, (pruned,) = cbir_json("prune", "--library", library)
    assert (pruned["files"], pruned["contents"], pruned["vectors"], pruned["thumbnails"]) == (0, 6, 6, 6)
    assert len(list((tmp_path / "moved").glob("*.jpg"))) == 6


def test_a_folder_that_is_not_one_of_the_library_is_an_error(cbir_json, library, tmp_path):
    code, (document,) = cbir_json("folders", "remove", tmp_path, "--library", library)
    assert (code, document["error"]["kind"]) == (2, "not-watched")
    code, (document,) = cbir_json("folders", "add", tmp_path / "none", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "no-such-path")


def test_prune_says_first_what_it_would_do(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 4)
    cbir_json("index", photos, "--library", library)
    (photos / "0001.jpg").unlink()
    cbir_json("index", "--library", library)
    for flags, missing in ((("--missing", "--dry-run"), 1), (("--missing",), 1), (("--missing",), 0)):
        _, (report,) = cbir_json("prune", *flags, "--library", library)
        assert (report["files"], report["contents"], report["vectors"]) == (missing, missing, missing)
    assert cbir_json("status", "--library", library)[1][0]["contents"] == 3


def test_hits_say_their_state_and_drive(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    cbir_json("index", photos, "--library", library)
    shutil.copytree(photos, tmp_path / "copy")
    photos.rename(tmp_path / "unplugged")
    assert cbir_json("index", "--library", library)[0] == 1
    _, (answer,) = cbir_json("search", tmp_path / "copy" / "0001.jpg", "--include-self", "--library", library)
    assert {hit["state"] for hit in answer["results"]} == {"offline"}
    assert all(hit["volume"] for hit in answer["results"])


def test_problems_are_explained_ignored_and_retried(cbir_json, cbir, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 2)
    bad = photos / "bad.jpg"
    bad.touch()
    assert cbir_json("index", photos, "--library", library)[0] == 1
    code, (listing,) = cbir_json("problems", "--library", library)
    (problem,) = listing["problems"]
    assert (code, problem["path"], problem["kind"], problem["ignored"]) == (1, str(bad), "empty", False)
    assert "backup" in problem["advice"]
    assert cbir("problems", "--ignore", bad, "--library", library)[0] == 0
    for command in (["index"], ["status"], ["problems"]):
        assert cbir(*command, "--library", library)[0] == 0
    assert cbir("problems", "--unignore", bad, "--library", library)[0] == 1
    shutil.copy(photos / "0001.jpg", bad)
    code, (listing,) = cbir_json("problems", "--retry", "--library", library)
    assert (code, listing["problems"]) == (0, [])
    code, (document,) = cbir_json("problems", "--ignore", bad, "--library", library)
    assert (code, document["error"]["kind"]) == (2, "no-such-problem")


def test_watch_follows_until_ctrl_c(library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    command = [sys.executable, "-m", "cbir_desktop"]
    subprocess.run([*command, "index", photos, "--library", library], check=True, capture_output=True)
    watching = subprocess.Popen(
        [*command, "watch", "--library", library, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = threading.Timer(60, watching.kill)
    deadline.start()
    try:
        following = json.loads(watching.stdout.readline())
        assert [folder["mode"] for folder in following["folders"]] == ["watching"]
        write_photos(photos, 1, start=50)
        changed = json.loads(watching.stdout.readline())
        assert (changed["event"], changed["indexed"], changed["failed"]) == ("changed", 1, 0)
    finally:
        watching.send_signal(signal.SIGINT)
        _, errors = watching.communicate(timeout=60)
        deadline.cancel()
    assert (watching.returncode, errors) == (0, "")


def test_watching_nothing_is_an_error(cbir_json, library):
    code, (document,) = cbir_json("watch", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "no-folders")


@pytest.mark.parametrize(
    "command", [["folders"], ["folders", "relink", "x"], ["prune", "--all"], ["problems", "--ignore"]]
)
def test_wrong_usage(cbir_json, command):
    code, (document,) = cbir_json(*command)
    assert (code, document["error"]["kind"]) == (2, "usage")
