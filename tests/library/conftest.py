import numpy as np
import pytest
from PIL import Image

from cbir_desktop.library.session import Session


def picture(seed, size=(160, 120)):
    """A smooth random picture of its own colours: (height, width, 3) uint8."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))


@pytest.fixture
def write_photo():
    def write(path, seed, **options):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(seed)).save(path, **options)
        return str(path)

    return write


@pytest.fixture
def photos(tmp_path, write_photo):
    """Twelve pictures in two folders."""
    for seed in range(12):
        write_photo(tmp_path / "photos" / ("a" if seed % 2 else "b") / f"{seed:02}.jpg", seed, quality=90)
    return tmp_path / "photos"


@pytest.fixture
def open_session(tmp_path):
    """Opens the library of this test, with the colour histogram as its encoder: quick, and needs no model."""
    opened = []

    def open_session(folder=tmp_path / "library", encoder="hsv"):
        session = Session.open(folder, encoder)
        opened.append(session)
        return session

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def session(open_session):
    return open_session()
