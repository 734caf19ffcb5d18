import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.gui.desktop import file_url
from cbir_desktop.gui.pictures import pasted_bytes
from cbir_desktop.gui.query import PastedSource, may_read, read_mime, sort_paths
from cbir_desktop.images.safe import SafeDecoder


def text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def test_local_files_win_over_the_image_that_comes_with_them():
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/photos/a b#c%20.jpg")])
    mime.setData("image/png", b"...")
    assert read_mime(mime).paths == ("/photos/a b#c%20.jpg",)


def test_an_image_wins_over_its_address_on_the_web():
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    mime.setData("image/png", b"...")
    assert read_mime(mime).pasted == PastedSource(data=b"...")
    assert read_mime(mime).remote == ()


def test_paths_as_text():
    assert read_mime(text("'/photos/a.jpg'\n/photos/b.jpg\n")).paths == ("/photos/a.jpg", "/photos/b.jpg")
    assert read_mime(text("file:///photos/a%20b.jpg")).paths == ("/photos/a b.jpg",)
    assert not read_mime(text("a poem\n/about/paths"))
    assert not may_read(text("a poem"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no byte paths")
def test_names_that_are_not_utf8_survive_the_way_out_and_in():
    path = os.fsdecode(b"/photos/caf\xe9 100%.jpg")
    mime = QMimeData()
    mime.setUrls([file_url(path)])
    assert read_mime(mime).paths == (path,)


def test_paths_are_sorted_by_what_is_there(tmp_path: Path):
    file = tmp_path / "a.jpg"
    file.touch()
    known = sort_paths([str(file), str(tmp_path), str(tmp_path / "gone")])
    assert known.files == (str(file),)
    assert known.folders == (str(tmp_path),)
    assert known.missing == (str(tmp_path / "gone"),)


def test_a_pasted_image_is_read_as_a_file_would_be():
    image = QImage(40, 30, QImage.Format.Format_ARGB32)
    image.fill(QColor(200, 100, 50))
    decoder = SafeDecoder(1)
    pixels = decoder.decode(pasted_bytes(PastedSource(image=image))).image
    decoder.close()
    assert pixels.shape == (30, 40, 3)
    assert pixels[0, 0].tolist() == [200, 100, 50]
    with pytest.raises(DecodeError):
        pasted_bytes(PastedSource())
