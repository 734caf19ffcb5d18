import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.evaluation import corpus
from cbir_desktop.evaluation.datasets import plain
from cbir_desktop.evaluation.indexing_bench import IndexingRates, measure_indexing, table
from cbir_desktop.evaluation.preview_bench import compare, measure_fidelity


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


def test_the_first_files_by_name_are_taken_and_the_rest_is_made(tmp_path, files):
    own = tmp_path / "small" / "000-mine.jpg"
    own.write_bytes(Path(files[5]).read_bytes())
    before = sorted((tmp_path / "small").iterdir())
    fewer = corpus.make_corpus(tmp_path, {"small": 3})["small"]
    assert fewer == [str(own), *files[:2]]
    assert measure_indexing(fewer, "small", 2, "hsv", rounds=1).files == 3  # and indexing finds no others
    assert sorted((tmp_path / "small").iterdir()) == before
    more = corpus.make_corpus(tmp_path, {"small": 9})["small"]
    assert more == sorted([str(own), *files, *(str(tmp_path / "small" / f"000{number}.jpg") for number in (6, 7))])


def test_what_is_allowed_together():
    rates = IndexingRates("camera", 2, 10, {"opencv": 30.0, "pillow": 20.0}, decode=25.0, encode=60.0, bare=18, full=16)
    assert rates.allowed == pytest.approx(20)
    assert " 0.80 " in table([rates])


def test_the_preview_pass_is_measured_beside_decoding(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "CAMERA_SIZE", (800, 600))
    camera = corpus.make_corpus(tmp_path, {"camera": 4})["camera"]
    rates = measure_indexing(camera, "camera", 2, "hsv", rounds=1)
    assert rates.preview > 0
    assert rates.preview_of_decode == pytest.approx(rates.preview / rates.fastest)
    assert rates.to_json()["preview_of_decode"] == pytest.approx(rates.preview_of_decode, abs=1e-2)
    assert f"{rates.preview_of_decode:.1f}" in table([rates])


def test_how_near_previews_come(tmp_path):
    for number in range(14):
        picture = corpus.make_picture((400, 300), np.random.default_rng(number))
        data = corpus.camera_jpeg(picture) if number < 3 else corpus._jpeg(picture, 88)
        (tmp_path / f"{number:02}.jpg").write_bytes(data)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    near = measure_fidelity(plain(str(tmp_path)), create_encoder("hsv"))
    assert (near.photos, near.cameras) == (14, 3)
    assert 0.75 < near.overlap <= 1  # ten of thirteen others: 0.77 by chance
    assert 0.8 < near.own <= 1
    with pytest.raises(KnownError):
        measure_fidelity(plain(str(tmp_path)), create_encoder("hsv"), most=5)


def test_the_same_vectors_rank_alike_and_others_do_not():
    rng = np.random.default_rng(0)
    one, two = (unit_rows(rng.normal(size=(400, 16)).astype(np.float32)) for _ in range(2))
    same, other = compare(one, one, 0), compare(one, two, 0)
    assert (same.overlap, same.nearest, same.own) == (1, 1, pytest.approx(1))
    assert other.overlap < 0.1
    assert compare(one, unit_rows(one + 0.05 * two), 0).overlap == pytest.approx(0.9, abs=0.09)
