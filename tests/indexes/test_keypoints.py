"""Votes of keypoints: which photo holds what a query shows, on disk and after changes."""

import numpy as np
import pytest
import skimage.data

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.indexes.keypoints import KEYPOINTS, KeypointIndex, sample_of
from cbir_desktop.indexes.words import ProductWords
from cbir_desktop.matchers.sift import SiftExtractor
from tests.collages import ASTRONAUT, CAT, COFFEE, collage

EXTRACTOR = SiftExtractor()


@pytest.fixture(scope="module")
def photos():
    """Id -> descriptors."""
    pictures = {3: ASTRONAUT, 5: CAT, 8: COFFEE, 13: skimage.data.stereo_motorcycle()[0], 21: skimage.data.retina()}
    return {number: EXTRACTOR.extract(np.ascontiguousarray(image)).descriptors for number, image in pictures.items()}


@pytest.fixture(scope="module")
def query():
    return EXTRACTOR.extract(collage()[0]).descriptors


@pytest.fixture
def index(photos):
    made = KeypointIndex()
    made.fit(sample_of(list(photos.values())))
    for number, descriptors in photos.items():
        made.add(number, descriptors)
    return made


def test_the_donors_of_a_collage_have_most_votes(index, query):
    found = index.search(query, 10)
    assert set(found.ids[0, :2].tolist()) == {3, 5}
    assert found.scores[0, 1] > 2 * found.scores[0, 2]
    assert (np.diff(found.scores[0][found.ids[0] >= 0]) <= 0).all()


def test_a_photo_finds_itself(index, photos):
    for number, descriptors in photos.items():
        assert index.search(descriptors, 1).ids[0, 0] == number


def test_bits_are_counted_alike_without_numpy_2(index, query, monkeypatch):
    before = index.search(query, 5)
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    np.testing.assert_array_equal(index.search(query, 5).ids, before.ids)
    np.testing.assert_allclose(index.search(query, 5).scores, before.scores)


def test_the_answer_is_padded_and_bounded(index, query, photos):
    assert index.search(query, 2).ids.shape == (1, 2)
    found = index.search(query, 20)
    assert found.ids.shape == (1, 20)
    assert (found.ids[0, len(photos) :] == -1).all()
    assert np.isneginf(found.scores[0, len(photos) :]).all()
    assert (index.search(np.empty((0, 128), np.float32), 3).ids == -1).all()


def test_a_photo_costs_twelve_bytes_a_keypoint(index, photos):
    keypoints = sum(min(len(descriptors), KEYPOINTS) for descriptors in photos.values())
    fixed = 8 * len(photos) + 8 * (index.words.count + 1) + 2 * 256 * 64 * 4
    assert index.nbytes == 12 * keypoints + fixed


def test_what_is_removed_is_not_found_and_may_come_again(index, query, photos, tmp_path):
    index.remove(np.array([3, 99]))
    assert 3 not in index.search(query, 10).ids
    assert index.ids().tolist() == [5, 8, 13, 21]
    before = index.nbytes
    index.save(tmp_path)
    assert index.nbytes < before
    index.add(3, photos[3])
    assert 3 in index.search(query, 2).ids[0]
    with pytest.raises(ValueError, match="already"):
        index.add(3, photos[3])


def test_it_comes_back_from_disk_as_it_was(index, query, tmp_path, photos):
    before = index.search(query, 5)
    index.save(tmp_path)
    again = KeypointIndex()
    again.load(tmp_path)
    after = again.search(query, 5)
    np.testing.assert_array_equal(after.ids, before.ids)
    np.testing.assert_allclose(after.scores, before.scores)
    assert len(again) == len(photos)
    again.add(34, photos[3])  # and takes more
    assert set(again.search(photos[3], 2).ids[0].tolist()) == {3, 34}
    again.save(tmp_path)
    KeypointIndex().load(tmp_path)


def test_damage_is_seen(index, tmp_path):
    with pytest.raises(DamagedError):
        KeypointIndex().load(tmp_path)
    index.save(tmp_path)
    part = next(tmp_path.glob("signatures-*.bin"))
    part.write_bytes(part.read_bytes()[:-8])
    with pytest.raises(DamagedError):
        KeypointIndex().load(tmp_path)


def test_photos_without_keypoints_are_taken_in(index, query, tmp_path):
    index.add(55, np.empty((0, 128), np.float32))
    assert 55 in index.ids()
    assert 55 not in index.search(query, 10).ids
    index.save(tmp_path)
    again = KeypointIndex()
    again.load(tmp_path)
    assert 55 in again.ids()


def test_it_wants_words_first(photos):
    with pytest.raises(ValueError, match="not fitted"):
        KeypointIndex().add(1, photos[3])
    with pytest.raises(ValueError, match="nothing to learn"):
        KeypointIndex().fit(np.empty((0, 128), np.float32))
    assert (KeypointIndex().search(photos[3], 3).ids == -1).all()


def test_words_are_the_same_for_the_same_sample(photos):
    sample = sample_of(list(photos.values()))
    one, other = ProductWords.fit(sample, 64), ProductWords.fit(sample, 64)
    words, signatures = one.assigned(sample[:50])
    np.testing.assert_array_equal(words, other.assigned(sample[:50])[0])
    np.testing.assert_array_equal(signatures, other.assigned(sample[:50])[1])


def test_the_nearest_probed_word_is_the_word(photos):
    words = ProductWords.fit(sample_of(list(photos.values())), 64)
    probed, signatures = words.probed(photos[5], 8)
    own, own_signatures = words.assigned(photos[5])
    np.testing.assert_array_equal(probed[:, 0], own)
    np.testing.assert_array_equal(signatures[:, 0], own_signatures)
    assert all(len(set(row)) == 8 for row in probed.tolist())


def test_a_sample_is_bounded_and_spread(photos):
    sample = sample_of(list(photos.values()), 100)
    assert 50 <= len(sample) <= 100
    np.testing.assert_array_equal(sample[0], photos[3][0])
