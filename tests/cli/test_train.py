import pytest

from cbir_desktop.encoders.vocabulary import Vocabulary

pytest.importorskip("sklearn", reason="vocabularies need the extra lab")


@pytest.fixture
def trained(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 6)
    (photos / "broken.jpg").write_bytes(b"no picture")
    code, (document,) = cbir_json(
        "train", "vocabulary", photos, "--name", "mine", "--sizes", "4", "8", "--library", library
    )
    return code, document, photos


def test_a_vocabulary_is_trained_and_says_what_it_left_out(trained, library):
    code, document, _ = trained
    assert code == 1
    assert [problem["name"] for problem in document["problems"]] == ["broken.jpg"]
    assert [point["words"] for point in document["curve"]] == [4, 8]
    best = min(document["curve"], key=lambda point: point["davies_bouldin"])["words"]
    assert f"{best} kept" in (library / "models" / "mine.svg").read_text()
    assert document["words"] == best == len(Vocabulary.load(library / "models" / "mine.npz").centres)


@pytest.mark.parametrize("kind", ["bovw", "vlad"])
def test_a_vocabulary_is_an_encoder_of_the_library(trained, cbir, cbir_json, library, kind):
    _, _, photos = trained
    assert cbir("index", photos, "--library", library, "--encoder", f"{kind}-mine")[0] == 1
    code, (document,) = cbir_json("search", photos / "0003.jpg", "--include-self", "--library", library)
    assert code == 0
    assert document["results"][0]["path"].endswith("0003.jpg")


def test_a_name_that_is_taken_is_refused(trained, cbir, library):
    code, _, err = cbir("train", "vocabulary", trained[2], "--name", "mine", "--library", library)
    assert code == 2
    assert "named mine" in err
    assert cbir("train", "vocabulary", trained[2], "--name", "hsv", "--library", library)[0] == 2


def test_a_vocabulary_that_is_not_there_is_no_encoder(cbir, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 1)
    code, _, err = cbir("index", photos, "--library", library, "--encoder", "vlad-nothing")
    assert code == 2
    assert "vlad-nothing" in err


def test_only_some_pictures_are_learned_from(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 6)
    for name in ("0000.jpg", "0001.jpg"):
        (photos / name).write_bytes(b"no picture")
    (photos / "labels.csv").write_text("file,class,split\n" + "".join(f"{n:04}.jpg,,{'ab'[n > 1]}\n" for n in range(6)))
    common = ("train", "vocabulary", photos, "--sizes", "2", "--library", library)
    for name, more, broken in (("all", (), 2), ("part", ("--split", "b"), 0)):
        code, (document,) = cbir_json(*common, "--name", name, *more)
        assert (code, len(document["problems"])) == (min(1, broken), broken)
    code, (refused,) = cbir_json(*common, "--name", "few", "--split", "a", "--pictures", "1")  # one of the broken
    assert (code, refused["error"]["kind"]) == (2, "sample-too-small")
