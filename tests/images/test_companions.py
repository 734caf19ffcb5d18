import pytest

from cbir_desktop.images.companions import companions_of, is_companion_name
from cbir_desktop.images.scan import walk


def named(pictures, others=()):
    found = companions_of(pictures.split(), others.split() if others else [])
    return {name: [(c.kind, c.name) for c in companions] for name, companions in found.items()}


@pytest.mark.parametrize(
    ("pictures", "others", "expected"),
    [
        ("a.jpg b.jpg", "", {}),
        ("a.jpg b.jpg", "a.xmp", {"a.jpg": [("xmp", "a.xmp")]}),
        ("a.jpg a.png", "a.jpg.xmp", {"a.jpg": [("xmp", "a.jpg.xmp")]}),
        ("a.CR2", "a.xmp", {"a.CR2": [("xmp", "a.xmp")]}),
        ("IMG_1.CR2 IMG_1.JPG IMG_2.JPG", "", {"IMG_1.JPG": [("raw", "IMG_1.CR2")]}),
        ("IMG_1.HEIC", "img_1.mov IMG_1.AAE", {"IMG_1.HEIC": [("live", "img_1.mov"), ("aae", "IMG_1.AAE")]}),
        ("IMG_1.HEIC IMG_E1.HEIC", "IMG_O1.AAE", {"IMG_1.HEIC": [("aae", "IMG_O1.AAE")]}),
        ("a.png", "a.mov", {}),
    ],
)
def test_what_belongs_together(pictures, others, expected):
    assert named(pictures, others) == expected


def test_names_of_companions():
    assert [is_companion_name(name) for name in ("a.XMP", "a.aae", "a.mov", "a.jpg", "a", ".xmp")] == [True] * 3 + [
        False
    ] * 3


def test_the_walk_sees_them_beside_pictures_only(tmp_path):
    for name in ("a.jpg", "a.xmp", "lonely.mov", "B.CR2", "note.txt"):
        (tmp_path / name).write_bytes(b"x")
    (listing,) = walk([str(tmp_path)], lambda *_: None)
    assert sorted(entry[0] for entry in listing.files) == [b"B.CR2", b"a.jpg"]
    assert (sorted(listing.beside), listing.has_raw) == (["a.xmp", "lonely.mov"], True)
    (named_itself,) = walk([str(tmp_path / "a.jpg")], lambda *_: None)
    assert (named_itself.beside, named_itself.whole) == ([], False)
