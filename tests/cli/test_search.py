"""``cbir search`` with pictures plus and minus, regions, looks and filters, as JSON."""

import os

import pytest
from PIL import Image


def halves(path, left, right, size=(160, 120), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, size[0], size[1]))
    picture.save(path, **options)
    return path


RED, GREEN, BLUE = (200, 30, 30), (30, 160, 40), (40, 60, 200)


@pytest.fixture
def colours(cbir_json, library, tmp_path):
    folder = tmp_path / "colours"
    for name, left, right in (
        ("red.png", RED, RED), ("red-green.png", RED, GREEN), ("green-red.png", GREEN, RED),
        ("green.jpg", GREEN, GREEN), ("sub/blue.png", BLUE, BLUE),
    ):  # fmt: skip
        halves(folder / name, left, right)
    os.utime(folder / "red.png", (86400 * 365.25 * 20 + 43200,) * 2)  # noon of the first of January 1990
    cbir_json("index", folder, "--library", library)
    return folder


@pytest.fixture
def search(cbir_json, library):
    def search(*arguments):
        code, (document,) = cbir_json("search", *arguments, "--library", library)
        assert code == 0, document
        return document

    return search


def names(document):
    return [result["path"].rpartition("/")[2] for result in document["results"]]


def test_plus_minus_and_weights(colours, search):
    document = search(colours / "red.png", colours / "sub/blue.png", "--minus", colours / "green.jpg", "--include-self")
    assert document["query"] == [str(colours / "red.png"), str(colours / "sub/blue.png")]
    assert (document["minus"], document["by"]) == ([str(colours / "green.jpg")], "content")
    assert "green.jpg" not in names(document)
    pictures = (colours / "red.png", colours / "sub/blue.png")
    assert names(search(*pictures, "--weights", "9,0.1", "--include-self"))[0] == "red.png"
    assert names(search(*pictures, "--weights", "0.1,9", "--include-self"))[0] == "blue.png"


def test_a_region_of_the_first_picture(colours, search, tmp_path):
    query = halves(tmp_path / "query.png", BLUE, GREEN, (400, 300))
    assert names(search(query, "--region", "0,0,200,300", "-k", 1)) == ["blue.png"]
    assert names(search(query, "--region", "215,20,150,250,10", "-k", 1)) == ["green.jpg"]


def test_looks_blend_sort_and_threshold(colours, search):
    query = colours / "red-green.png"
    assert names(search(query, "--by", "colour"))[0] == "green-red.png"
    everything = search(query, "--by", "layout")
    assert everything["by"] == "layout"
    cut = everything["results"][1]["score"]
    assert len(search(query, "--by", "layout", "--threshold", cut - 1e-6)["results"]) == 2
    assert names(search(query, "--sort", "name")) == ["blue.png", "green-red.png", "green.jpg", "red.png"]
    assert names(search(query, "--sort", "name", "--reverse")) == ["red.png", "green.jpg", "green-red.png", "blue.png"]
    colour = {r["path"]: r["score"] for r in search(query, "--by", "colour")["results"]}
    blended = search(query, "--blend", "colour:1")["results"]
    assert {r["path"]: r["score"] for r in blended} == pytest.approx(colour, abs=1e-5)


def test_filters(colours, search):
    query = colours / "red-green.png"
    assert names(search(query, "--folder", colours / "sub")) == ["blue.png"]
    assert names(search(query, "--format", "jpeg")) == ["green.jpg"]
    assert names(search(query, "--until", "1990-12-31")) == ["red.png"]
    assert "red.png" not in names(search(query, "--since", "1990-12-31"))
    assert search(query, "--camera", "Canon")["results"] == []
    assert search(query, "--state", "offline")["results"] == []
    assert len(search(query, "--min-size", "160x120")["results"]) == 4
    assert search(query, "--min-size", "1MP")["results"] == []
    assert len(search(query, "--max-size", "1GB", "--min-size", "0.01MP")["results"]) == 4


def test_copies_are_proved_without_being_asked(colours, search, tmp_path):
    document = search(halves(tmp_path / "q.jpg", RED, GREEN, (320, 240)), "--by", "copy")
    assert document["by"] == "copy"
    assert all("probability" in result for result in document["results"])
    best = document["results"][0]
    assert best["score"] == pytest.approx(best["probability"]["copy"], abs=1e-5)


def test_each_takes_the_minus_pictures_and_the_filters_along(cbir_json, colours, library):
    pictures = (colours / "red.png", colours / "green.jpg")
    arguments = ("--each", "--minus", colours / "sub/blue.png", "--format", "png", "--library", library)
    code, documents = cbir_json("search", *pictures, *arguments)
    assert code == 0
    assert [document["query"] for document in documents] == [[str(picture)] for picture in pictures]
    for document in documents:
        assert document["minus"] == [str(colours / "sub/blue.png")]
        assert all(name.endswith(".png") and name != "blue.png" for name in names(document))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--weights", "1,2"], ["--weights", "x"], ["--weights", "0"], ["--weights", "nan"], ["--region", "1,2,3"],
        ["--region", "0,0,0,9"], ["--region", "a"], ["--by", "smell"], ["--blend", "colour"], ["--blend", "taste:1"],
        ["--blend", "colour:2"], ["--since", "yesterday"], ["--min-size", "big"], ["--state", "missing"],
        ["--threshold", "inf"], ["--sort", "rank"],
    ],
)  # fmt: skip
def test_wrong_options_are_told(cbir_json, library, colours, arguments):
    code, (document,) = cbir_json("search", colours / "red.png", *arguments, "--library", library)
    assert (code, document["error"]["kind"]) == (2, "usage")
    assert " _" not in document["error"]["message"]  # the name of one of our functions


def test_a_region_beside_the_picture_is_told(cbir_json, library, colours):
    code, (document,) = cbir_json("search", colours / "red.png", "--region", "900,0,50,50", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "bad-region")
    assert "160 x 120" in document["error"]["message"]
