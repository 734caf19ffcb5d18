import json
import os
import shutil

import pytest


def test_index_and_search_as_json(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 6)
    code, (report,) = cbir_json("index", photos, "--library", library)
    assert code == 0
    seconds = report.pop("seconds")
    assert seconds > 0
    assert report == {
        "schema": 1, "seen": 6, "indexed": 6, "reused": 0, "unchanged": 0, "missing": 0, "failed": [],
    }  # fmt: skip
    shutil.copy(photos / "0003.jpg", photos / "copy.jpg")
    cbir_json("index", photos, "--library", library)
    code, (answer,) = cbir_json("search", photos / "0002.jpg", "-k", 5, "--library", library)
    assert code == 0
    assert answer["schema"] == 1
    assert answer["query"] == [str(photos / "0002.jpg")]
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3, 4, 5]
    (three,) = [result for result in answer["results"] if result["path"].endswith("0003.jpg")]
    assert three["also"] == [str(photos / "copy.jpg")]
    assert str(photos / "0002.jpg") not in [result["path"] for result in answer["results"]]
    _, (itself,) = cbir_json("search", photos / "0002.jpg", "--include-self", "--library", library)
    assert itself["results"][0]["path"] == str(photos / "0002.jpg")


def test_each_gives_a_document_a_line_with_errors_in_place(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 4)
    cbir_json("index", photos, "--library", library)
    (tmp_path / "bad.jpg").write_text("?")
    queries = [photos / "0001.jpg", tmp_path / "bad.jpg", tmp_path / "none.jpg", photos / "0002.jpg"]
    code, documents = cbir_json("search", *queries, "--each", "--library", library)
    assert code == 1
    assert [document["query"] for document in documents] == [[str(query)] for query in queries]
    assert [document.get("error", {}).get("kind") for document in documents] == [None, "not-an-image", "vanished", None]
    assert all(document["schema"] == 1 for document in documents)


def test_an_unreadable_single_query_is_an_error(cbir_json, library, tmp_path, write_photos):
    cbir_json("index", write_photos(tmp_path / "photos", 2), "--library", library)
    code, (document,) = cbir_json("search", tmp_path / "none.jpg", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "vanished")


def test_problems_give_exit_code_1_until_they_are_gone(cbir, cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 2)
    (photos / "empty.jpg").touch()
    for _ in range(2):
        code, (report,) = cbir_json("index", photos, "--library", library)
        assert code == 1
        assert report["failed"] == [
            {"path": str(photos / "empty.jpg"), "kind": "empty", "reason": "the file is empty"},
        ]
    code, (status,) = cbir_json("status", "--library", library)
    assert (code, len(status["problems"])) == (1, 1)
    (photos / "empty.jpg").unlink()
    assert cbir("index", photos, "--library", library)[0] == 0


def test_status_counts_what_is_there(cbir, cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    cbir("index", photos, "--library", library)
    code, (status,) = cbir_json("status", "--library", library)
    assert code == 0
    assert status["files"] == {"online": 3, "offline": 0, "missing": 0, "trashed": 0}
    assert status["folders"] == [str(photos)]
    assert [(vectors["encoder"], vectors["count"]) for vectors in status["vectors"]] == [("hsv", 3)]
    assert str(photos) in cbir("status", "--library", library)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search"],
        ["search", "x.jpg", "-k", "0"],
        ["search", "x.jpg", "-k", "many"],
        ["index", "."],
        ["no-such-command"],
        ["index", ".", "--no-such-option"],
    ],
)
def test_wrong_usage_is_one_document_and_exit_code_2(cbir_json, arguments, tmp_path, monkeypatch):
    if arguments == ["index", "."]:
        arguments = ["index", str(tmp_path / "nowhere"), "--library", str(tmp_path / "l"), "--encoder", "hsv"]
    code, (document,) = cbir_json(*arguments)
    assert code == 2
    assert document["error"]["kind"] in ("usage", "no-such-path")
    assert document["error"]["message"]


def test_a_name_that_is_not_utf8_comes_back_whole(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 2)
    name = os.fsencode(photos) + b"/gr\xfc\xdfe.jpg"
    os.rename(photos / "0001.jpg", os.fsdecode(name))
    cbir_json("index", photos, "--library", library)
    code, (answer,) = cbir_json("search", photos / "0000.jpg", "--library", library)
    assert code == 0
    assert os.fsencode(answer["results"][0]["path"]) == name


def test_text_for_people(cbir, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    code, out, _ = cbir("index", photos, "--library", library)
    assert code == 0
    assert "3 files seen: 3 indexed" in out
    code, out, _ = cbir("search", photos / "0001.jpg", "--library", library)
    assert "0002.jpg" in out


def test_errors_for_people_go_to_stderr(cbir, library, tmp_path):
    code, out, error = cbir("search", tmp_path / "x.jpg", "--library", library)
    assert (code, out) == (2, "")
    assert error.startswith("cbir: ")


def test_models_list_names_every_encoder(cbir_json):
    code, (document,) = cbir_json("models", "list")
    assert code == 0
    assert {"default", "hsv", "phash"} <= {model["name"] for model in document["models"]}


def test_doctor_sees_a_sound_library_and_a_damaged_index(cbir_json, cbir, library, tmp_path, write_photos):
    cbir("index", write_photos(tmp_path / "photos", 3), "--library", library)

    def checks():
        return {check["name"]: check for check in cbir_json("doctor", "--library", library)[1][0]["checks"]}

    assert checks()["index hsv"]["detail"].endswith("3 rows, level with the catalog")
    assert checks()["catalog"]["status"] == "ok"
    for path in (library / "index").rglob("*"):
        if path.is_file() and path.suffix != ".json":
            path.write_bytes(b"harm")
    assert checks()["index hsv"]["status"] == "note"


def test_doctor_makes_no_library(cbir_json, tmp_path):
    _, (document,) = cbir_json("doctor", "--library", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert "no library" in json.dumps(document)


def test_a_damaged_catalog_is_a_known_error(cbir_json, library):
    (library / "catalog.sqlite").write_bytes(b"not a database at all" * 300)
    code, (document,) = cbir_json("status", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "damaged-catalog")


def test_evaluate_a_folder_per_class(cbir, cbir_json, tmp_path, write_photos):
    for number, name in enumerate("abc"):
        write_photos(tmp_path / "set" / name, 3, start=10 * number)
    code, (document,) = cbir_json(
        "evaluate", "folder-per-class", tmp_path / "set", "--encoder", "hsv", "--encoder", "phash"
    )
    assert code == 0
    assert [result["encoder"] for result in document["results"]] == ["hsv", "phash"]
    assert all(0 < result["map_step"] <= 1 for result in document["results"])
    code, out, _ = cbir("evaluate", "folder-per-class", tmp_path / "set", "--encoder", "hsv")
    assert "mAP (step)" in out


@pytest.mark.parametrize("command", [["status"], ["search", "x.jpg"], ["problems"], ["reembed", "--encoder", "hsv"]])
def test_only_indexing_makes_a_library(cbir_json, tmp_path, command):
    code, (document,) = cbir_json(*command, "--library", tmp_path / "typo")
    assert (code, document["error"]["kind"]) == (2, "no-library")
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", "--wait", "nan"],
        ["index", "--wait", "-1"],
        ["index", "--power", "turbo"],
        ["evaluate", "indexing", "--rounds", "0"],
        ["evaluate", "indexing", "--camera", "-5"],
        ["evaluate", "scale", "photos", "--photos", "0"],
        ["evaluate", "planted", "photos", "--originals", "0"],
        ["evaluate", "planted", "photos", "--seed", "-1"],
        ["models", "add", "net.onnx", "--size", "0"],
    ],
)
def test_senseless_numbers_are_wrong_usage(cbir_json, arguments):
    code, (document,) = cbir_json(*arguments)
    assert (code, document["error"]["kind"]) == (2, "usage")
    assert arguments[-2] in document["error"]["message"]


@pytest.mark.parametrize("line", ["decode_threads = -1", "schema_version = 'one'", "power = 1"])
def test_bad_settings_are_told(cbir, library, line):
    (library / "settings.toml").write_text(line + "\n")
    code, out, err = cbir("index", "--library", library)
    assert (code, out) == (2, "")
    assert "settings.toml" in err
    assert line.split()[0] in err


def test_evaluate_holidays(cbir_json, tmp_path, write_photos):
    photos = write_photos(tmp_path / "set", 4)
    for number, name in enumerate(("100000", "100001", "100100", "100101")):
        (photos / f"{number:04}.jpg").rename(photos / f"{name}.jpg")
    code, (document,) = cbir_json("evaluate", "holidays", photos, "--encoder", "hsv")
    assert (code, document["form"]) == (0, "step")
    (result,) = document["results"]
    assert (result["queries"], result["pictures"]) == (2, 4)
    assert 0 < result["mean_average_precision"] <= 1


def test_evaluate_trec_measures_a_run(cbir, cbir_json, tmp_path):
    (tmp_path / "qrels").write_text("q 0 a.jpg 1\nq 0 b.jpg 0\nq 0 c.jpg 1\n")
    (tmp_path / "run").write_text("q Q0 b.jpg 1 0.9 ours\nq Q0 a.jpg 2 0.8 ours\n")
    code, (document,) = cbir_json("evaluate", "trec", tmp_path / "qrels", tmp_path / "run")
    assert (code, document["queries"], document["map"], document["recall"]["5"]) == (0, 1, 0.25, 0.5)
    (tmp_path / "run").write_text("q Q0 b.jpg 1 0.9\n")
    code, _, err = cbir("evaluate", "trec", tmp_path / "qrels", tmp_path / "run")
    assert code == 2
    assert "line 1" in err


def test_evaluate_lab(cbir, cbir_json, tmp_path, write_photos):
    for kind, start in (("one", 0), ("two", 50)):
        write_photos(tmp_path / "set" / kind, 3, start)
    given = ["evaluate", "lab", "folder-per-class", tmp_path / "set", "--out", tmp_path / "out"]
    ways = ["--encoder", "hsv", "--encoder", "layout", "--whiten", "0", "--whiten", "3", "--rerank", "aqe:nearest=1,2"]
    code, (document,) = cbir_json(*given, *ways)
    assert code == 0
    assert [row["name"] for row in document["results"]][:3] == ["hsv", "hsv / aqe nearest=1", "hsv / aqe nearest=2"]
    assert len(document["results"]) == 7
    code, out, _ = cbir(*given, "--encoder", "gray")
    assert code == 0
    assert "| gray " in out
    assert (tmp_path / "out" / "recall-latency.svg").exists()
    code, _, error = cbir(*given, "--rerank", "no-such")
    assert code == 2
    assert "no-such" in error
