import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cbir_desktop.images.decode import decode
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.store.thumbs import ThumbCache

KEYS = [hash_bytes(bytes([n])) for n in range(6)]
JPEG = b"\xff\xd8 of an older version \xff\xd9"


@pytest.fixture
def photo():
    """384 x 512 with smooth areas."""
    y, x = np.mgrid[0:384, 0:512]
    waves = np.stack([np.sin(x / 37) + np.cos(y / 23), np.sin((x + y) / 51), np.cos(x / 31) * np.sin(y / 67)], axis=-1)
    return (128 + 55 * waves).clip(0, 255).astype(np.uint8)


@pytest.fixture
def cache(tmp_path):
    cache = ThumbCache(tmp_path)
    yield cache
    cache.close()


def write_old(folder, key, data=JPEG, used=1000):
    path = folder / "thumbs" / key.hex()[:2] / f"{key.hex()}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (used, used))
    return path


def test_round_trip(cache, photo):
    assert cache.get(KEYS[0]) is None
    assert KEYS[0] not in cache
    assert cache.put(KEYS[0], photo)
    assert KEYS[0] in cache
    image = decode(cache.get(KEYS[0])).image
    assert image.shape == (192, 256, 3)
    small = photo.reshape(192, 2, 256, 2, 3).mean(axis=(1, 3))
    assert np.abs(image - small).mean() < 6
    cache.remove(KEYS[0])
    assert cache.get(KEYS[0]) is None
    assert KEYS[0] not in cache


def test_small_pictures_keep_their_size(cache, photo):
    cache.put(KEYS[0], np.ascontiguousarray(photo[:5, :9]))
    assert decode(cache.get(KEYS[0])).image.shape == (5, 9, 3)


def test_slices_of_pictures_are_taken(cache, photo):
    assert cache.put(KEYS[0], photo[10:20, 10:30])
    assert cache.put(KEYS[1], photo[:, :1])


def test_trim_of_nothing(cache):
    assert cache.trim(0) == 0


def test_a_disk_that_takes_nothing_is_logged(tmp_path, photo, caplog):
    (tmp_path / "file").write_bytes(b"in the way")
    cache = ThumbCache(tmp_path / "file")
    assert not cache.put(KEYS[0], photo)
    assert "thumbnails" in caplog.text
    assert cache.get(KEYS[0]) is None


def test_threads_put_and_get(cache, photo):
    def put_and_get(n):
        cache.put(KEYS[n % 3], photo[: n + 1])
        return cache.get(KEYS[n % 3])

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(put_and_get, range(24)))


def test_what_an_older_version_left_is_read_where_it_is(tmp_path, photo):
    path = write_old(tmp_path, KEYS[0])
    cache = ThumbCache(tmp_path)
    assert cache.get(KEYS[0]) == JPEG
    assert KEYS[0] in cache
    assert KEYS[1] not in cache
    cache.put(KEYS[0], photo)
    assert cache.get(KEYS[0]) != JPEG
    cache.remove(KEYS[0])
    assert cache.get(KEYS[0]) is None
    assert not path.exists()
    cache.close()


def test_what_an_older_version_left_is_taken_over_with_its_time_of_use(tmp_path, photo):
    for number, key in enumerate(KEYS[:4]):
        write_old(tmp_path, key, JPEG * 2000, used=1000 + number)
    write_old(tmp_path, KEYS[4], b"\xff\xd8 half a")
    (tmp_path / "thumbs" / "00").mkdir(exist_ok=True)
    (tmp_path / "thumbs" / "00" / ".abcd.jpg.1-2.part").write_bytes(b"half")
    cache = ThumbCache(tmp_path)
    cache.put(KEYS[3], photo)
    newer = cache.get(KEYS[3])
    assert cache.trim(1 << 30) == 0
    assert not (tmp_path / "thumbs").exists()
    assert [cache.get(key) for key in KEYS[:5]] == [JPEG * 2000] * 3 + [newer, None]
    cache.close()


def test_of_what_is_taken_over_the_least_recently_used_go_first(tmp_path):
    for number, key in enumerate(KEYS):
        write_old(tmp_path, key, JPEG * 2000, used=1000 - number)
    cache = ThumbCache(tmp_path)
    assert cache.trim(4 * len(JPEG * 2000)) > 0
    kept = [key in cache for key in KEYS]
    assert kept == sorted(kept, reverse=True)
    assert 0 < sum(kept) < 6
    cache.close()


def test_a_full_disk_takes_nothing_over_and_loses_nothing(tmp_path, photo, small_disk, caplog):
    disk, remount = small_disk
    path = write_old(disk, KEYS[0], JPEG * 10_000)
    (disk / "ballast").write_bytes(bytes(disk.stat().st_blksize * 256)[: 1 << 19])
    cache = ThumbCache(disk)
    cache.trim(1 << 30)
    assert path.exists()
    assert "full" in caplog.text
    assert cache.get(KEYS[0]) == JPEG * 10_000
    remount("size=50m")
    cache.trim(1 << 30)
    assert not path.exists()
    assert cache.get(KEYS[0]) == JPEG * 10_000
    cache.close()
