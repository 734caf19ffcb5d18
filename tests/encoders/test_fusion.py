import json

import numpy as np
import pytest
import skimage.data

pytest.importorskip("skops", reason="fusion needs the extra lab")

from cbir_desktop.core import registry
from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.encoders.fusion import FORMS, Classed, Fusion, fuse, load
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import fusions

NAMES = sorted(fusions.classifiers(0))


@pytest.fixture(scope="session")
def parts():
    return {name: registry.encoders.create(name) for name in ("gray", "hsv")}


@pytest.fixture(scope="session")
def sorted_pictures(parts):
    """(pictures, labels, fused): reddish, greenish and bluish noise, eight of each."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 8)
    images = random.integers(0, 120, (24, 20, 20, 3), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[..., label] += 90
    return list(images), labels, fuse([part.encode(list(images)) for part in parts.values()])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_every_classifier_is_an_encoder_that_survives_the_disk(parts, sorted_pictures, name, form, tmp_path):
    images, labels, fused = sorted_pictures
    chosen = fusions.choose(fused, labels, name)
    assert chosen.accuracy > 0.6
    made = Fusion(parts, Classed(chosen.classifier, form, 2.0))
    assert made.key not in (Fusion(parts).key, Fusion(parts, Classed(chosen.classifier, form, 1.0)).key)
    made.save(tmp_path / "mine.npz")
    loaded = create_encoder("fusion-mine", tmp_path)
    assert isinstance(loaded, Encoder)
    assert (loaded.key, loaded.dim) == (made.key, 64 + 128 + 3)
    vectors = loaded.encode(images)
    np.testing.assert_array_equal(vectors, made.encode(images))
    np.testing.assert_array_equal(vectors[::-1], loaded.encode(images[::-1]))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert loaded.encode([]).shape == (0, loaded.dim)
    assert np.isfinite(loaded.encode([np.zeros((1, 1, 3), np.uint8), np.full((1, 900, 3), 255, np.uint8)])).all()


def test_likeness_is_the_mean_of_the_parts_and_the_weighted_class(parts, sorted_pictures):
    images, labels, fused = sorted_pictures
    alone = Fusion(parts).encode(images)
    mean = np.mean([part.encode(images) @ part.encode(images).T for part in parts.values()], axis=0)
    np.testing.assert_allclose(alone @ alone.T, mean, atol=1e-5)
    classed = Classed(fusions.choose(fused, labels, "logistic").classifier, "one-hot", 3.0)
    told = Fusion(parts, classed).encode(images)
    same = classed.classifier.predict(fused)[:, None] == classed.classifier.predict(fused)
    np.testing.assert_allclose(told @ told.T, (mean + 9 * same) / 10, atol=1e-5)


def test_what_is_not_what_it_was_is_refused(parts, sorted_pictures, tmp_path):
    path = tmp_path / "mine.npz"
    Fusion(parts).save(path)
    with pytest.raises(KnownError, match="another hsv"):
        load(path, lambda name: registry.encoders.create("lab" if name == "hsv" else name))
    for content in (b"", b"PK\x03\x04", path.read_bytes()[:-30]):
        path.write_bytes(content)
        with pytest.raises(DamagedError):
            load(path, registry.encoders.create)
    about = json.dumps({"parts": {}, "form": "one-hot", "weight": 1})
    from skops import io as skops

    strange = np.frombuffer(skops.dumps(skimage.data.download_all), np.uint8)  # a function of another package
    np.savez(path, fusion=np.array(about), classifier=strange)
    with pytest.raises(DamagedError, match="asks for"):
        load(path, registry.encoders.create)


def test_too_few_pictures_are_refused(sorted_pictures):
    _, _, fused = sorted_pictures
    with pytest.raises(KnownError, match="two classes of 5"):
        fusions.choose(fused[:9], np.repeat([0, 1], [5, 4]), "bayes")
