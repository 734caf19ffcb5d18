import numpy as np
import pytest
import skimage.data
from PIL import Image

from tests.collages import collage

CHELSEA = skimage.data.chelsea()
FIELDS = [
    "relations",
    "proved",
    "probability",
    "matches",
    "inliers",
    "mirrored",
    "rotation_degrees",
    "scale",
    "coverage_a",
    "coverage_b",
    "contains",
    "homography",
    "seconds",
]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(CHELSEA).save(folder / "cat.jpg", quality=92)
    part = np.ascontiguousarray(CHELSEA[30:280, 60:420][:, ::-1])
    Image.fromarray(part).save(folder / "part.jpg", quality=92)
    Image.fromarray(skimage.data.coffee()).save(folder / "coffee.jpg", quality=92)
    return folder


def test_objects_are_told_with_their_outlines(cbir, cbir_json, tmp_path):
    picture, _ = collage()
    Image.fromarray(picture).save(tmp_path / "collage.jpg", quality=92)
    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "astronaut.jpg", quality=92)
    pair = (tmp_path / "collage.jpg", tmp_path / "astronaut.jpg", "--library", tmp_path / "none")
    code, [document] = cbir_json("verify", *pair, "--objects")
    assert code == 0
    assert len(document["objects"]) == 2
    for found in document["objects"]:
        homography = np.reshape(found["homography"], (3, 3))
        outline = np.column_stack([found["outline_a"], np.ones(len(found["outline_a"]))]) @ homography.T
        mapped = outline[:, :2] / outline[:, 2:]
        frame = np.array(found["outline_b"])
        assert (mapped > frame.min(axis=0) - 8).all()
        assert (mapped < frame.max(axis=0) + 8).all()
        assert found["inliers"] >= 6
        assert found["mirrored"] is False
    told = cbir("verify", *pair, "--objects")[1]
    assert "2 objects found." in told
    assert told.count("matches; A ") == 2
    assert "objects" not in cbir_json("verify", *pair)[1][0]


def test_verify_gives_the_fields_and_needs_no_library(cbir_json, photos, tmp_path):
    code, [document] = cbir_json(
        "verify", photos / "cat.jpg", photos / "part.jpg", "--library", tmp_path / "nothing-there"
    )
    assert code == 0
    assert [name for name in document if name not in ("schema", "numbers")] == FIELDS
    assert {"mirrored", "cropped"} <= set(document["relations"])
    assert document["proved"] == "copy"
    assert document["mirrored"] is True
    assert document["contains"] == "a"
    assert document["coverage_b"] > 0.97
    assert document["inliers"] <= document["matches"]
    assert document["probability"]["copy"] > 0.9
    assert document["numbers"]["cropped"]["share"] == document["coverage_a"]
    homography = np.reshape(document["homography"], (3, 3))
    mapped = homography @ [60, 30, 1]  # the upper left of the part lies at its upper right
    np.testing.assert_allclose(mapped[:2] / mapped[2], [360, 0], atol=1.5)
    assert not (tmp_path / "nothing-there").exists()


def test_verify_says_when_nothing_is_proved(cbir, cbir_json, photos, library):
    pair = ("verify", photos / "cat.jpg", photos / "coffee.jpg", "--library", library)
    code, [document] = cbir_json(*pair)
    assert code == 0
    assert document["proved"] is None
    assert document["relations"] == ["unrelated"]
    assert document["homography"] is None
    assert document["contains"] is None
    assert document["mirrored"] is False
    assert cbir(*pair)[1].startswith("Not proved: nothing shows")


def test_verify_for_people_names_the_relations(cbir, photos, library):
    code, out, _ = cbir("verify", photos / "part.jpg", photos / "cat.jpg", "--library", library)
    assert code == 0
    assert out.startswith("A is a crop of B: ")  # the sentence of the window
    assert "mirrored" in out.splitlines()[0]
    assert "probability      copy 1.000" in out


def test_verify_draws_the_proof(cbir_json, photos, library, tmp_path):
    target = tmp_path / "proof.png"
    cbir_json("verify", photos / "cat.jpg", photos / "part.jpg", "--overlay", target, "--library", library)
    with Image.open(target) as picture:
        assert picture.size == (CHELSEA.shape[1] + 360 + 12, CHELSEA.shape[0])


def test_verify_names_a_file_that_cannot_be_read(cbir_json, photos, library):
    code, [document] = cbir_json("verify", photos / "cat.jpg", photos / "absent.jpg", "--library", library)
    assert code == 2
    assert "absent.jpg" in document["error"]["message"]


def test_search_verify_puts_what_is_proved_first(cbir, cbir_json, photos, library):
    cbir("index", photos, "--library", library)
    query = photos.parent / "query.jpg"
    Image.fromarray(CHELSEA[20:200, 100:350]).save(query, quality=90)
    code, [plain] = cbir_json("search", query, "--library", library)
    assert code == 0
    assert not any("proved" in result for result in plain["results"])
    code, [document] = cbir_json("search", query, "--verify", "--library", library)
    results = document["results"]
    assert [result["rank"] for result in results] == [1, 2, 3]
    assert all(set(FIELDS) <= set(result) for result in results)
    assert [result["proved"] for result in results] == ["copy", "copy", None]
    assert results[-1]["path"].endswith("coffee.jpg")
    out = cbir("search", query, "--verify", "2", "--library", library)[1]
    assert "cropped" in out
    _, [one] = cbir_json("search", query, "--verify", "1", "--library", library)
    assert sum("proved" in result for result in one["results"]) == 1
    assert cbir("search", query, "--verify", "0", "--library", library)[0] == 2


def test_each_search_is_verified_by_its_own_query(cbir, cbir_json, photos, library):
    cbir("index", photos, "--library", library)
    code, documents = cbir_json(
        "search", photos / "part.jpg", photos / "coffee.jpg", "--each", "--verify", "2", "--library", library
    )
    assert code == 0
    assert documents[0]["results"][0]["proved"] == "copy"
    assert documents[0]["results"][0]["mirrored"] is True
    assert all(result["proved"] is None for result in documents[1]["results"])
