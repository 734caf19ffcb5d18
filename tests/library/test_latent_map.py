import importlib.util

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library import latent_map
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session
from tests.evaluation.conftest import jpeg


def clusters(count, each=30, dim=16):
    random = np.random.default_rng(0)
    centres = random.normal(size=(count, dim))
    vectors = np.repeat(centres, each, axis=0) + 0.05 * random.normal(size=(count * each, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), np.repeat(range(count), each)


def together(places, labels):
    """Share of points whose nearest one has their label."""
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(away, np.inf)
    return np.mean(labels[away.argmin(axis=1)] == labels)


def test_principal_axes_are_those_of_the_largest_variance():
    random = np.random.default_rng(1)
    vectors = (random.normal(size=(500, 5)) * [1, 9, 1, 4, 1]).astype(np.float32)
    places = latent_map.principal_axes(vectors)
    for axis, column in enumerate((1, 3)):
        assert abs(np.corrcoef(places[:, axis], vectors[:, column])[0, 1]) > 0.99
    assert latent_map.principal_axes(vectors[:, :1]).shape == (500, 2)


def test_a_map_is_framed_by_one_scale_and_far_ones_do_not_press_it():
    places = np.random.default_rng(2).random((5000, 2)).astype(np.float32) * [1, 0.5]
    places[0] = (1000, 1000)
    framed = latent_map.framed(places.astype(np.float32))
    assert framed.min() >= 0
    assert framed.max() <= 1
    wide, high = np.ptp(framed[1:], axis=0)
    assert wide > 0.9
    assert high == pytest.approx(wide / 2, rel=0.05)


def test_far_islands_are_brought_nearer_and_nothing_changes_its_order():
    random = np.random.default_rng(3)
    islands = np.concatenate([0.05 + 0.01 * random.random((40, 2)), 0.9 + 0.01 * random.random((40, 2))])
    places = np.concatenate([islands, islands[:1]]).astype(np.float32)
    evened = latent_map.evened(places)
    assert evened.min() >= 0
    assert evened.max() <= 1
    for axis in range(2):
        assert (np.diff(evened[np.argsort(places[:, axis], kind="stable"), axis]) >= 0).all()
    assert evened[-1].tolist() == evened[0].tolist()
    assert np.ptp(evened[:40], axis=0).min() > 0.2
    assert np.ptp(places[:40], axis=0).max() < 0.02


@pytest.fixture
def session(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed in range(6):
        (photos / f"{seed}.jpg").write_bytes(jpeg(seed, (120, 90)))
    with Session.open(tmp_path / "library", "hsv") as opened:
        index_paths(opened, [str(photos)])
        yield opened


def test_a_small_library_has_a_map_by_its_axes_that_is_kept(session):
    rough = []
    made = latent_map.make_map(session, rough.append)
    assert made.method == "pca"
    assert rough == []
    assert made.ids.tolist() == sorted(session.catalog.content_ids().tolist())
    (kept,) = (session.folders.cache / "map").glob("*.npz")
    before = kept.stat().st_mtime_ns
    again = latent_map.make_map(session, rough.append)
    np.testing.assert_array_equal(again.places, made.places)
    assert kept.stat().st_mtime_ns == before
    kept.write_bytes(b"damaged")
    np.testing.assert_array_equal(latent_map.make_map(session, rough.append).places, made.places)


def test_a_map_of_other_photos_takes_the_place_of_the_old_one(session, tmp_path):
    latent_map.make_map(session, lambda made: None)
    (tmp_path / "photos" / "new.jpg").write_bytes(jpeg(77, (120, 90)))
    index_paths(session, [str(tmp_path / "photos")])
    assert len(latent_map.make_map(session, lambda made: None).ids) == 7
    assert len(list((session.folders.cache / "map").glob("*.npz"))) == 1


def test_an_empty_library_has_no_map(tmp_path):
    with Session.open(tmp_path / "library", "hsv") as session, pytest.raises(KnownError, match="no photos"):
        latent_map.make_map(session, lambda made: None)


@pytest.mark.slow
def test_umap_keeps_together_what_is_alike():
    if importlib.util.find_spec("umap") is None:
        pytest.skip("the extra [map] is not installed")
    vectors, labels = clusters(6)
    assert together(latent_map.evened(latent_map.framed(latent_map.by_umap(vectors))), labels) > 0.95


@pytest.mark.slow
def test_umap_ends_when_it_is_cancelled():
    if importlib.util.find_spec("umap") is None:
        pytest.skip("the extra [map] is not installed")
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        latent_map.by_umap(clusters(6)[0], task)
