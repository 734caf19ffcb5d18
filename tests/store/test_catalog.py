import os
from dataclasses import replace

import numpy as np
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.files import Content, FileRecord
from cbir_desktop.store.places import Place, Volume

VOLUME = Volume("uuid-1", "/")
PICTURES = Place(VOLUME, "home/a/Pictures")
rng = np.random.default_rng(0)


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


@pytest.fixture
def encoder_id(catalog):
    return catalog.vectors.encoder_id("key-1", "test", 8)


def content(number):
    return Content(bytes([number]) * 32, 1000 + number, 640, 480, "JPEG")


def unit_vector():
    vector = rng.normal(size=8).astype(np.float32)
    return vector / np.linalg.norm(vector)


def record(name, what, place=PICTURES, vector=None, problem=None):
    return FileRecord(place, name, 10, 20, 30, what, vector, problem)


def in_folder(catalog, place=PICTURES):
    """The known files of a folder by name."""
    (folder,) = [folder for folder in catalog.folders.all() if folder.place.path == place.path]
    return catalog.files.in_folder(folder.id)


def add(catalog, encoder_id, *names):
    catalog.files.record(
        [record(name, content(number), vector=unit_vector()) for number, name in enumerate(names)], encoder_id
    )


def test_a_record_comes_back(catalog, encoder_id):
    vector = unit_vector()
    recorded = catalog.files.record([record("a.jpg", content(1), vector=vector)], encoder_id)
    (photo,) = catalog.photos(catalog.photo_ids())
    assert (photo.path, photo.hash, photo.size_bytes, photo.width, photo.height) == (
        "/home/a/Pictures/a.jpg", b"\x01" * 32, 1001, 640, 480,
    )  # fmt: skip
    ids, vectors = catalog.vectors.of([photo.content_id], encoder_id)
    assert ids.tolist() == list(recorded.ids) == [photo.content_id]
    np.testing.assert_allclose(vectors[0], vector, atol=1e-3)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-6)


def test_one_content_in_two_files_is_one_photo(catalog, encoder_id):
    recorded = catalog.files.record(
        [record("b.jpg", content(1), vector=unit_vector()), record("a.jpg", content(1), vector=unit_vector())],
        encoder_id,
    )
    assert (len(recorded.ids), recorded.reused) == (1, 1)
    (photo,) = catalog.photos(catalog.photo_ids())
    assert (photo.path, photo.also) == ("/home/a/Pictures/a.jpg", ("/home/a/Pictures/b.jpg",))


def test_a_known_content_is_found_by_its_hash_alone(catalog, encoder_id):
    add(catalog, encoder_id, "a.jpg")
    assert catalog.vectors.content_with_vector(b"\x00" * 32, encoder_id) is not None
    assert catalog.vectors.content_with_vector(b"\x01" * 32, encoder_id) is None
    other = catalog.vectors.encoder_id("key-2", "other", 8)
    assert catalog.vectors.content_with_vector(b"\x00" * 32, other) is None
    recorded = catalog.files.record([record("copy.jpg", b"\x00" * 32)], encoder_id)
    assert recorded.reused == 1
    assert catalog.photos(catalog.photo_ids())[0].also == ("/home/a/Pictures/copy.jpg",)


def test_names_that_are_not_utf8_survive(catalog, encoder_id):
    name = os.fsdecode(b"gr\xfc\xdfe.jpg")
    add(catalog, encoder_id, name, "📷 äöü.jpg")
    paths = {photo.path for photo in catalog.photos(catalog.photo_ids())}
    assert paths == {f"/home/a/Pictures/{name}", "/home/a/Pictures/📷 äöü.jpg"}
    assert set(in_folder(catalog)) == {name, "📷 äöü.jpg"}


def test_a_problem_is_listed_until_the_file_is_read(catalog, encoder_id):
    catalog.files.record([record("bad.jpg", None, problem=DecodeError("it is cut off"))], encoder_id)
    file = in_folder(catalog)["bad.jpg"]
    assert (file.content_id, catalog.problem_of("bad.jpg", file.id).kind) == (None, "damaged")
    (problem,) = catalog.problems()
    assert (problem.path, problem.kind, problem.reason) == ("/home/a/Pictures/bad.jpg", "damaged", "it is cut off")
    catalog.files.record([record("bad.jpg", content(1), vector=unit_vector())], encoder_id)
    assert catalog.problems() == []


def test_photos_answer_in_the_order_asked_and_drop_the_unknown(catalog, encoder_id):
    add(catalog, encoder_id, "a.jpg", "b.jpg", "c.jpg")
    a, b, c = catalog.photo_ids()
    assert [photo.path[-5:] for photo in catalog.photos([c, 999, a, b])] == ["c.jpg", "a.jpg", "b.jpg"]


def test_missing_photos_are_not_shown_but_kept(catalog, encoder_id):
    add(catalog, encoder_id, "a.jpg", "b.jpg")
    file = in_folder(catalog)["a.jpg"]
    catalog.files.set_state([file.id], "missing")
    assert [photo.path[-5:] for photo in catalog.photos(catalog.photo_ids())] == ["b.jpg"]
    assert len(catalog.vectors.ids(encoder_id)) == 2
    assert catalog.counts()["missing"] == 1


def test_a_volume_that_comes_back_elsewhere_keeps_its_photos(catalog, encoder_id):
    catalog.files.record([record("x.jpg", content(1), Place(Volume("u", "/mnt/a"), "dcim"), unit_vector())], encoder_id)
    catalog.files.record([record("y.jpg", content(2), Place(Volume("u", "/mnt/b"), "dcim"), unit_vector())], encoder_id)
    assert [p.path for p in catalog.photos(catalog.photo_ids())] == ["/mnt/b/dcim/x.jpg", "/mnt/b/dcim/y.jpg"]


def test_watched_folders_and_meta(catalog):
    catalog.folders.watch([PICTURES, Place(VOLUME, "")])
    assert catalog.watched() == ["/", "/home/a/Pictures"]
    assert catalog.meta("encoder") is None
    assert catalog.settle_meta("encoder", "default") == "default"
    assert catalog.settle_meta("encoder", "hsv") == "default"


def test_vectors_of_many_contents(catalog, encoder_id):
    add(catalog, encoder_id, *(f"{number}.jpg" for number in range(30)))
    ids, vectors = catalog.vectors.of(catalog.photo_ids().tolist() * 40, encoder_id)  # more than one statement holds
    assert len(ids) == len(vectors)
    assert len(np.unique(ids)) == 30
    assert catalog.vectors.encoders() == [("test", "key-1", 8, 30)]
    assert catalog.vectors.of([], encoder_id)[0].tolist() == []


def test_a_value_of_the_library_is_set_and_forgotten(catalog):
    catalog.set_meta("next", "a")
    catalog.set_meta("next", "b")
    assert catalog.meta("next") == "b"
    catalog.set_meta("next", None)
    assert catalog.meta("next") is None


def test_vectors_of_several_encoders_are_told_apart(catalog, encoder_id):
    assert not catalog.vectors.any()
    other = catalog.vectors.encoder_id("key-2", "other", 8)
    new = record("a.jpg", content(1), vector=unit_vector())
    recorded = catalog.files.record([replace(new, more_vectors=((other, unit_vector()),))], encoder_id)
    assert len(recorded.ids) == 1
    assert catalog.vectors.ids(encoder_id).tolist() == catalog.vectors.ids(other).tolist() == list(recorded.ids)
    assert catalog.vectors.any()
    row = catalog.vectors.last_row()
    assert not catalog.vectors.any_since(row, encoder_id)
    add(catalog, encoder_id, "b.jpg", "c.jpg")
    assert catalog.vectors.any_since(row, encoder_id)
    assert not catalog.vectors.any_since(row, other)


def test_photos_of_one_folder(catalog, encoder_id):
    def place(path):
        return Place(VOLUME, path)

    folders = ["home/a/Pictures", "home/a/Pictures/2024", "home/a/Pictures 2", "home/a", ""]
    catalog.files.record(
        [record("x.jpg", content(n), place(path), unit_vector()) for n, path in enumerate(folders)], encoder_id
    )
    catalog.files.record([record("y.jpg", content(0), place("home/a/Pictures"))], encoder_id)

    def names(folder):
        return [photo.path for photo in catalog.photos(catalog.photo_ids(folder))]

    assert names("/home/a/Pictures") == ["/home/a/Pictures/2024/x.jpg", "/home/a/Pictures/x.jpg"]
    assert names("/home/a/Pictures 2/") == ["/home/a/Pictures 2/x.jpg"]
    assert len(names("/home/a")) == 4
    assert len(names("/")) == len(names(None)) == 5
    assert names("/home/b") == []
    for folder in (None, "/", "/home/a", "/home/a/Pictures", "/home/b"):
        assert catalog.photo_count(folder) == len(catalog.photo_ids(folder))


def test_a_folder_whose_name_is_not_utf8(catalog, encoder_id):
    catalog.files.record([record("x.jpg", content(1), Place(VOLUME, "caf\udce9"), unit_vector())], encoder_id)
    assert catalog.photo_count("/caf\udce9") == 1
    assert catalog.photo_count("/caf\udcea") == 0
