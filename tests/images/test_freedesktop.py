import hashlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cbir_desktop.images.freedesktop import file_uri, read_thumbnail

PATH = "/home/a/Pictures/gr\udcfc\udcdfe & co [1].jpg"
MTIME_NS, SIZE = 1_700_000_000_123_456_789, 4321


@pytest.fixture
def store(tmp_path):
    def store(kind="large", **text):
        info = PngInfo()
        for key, value in {"Thumb::URI": file_uri(PATH), **text}.items():
            info.add_text(key, value)
        name = hashlib.md5(file_uri(PATH).encode()).hexdigest()
        file = tmp_path / "thumbnails" / kind / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((3, 4, 3), 7, np.uint8)).save(file, pnginfo=info)
        return file

    return store


@pytest.fixture
def read(tmp_path):
    return lambda mtime_ns=MTIME_NS, size=SIZE: read_thumbnail(PATH, mtime_ns, size, {"XDG_CACHE_HOME": str(tmp_path)})


def stamps(mtime="1700000000", size="4321"):
    return {"Thumb::MTime": mtime, "Thumb::Size": size}


def test_a_thumbnail_of_this_very_file_is_taken(store, read):
    assert read() is None
    store(**stamps())
    assert read().shape == (3, 4, 3)
    assert (read() == 7).all()


@pytest.mark.parametrize("kind", ["x-large", "xx-large"])
def test_larger_kinds_serve_too(store, read, kind):
    store(kind, **stamps())
    assert read() is not None


def test_the_small_kind_does_not(store, read):
    store("normal", **stamps())
    assert read() is None


@pytest.mark.parametrize("wrong", [stamps(mtime="1699999999"), stamps(size="4322"), {}, stamps(mtime="soon")])
def test_one_of_an_older_file_is_not(store, read, wrong):
    store(**wrong)
    assert read() is None


def test_a_size_that_is_not_given_is_not_checked(store, read):
    store(**{"Thumb::MTime": "1700000000.0"})
    assert read() is not None


def test_a_broken_one_is_passed_over(store, read):
    file = store(**stamps())
    file.write_bytes(file.read_bytes()[:60])
    assert read() is None


def test_uris_are_escaped_as_glib_does():
    assert file_uri(PATH) == "file:///home/a/Pictures/gr%FC%DFe%20&%20co%20%5B1%5D.jpg"
    assert file_uri("/a/ä~!$'()*+,;=:@#?%.jpg") == "file:///a/%C3%A4~!$'()*+,%3B=:@%23%3F%25.jpg"
