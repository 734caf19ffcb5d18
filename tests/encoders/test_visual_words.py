import numpy as np
import pytest
import skimage.data
from defusedxml import ElementTree
from sklearn.metrics import davies_bouldin_score

from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.core.types import LocalFeatures
from cbir_desktop.encoders import vocabulary
from cbir_desktop.encoders.visual_words import BagOfWords, Vlad
from cbir_desktop.encoders.vocabulary import Vocabulary, inverse_document_frequency
from cbir_desktop.evaluation import size_curve, vocabularies
from cbir_desktop.matchers.sift import SiftExtractor


class Colours:
    """Each pixel of a picture is a keypoint, its colour over 255 the descriptor."""

    key = "colours"

    def extract(self, image):
        flat = image.reshape(-1, 3).astype(np.float32) / 255
        nothing = np.zeros(len(flat), np.float32)
        return LocalFeatures(np.zeros((len(flat), 2), np.float32), nothing, nothing, flat)


CENTRES = np.eye(3, dtype=np.float32)
WORDS = Vocabulary(CENTRES, np.array([0.0, 1.0, 2.0], np.float32), "colours")


def pixels(*colours):
    return np.array([colours], np.uint8)


RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def test_a_descriptor_is_its_nearest_word():
    assert WORDS.words(np.array([[0.9, 0.2, 0], [0, 0.1, 0.3], [0.2, 0.6, 0.5]], np.float32)).tolist() == [0, 2, 1]
    assert WORDS.words(np.empty((0, 3), np.float32)).tolist() == []


def test_idf_is_the_logarithm_of_rarity():
    words = [np.array([0, 0, 1]), np.array([0]), np.array([0, 2])]
    np.testing.assert_allclose(inverse_document_frequency(words, 4), np.log([1, 3, 3, 3]), rtol=1e-6)


def test_bag_of_words_is_tf_idf():
    bag = BagOfWords(WORDS, Colours())
    vector = bag.encode([pixels(RED, GREEN, GREEN, BLUE)])[0]
    wanted = np.array([1 * 0, 2 * 1, 1 * 2]) / 4
    np.testing.assert_allclose(vector, wanted / np.linalg.norm(wanted), atol=1e-6)
    np.testing.assert_array_equal(bag.encode([pixels(RED)])[0], [1, 0, 0])  # only a word that all have


def test_vlad_sums_what_lies_between_descriptor_and_word():
    vector = Vlad(WORDS, Colours()).encode([pixels((255, 51, 0), (255, 51, 0), (0, 0, 204))])[0].reshape(3, 3)
    np.testing.assert_allclose(vector[0], np.array([0, 1, 0]) / np.sqrt(2), atol=1e-5)  # each word counts once
    np.testing.assert_allclose(vector[1], 0)
    np.testing.assert_allclose(vector[2], np.array([0, 0, -1]) / np.sqrt(2), atol=1e-5)


def test_another_extractor_is_refused():
    with pytest.raises(ValueError, match="colours"):
        BagOfWords(WORDS, SiftExtractor())


def test_a_vocabulary_survives_the_disk(tmp_path):
    WORDS.save(tmp_path / "words.npz")
    loaded = Vocabulary.load(tmp_path / "words.npz")
    assert loaded.key == WORDS.key
    np.testing.assert_array_equal(loaded.centres, WORDS.centres)
    assert Vocabulary(CENTRES, np.ones(3, np.float32), "colours").key != WORDS.key


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: b"", lambda data: b"PK" + data[2:50]])
def test_a_damaged_vocabulary_is_refused(tmp_path, damage):
    path = tmp_path / "words.npz"
    WORDS.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedError):
        Vocabulary.load(path)


@pytest.fixture
def clusters():
    """Eight tight clusters of descriptors over twenty pictures."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((8, 16)).astype(np.float32)
    pictures = [
        (centres[random.integers(0, 8, 60)] + 0.02 * random.standard_normal((60, 16))).astype(np.float32)
        for _ in range(20)
    ]
    return centres, vocabularies.Sample(pictures, "made")


def test_the_size_with_the_lowest_davies_bouldin_index_is_chosen(clusters):
    centres, sample = clusters
    chosen = vocabularies.choose(sample, (2, 4, 8, 16, 32), batch=256)
    assert [size for size, _ in chosen.curve] == [2, 4, 8, 16, 32]
    assert len(chosen.vocabulary.centres) == 8
    distances = np.linalg.norm(chosen.vocabulary.centres[:, None] - centres[None], axis=2)
    assert distances.min(axis=0).max() < 0.05


def test_davies_bouldin_by_hand():
    """Two words with spreads 1 and 2, 10 apart: 0.3."""
    points = np.array([[-1, 0], [1, 0], [8, 0], [12, 0]], np.float32)
    words = Vocabulary(np.array([[0, 0], [10, 0]], np.float32), np.ones(2, np.float32), "made")
    assert vocabularies.davies_bouldin(words, vocabularies.Sample([points], "made")) == pytest.approx(0.3)


@pytest.mark.parametrize("size", [5, 40])
def test_davies_bouldin_is_that_of_scikit_learn(clusters, size, monkeypatch):
    monkeypatch.setattr(vocabularies, "_PRODUCTS", 100)  # in many blocks
    _, sample = clusters
    words = vocabularies.train(sample, size)
    together = np.concatenate(sample.descriptors)
    expected = davies_bouldin_score(together.astype(np.float64), words.words(together))
    assert vocabularies.davies_bouldin(words, sample) == pytest.approx(expected, rel=1e-5)


def test_thousands_of_words_begin_as_descriptors_by_chance(clusters, monkeypatch):
    monkeypatch.setattr(vocabularies, "_SEEDED", 10)
    _, sample = clusters
    words = vocabularies.train(sample, 300, batch=512)
    assert words.key == vocabularies.train(sample, 300, batch=512).key
    together = np.concatenate(sample.descriptors)
    assert len(np.unique(words.words(together))) > 150


def test_words_are_assigned_alike_in_blocks(monkeypatch):
    random = np.random.default_rng(0)
    words = Vocabulary(random.random((50, 8), np.float32), np.ones(50, np.float32), "made")
    descriptors = random.random((70, 8), np.float32)
    whole = words.words(descriptors)
    monkeypatch.setattr(vocabulary, "_PRODUCTS", 64)
    np.testing.assert_array_equal(words.words(descriptors), whole)


def test_the_curve_marks_what_was_kept():
    drawing = size_curve.to_svg([(100, 2.5), (1000, float("nan")), (10_000, 2.25)], 10_000)
    assert ElementTree.fromstring(drawing).tag.endswith("svg")
    assert "10,000 kept" in drawing
    assert drawing.count("<circle") == 2
    assert 'font-weight="bold">2.250' in drawing
    assert ElementTree.fromstring(size_curve.to_svg([(100, 2.5)], 100)) is not None


def test_training_is_seeded_and_refuses_too_little(clusters):
    _, sample = clusters
    assert vocabularies.train(sample, 8, seed=1).key == vocabularies.train(sample, 8, seed=1).key
    assert vocabularies.train(sample, 8, seed=1).key != vocabularies.train(sample, 8, seed=2).key
    with pytest.raises(KnownError, match="too few"):
        vocabularies.train(sample, 5000)
    with pytest.raises(KnownError, match="hardly any"):
        vocabularies.Sample.of([np.zeros((40, 40, 3), np.uint8)], SiftExtractor())


def test_training_can_be_cancelled(clusters):
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        vocabularies.choose(clusters[1], (4, 8), task=task)


@pytest.mark.parametrize("kind", [BagOfWords, Vlad])
def test_words_of_real_pictures_find_the_smaller_copy(kind):
    images = [skimage.data.astronaut(), skimage.data.coffee(), skimage.data.chelsea(), skimage.data.rocket()]
    extractor = SiftExtractor(320, 300)
    encoder = kind(vocabularies.train(vocabularies.Sample.of(images, extractor), 32), extractor)
    small = [np.ascontiguousarray(image[::2, ::2]) for image in images]
    assert (encoder.encode(small) @ encoder.encode(images).T).argmax(axis=1).tolist() == [0, 1, 2, 3]
