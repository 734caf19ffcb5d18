import threading

import numpy as np
import pytest

from cbir_desktop.core.types import LocalFeatures, Picture
from cbir_desktop.core.verification import Prepared
from cbir_desktop.store.features import MAX_KEYPOINTS, FeatureCache, pack, unpack

KEY = "rootsift-test"


def features(count, seed=0):
    rng = np.random.default_rng(seed)
    descriptors = rng.dirichlet(np.full(128, 0.3), count).astype(np.float32) ** 0.5
    return LocalFeatures(
        xy=(rng.random((count, 2)) * 640).astype(np.float32),
        scale=rng.uniform(1.5, 90, count).astype(np.float32),
        angle=rng.uniform(0, 360, count).astype(np.float32),
        descriptors=descriptors.reshape(count, 128),
    )


def prepared(seed=0, count=50, size=(64, 48)):
    image = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Prepared(Picture(image, (size[0] * 5, size[1] * 5)), unpack(pack(features(count, seed))))


def name(number):
    return bytes([number]) * 32


@pytest.fixture
def cache(tmp_path):
    cache = FeatureCache(tmp_path / "features", KEY, 1 << 20)
    yield cache
    cache.close()


def test_packing_keeps_places_angles_sizes_and_the_course_of_descriptors():
    given = features(400)
    got = unpack(pack(given))
    assert np.abs(got.xy - given.xy).max() <= 1 / 128 + 1e-4
    assert np.abs(np.log2(got.scale / given.scale)).max() < 0.03
    assert np.abs((got.angle - given.angle + 180) % 360 - 180).max() < 0.75
    np.testing.assert_allclose(np.linalg.norm(got.descriptors, axis=1), 1, atol=1e-5)
    assert (got.descriptors * given.descriptors).sum(axis=1).min() > 0.9
    assert pack(got) == pack(unpack(pack(got)))


def test_a_photo_takes_at_most_24_kilobytes_and_its_picture(cache):
    given = prepared(count=MAX_KEYPOINTS + 500)
    assert len(pack(given.features)) <= 24 * 1024
    assert cache.put(name(1), given)
    assert len(cache.get(name(1)).features) == MAX_KEYPOINTS


@pytest.mark.parametrize("count", [0, 1, 300])
def test_what_was_put_comes_back(cache, count):
    given = prepared(count=count)
    assert cache.get(name(1)) is None
    assert name(1) not in cache
    cache.put(name(1), given)
    got = cache.get(name(1))
    assert name(1) in cache
    assert got.content == name(1)
    assert got.picture.full_size == given.picture.full_size
    assert got.picture.image.shape == given.picture.image.shape
    np.testing.assert_array_equal(got.features.xy, given.features.xy)
    np.testing.assert_array_equal(got.features.descriptors, given.features.descriptors)


@pytest.mark.parametrize("value", [b"", b"CBIRkp2\n", b"something else that is longer than a head"])
def test_what_is_no_picture_with_keypoints_counts_as_absent_and_is_made_anew(cache, value):
    cache._blobs.put(name(1), value)
    assert cache.get(name(1)) is None
    cache.put(name(1), prepared())
    assert cache.get(name(1)) is not None


def test_another_extractor_sees_nothing_of_it(cache, tmp_path):
    cache.put(name(1), prepared())
    assert FeatureCache(tmp_path / "features", "other", 1 << 20).get(name(1)) is None


def test_the_bound_is_kept_and_the_least_recently_used_go_first(tmp_path):
    photos = 40
    cache = FeatureCache(tmp_path / "features", KEY, 300_000)
    for number in range(photos):
        cache.put(name(number), prepared(number, count=MAX_KEYPOINTS))
        assert cache.get(name(0)) is not None  # in use all the time
        assert cache.held() <= 300_000
    kept = [name(number) in cache for number in range(photos)]
    assert kept == [True, *sorted(kept[1:])]
    assert 5 < sum(kept) < photos
    cache.close()
    assert sum(path.stat().st_size for path in (tmp_path / "features").iterdir()) <= 300_000


def test_what_another_extractor_or_an_older_version_left_goes(tmp_path):
    old = FeatureCache(tmp_path / "features", "old", 1 << 30)
    old.put(name(1), prepared())
    old.close()
    (tmp_path / "features" / KEY / "ab").mkdir(parents=True)
    (tmp_path / "features" / KEY / "ab" / "abcd.kpt").write_bytes(b"keypoints")
    cache = FeatureCache(tmp_path / "features", KEY, 1 << 30)
    cache.put(name(2), prepared())
    cache.close()
    assert [path.name for path in (tmp_path / "features").iterdir()] == [f"{KEY}.sqlite"]
    assert cache.get(name(2)) is not None
    cache.close()


def test_readers_never_see_half_a_value(cache):
    """Four that write and read the same photo: each read is the whole."""
    given = prepared()
    seen = []

    def work():
        for _ in range(10):
            cache.put(name(1), given)
            got = cache.get(name(1))
            seen.append(got is not None and np.array_equal(got.features.xy, given.features.xy))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(seen)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, caplog):
    blocked = tmp_path / "features"
    blocked.write_bytes(b"a file where the folder should be")
    assert not FeatureCache(blocked, KEY, 1 << 20).put(name(1), prepared())
    assert "keypoints" in caplog.text
