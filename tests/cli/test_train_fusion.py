import pytest

pytest.importorskip("skops", reason="fusion needs the extra lab")


def test_a_fusion_is_learned_measured_and_used(cbir, cbir_json, library, sorted_photos):
    arguments = ("train", "fusion", sorted_photos, "--name", "mine", "--parts", "hog", "hsv", "--library", library)
    code, (made,) = cbir_json(*arguments, "--classifier", "logistic", "--weight", "0.7", "--measure", "pictures")
    assert code == 0
    assert [row["encoder"] for row in made["measured"]] == ["hog", "hsv", "parts alone", "fusion-mine"]
    assert made["measured"][-1]["dim"] == made["dim"] == 1764 + 128 + 3
    assert made["measured"][-1]["map_step"] >= made["measured"][-2]["map_step"]
    assert made["classifier"]["accuracy"] > 0.5
    assert cbir("index", sorted_photos, "--library", library, "--encoder", "fusion-mine")[0] == 0
    code, (found,) = cbir_json("search", sorted_photos / "kind1" / "3.png", "--include-self", "--library", library)
    assert found["results"][0]["path"].endswith("3.png")
    code, (refused,) = cbir_json(*arguments)
    assert (code, refused["error"]["kind"]) == (2, "name-taken")


def test_parts_alone_need_no_classes(cbir_json, library, sorted_photos):
    arguments = ("train", "fusion", sorted_photos, "--name", "plain", "--library", library)
    code, (made,) = cbir_json(*arguments)
    assert (code, made["classifier"], made["dim"]) == (0, None, 1764 + 128)
