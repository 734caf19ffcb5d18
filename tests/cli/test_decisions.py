"""cbir decisions."""

import json


def test_decide_list_export_revoke_import(cbir_json, cbir, library, write_photos, tmp_path):
    photos = write_photos(tmp_path / "photos", 3)
    cbir_json("index", photos, "--library", library)
    one, other = photos / "0000.jpg", photos / "0001.jpg"
    on = ("--library", library)
    code, (added,) = cbir_json("decisions", "add", "prefer", one, other, *on)
    assert (code, added["kind"]) == (0, "prefer")
    code, (listed,) = cbir_json("decisions", "list", *on)
    (decision,) = listed["decisions"]
    assert decision["paths"] == {"a": [str(one)], "b": [str(other)]}
    assert str(one) in cbir("decisions", "list", *on)[1]
    file = tmp_path / "decisions.json"
    assert cbir_json("decisions", "export", file, *on)[1][0]["exported"] == 1
    assert cbir_json("decisions", "revoke", decision["id"], 77, *on) == (
        1,
        [{"schema": 1, "revoked": [decision["id"]], "unknown": [77]}],
    )
    assert cbir_json("decisions", "list", *on)[1][0]["decisions"] == []
    assert cbir_json("decisions", "import", file, *on)[1][0]["added"] == 1
    assert cbir_json("decisions", "add", "prefer", other, one, *on)[0] == 0
    code, (report,) = cbir_json("decisions", "import", file, *on)
    assert (code, len(report["conflicts"])) == (1, 1)


def test_what_cannot_be_decided(cbir_json, library, write_photos, tmp_path):
    photos = write_photos(tmp_path / "photos", 2)
    cbir_json("index", photos, "--library", library)
    on = ("--library", library)
    code, (refused,) = cbir_json("decisions", "add", "ignore", photos / "0000.jpg", photos / "0000.jpg", *on)
    assert (code, refused["error"]["kind"]) == (2, "same-bytes")
    (tmp_path / "bad.json").write_text(json.dumps({"decisions": []}))
    assert cbir_json("decisions", "import", tmp_path / "bad.json", *on)[0] == 2
    assert cbir_json("decisions", "list", "--library", tmp_path / "none")[1][0]["error"]["kind"] == "no-library"
