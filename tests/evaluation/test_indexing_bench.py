import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from cbir_desktop.evaluation import corpus
from cbir_desktop.evaluation.indexing_bench import IndexingRates, measure_indexing, table


@pytest.fixture
def files(tmp_path):
    return corpus.make_corpus(tmp_path, {"small": 6})["small"]


def test_the_corpus_is_the_same_for_a_seed_and_its_files_are_kept(tmp_path, files):
    again = corpus.make_corpus(tmp_path / "again", {"small": 2})["small"]
    assert [Path(path).read_bytes() for path in again] == [Path(path).read_bytes() for path in files[:2]]
    Path(files[0]).write_bytes(b"mine")
    corpus.make_corpus(tmp_path, {"small": 6})
    assert Path(files[0]).read_bytes() == b"mine"


def test_a_camera_file_carries_a_thumbnail_in_exif():
    picture = corpus.make_picture((640, 480), np.random.default_rng(0))
    data = corpus.camera_jpeg(picture)
    image = Image.open(io.BytesIO(data))
    assert image.size == (640, 480)
    ifd = image.getexif().get_ifd(ExifTags.IFD.IFD1)
    start = data.index(b"Exif\0\0") + 6 + ifd[0x0201]
    thumbnail = Image.open(io.BytesIO(data[start : start + ifd[0x0202]]))
    assert thumbnail.size == corpus.THUMBNAIL_SIZE
    close = np.abs(np.asarray(image.resize(thumbnail.size, Image.Resampling.BOX), float) - np.asarray(thumbnail, float))
    assert close.mean() < 8


def test_rates_are_measured_for_every_way(files):
    rates = measure_indexing(files, "small", 2, "hsv", rounds=1)
    assert set(rates.decoders) == {"simplejpeg", "opencv", "pillow"}
    assert min(*rates.decoders.values(), rates.decode, rates.encode, rates.bare, rates.full) > 0
    assert rates.to_json()["full_of_bare"] == pytest.approx(rates.full / rates.bare, abs=1e-3)


def test_what_is_allowed_together():
    rates = IndexingRates("camera", 2, 10, {"opencv": 30.0, "pillow": 20.0}, decode=25.0, encode=60.0, bare=18, full=16)
    assert rates.allowed == pytest.approx(20)
    assert " 0.80 " in table([rates])
