import pytest

from cbir_desktop.images.capture import HEAD, Capture, capture_of, movie_identifier, needs_whole

from .camera_files import dng, exif, film
from .conftest import encoded, quarters

UUID = "5F1CB0A1-1234-4ABC-9DEF-0123456789AB"
TEXTS = {
    "make": "Apple", "model": "iPhone 13", "time": "2024:05:01 12:30:45", "subseconds": "073", "offset": "+02:00",
}  # fmt: skip
FULL = Capture("2024-05-01T12:30:45.073", "+02:00", "Apple iPhone 13", True, UUID)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_the_facts_of_every_container(kind, order):
    block = exif(order, UUID.encode(), **TEXTS)
    data = encoded(quarters(), kind, exif=b"Exif\0\0" + block)
    assert capture_of(data) == FULL
    assert needs_whole(data) == (kind in ("WEBP", "HEIF", "AVIF"))
    assert capture_of(data + b"\0" * HEAD) == FULL


def test_a_tiff_and_a_raw_are_blocks_themselves():
    assert capture_of(exif(**TEXTS)).taken == FULL.taken
    assert capture_of(dng(quarters())).camera == "Maker One"


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [("Canon", "Canon EOS 7D", "Canon EOS 7D"), ("", "X", "X"), ("NIKON CORPORATION", "NIKON D90", "NIKON D90")],
)
def test_the_maker_is_named_once(make, model, camera):
    assert capture_of(exif(make=make, model=model)).camera == camera


def test_what_is_not_there_is_none():
    assert capture_of(encoded(quarters(), "JPEG")) == Capture()
    assert capture_of(exif(gps=False, time="0000:00:00 00:00:00", offset="bad", subseconds="x")) == Capture()
    assert capture_of(exif(gps=False, time="2024:02:31 10:00:00")).taken is None


def test_damaged_blocks_raise_nothing():
    block = exif(">", UUID.encode(), **TEXTS)
    for length in range(len(block)):
        capture_of(block[:length])
        capture_of(block[:length] + b"\xff" + block[length + 1 :])


def test_the_identifier_of_a_film(tmp_path):
    (tmp_path / "a.mov").write_bytes(film(UUID))
    assert movie_identifier(str(tmp_path / "a.mov")) == UUID
    for length in (0, 7, 12, 40, 2000):
        (tmp_path / "cut.mov").write_bytes(film(UUID)[:length])
        assert movie_identifier(str(tmp_path / "cut.mov")) is None
