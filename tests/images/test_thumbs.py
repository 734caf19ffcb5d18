import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cbir_desktop.images.decode import decode
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.images.thumbs import ThumbCache

from .conftest import distance

KEYS = [hash_bytes(bytes([n])) for n in range(6)]


@pytest.fixture
def cache(tmp_path):
    return ThumbCache(tmp_path / "thumbs")


def test_round_trip(cache, photo):
    assert cache.get(KEYS[0]) is None
    assert cache.put(KEYS[0], photo)
    data = cache.get(KEYS[0])
    image = decode(data).image
    assert image.shape == (192, 256, 3)
    assert distance(image, photo.reshape(192, 2, 256, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)) < 6
    assert cache.path(KEYS[0]) == cache.folder / KEYS[0].hex()[:2] / f"{KEYS[0].hex()}.jpg"


def test_small_pictures_keep_their_size(cache, photo):
    cache.put(KEYS[0], np.ascontiguousarray(photo[:5, :9]))
    assert decode(cache.get(KEYS[0])).image.shape == (5, 9, 3)


def test_slices_of_pictures_are_taken(cache, photo):
    assert cache.put(KEYS[0], photo[10:20, 10:30])
    assert cache.put(KEYS[1], photo[:, :1])


@pytest.mark.parametrize("damage", [b"", b"\xff\xd8 half a", b"other"])
def test_what_is_not_whole_counts_as_absent(cache, photo, damage):
    cache.put(KEYS[0], photo)
    cache.path(KEYS[0]).write_bytes(damage)
    assert cache.get(KEYS[0]) is None
    assert cache.put(KEYS[0], photo)
    assert cache.get(KEYS[0])


def test_trim_removes_the_least_recently_used(cache, photo):
    for age, key in enumerate(KEYS):
        cache.put(key, photo)
        os.utime(cache.path(key), (1000 + age, 1000 + age))
    size = cache.path(KEYS[0]).stat().st_size
    cache.get(KEYS[0])  # used just now
    assert cache.trim(3 * size) == 3 * size
    assert [cache.get(key) is not None for key in KEYS] == [True, False, False, False, True, True]
    assert cache.trim(3 * size) == 0


def test_trim_of_nothing(cache):
    assert cache.trim(0) == 0


def test_a_disk_that_takes_nothing_is_logged(tmp_path, photo, caplog):
    (tmp_path / "file").write_bytes(b"in the way")
    assert not ThumbCache(tmp_path / "file" / "thumbs").put(KEYS[0], photo)
    assert "thumbnail" in caplog.text
    assert ThumbCache(tmp_path / "file" / "thumbs").get(KEYS[0]) is None


def test_no_temporary_files_stay_behind_threads(cache, photo):
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda n: cache.put(KEYS[n % 3], photo), range(24)))
    assert len([p for p in cache.folder.rglob("*") if p.is_file()]) == 3
