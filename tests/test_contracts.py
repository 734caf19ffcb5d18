"""What every registered plug-in must do, whatever its method. A new one is tested by being registered."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.datasets import load_sample_images

from cbir_desktop.core import registry
from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.protocols import Encoder, Index, Matcher, Reranker
from cbir_desktop.core.types import Picture, Query, Ranking
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.sift import SiftExtractor

DIM = 32


def clustered(rows, seed=0, dim=DIM):
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((30, dim))
    vectors = centres[random.integers(0, 30, rows)] + 0.5 * random.standard_normal((rows, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="session")
def pictures():
    """Photographs that lie inside the wheels of scikit-image and scikit-learn."""
    found = {name: getattr(skimage.data, name)() for name in ("astronaut", "coffee", "chelsea", "rocket", "camera")}
    found |= dict(zip(("china", "flower"), load_sample_images().images, strict=True))
    return {
        name: np.ascontiguousarray(np.dstack([image] * 3) if image.ndim == 2 else image)
        for name, image in found.items()
    }


# Indexes


@pytest.fixture(params=registry.indexes.names())
def index_name(request):
    if request.param == "hnsw":
        pytest.importorskip("hnswlib", reason="hnswlib could not be built here: the flat index serves")
    return request.param


@pytest.fixture
def make_index(index_name):
    return lambda dim=DIM: registry.indexes.create(index_name, dim=dim)


@pytest.fixture
def index(make_index):
    built = make_index()
    built.fit(clustered(10))
    return built


def recall(found, truth):
    return np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found.ids.tolist(), truth.ids.tolist(), strict=True)])


@pytest.mark.parametrize("kind", ["clustered", "random"])
def test_index_finds_what_exact_search_finds(index, kind):
    vectors, queries = clustered(3000), clustered(100, seed=1)
    if kind == "random":
        noise = np.random.default_rng(5).standard_normal((3100, DIM)).astype(np.float32)
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        vectors, queries = noise[:3000], noise[3000:]
    truth = np.argsort(-queries @ vectors.T, axis=1)[:, :20]
    index.add(np.arange(3000), vectors)
    found = index.search(queries, 20)
    assert recall(found, Ranking(truth, np.zeros(truth.shape, np.float32))) >= 0.99
    assert (np.diff(found.scores, axis=1) <= 0).all()
    assert found.ids.dtype == np.int64
    assert found.scores.dtype == np.float32
    np.testing.assert_allclose(found.scores[:, 0], (queries @ vectors.T).max(axis=1), atol=1e-5)


def test_index_is_an_index_and_its_key_names_the_dimension(make_index):
    assert isinstance(make_index(), Index)
    assert make_index(16).key != make_index(32).key
    assert make_index(16).key == make_index(16).key


def test_index_gives_each_id_once(index):
    vectors = np.repeat(clustered(20), 20, axis=0)
    index.add(np.arange(400), vectors)
    for row in index.search(vectors[::20], 50).ids:
        assert len(set(row.tolist())) == 50


def test_index_pads_where_fewer_exist(index):
    empty = index.search(clustered(2), 5)
    assert (empty.ids == -1).all()
    assert np.isneginf(empty.scores).all()
    index.add(np.array([7, 3]), clustered(2))
    found = index.search(clustered(2), 5)
    assert found.ids.shape == (2, 5)
    assert found.ids[:, 0].tolist() == [7, 3]
    assert (found.ids[:, 2:] == -1).all()
    assert np.isneginf(found.scores[:, 2:]).all()
    assert index.search(clustered(0), 5).ids.shape == (0, 5)


def test_index_forgets_what_is_removed_and_takes_it_again(index):
    vectors = clustered(200)
    index.add(np.arange(200), vectors)
    index.remove(np.arange(0, 200, 2))
    index.remove(np.array([0, 2, 10_000]))  # absent: nothing happens
    assert len(index) == 100
    assert index.ids().tolist() == list(range(1, 200, 2))
    assert set(index.search(vectors, 100).ids.ravel().tolist()) == set(range(1, 200, 2))
    index.add(np.array([4, 8]), vectors[[4, 8]])
    assert len(index) == 102
    assert index.search(vectors[[4, 8]], 1).ids.ravel().tolist() == [4, 8]


def test_index_replaces_the_vector_of_a_present_id(index):
    vectors = clustered(100)
    index.add(np.arange(100), vectors)
    index.add(np.array([5]), -vectors[5:6])
    assert len(index) == 100
    assert index.search(-vectors[5:6], 1).row() == [(5, pytest.approx(1, abs=1e-5))]
    ids = index.search(vectors[5:6], 100).ids[0].tolist()
    assert sorted(ids) == list(range(100))
    assert ids[-1] == 5


def test_index_takes_the_last_of_an_id_given_twice(index):
    vectors = clustered(2)
    index.add(np.array([1, 1]), vectors)
    assert len(index) == 1
    assert index.search(vectors[1:], 1).scores[0, 0] == pytest.approx(1, abs=1e-5)


def test_index_survives_the_disk(make_index, index, tmp_path):
    vectors = clustered(500)
    index.add(np.arange(500), vectors)
    index.remove(np.arange(50))
    index.save(tmp_path / "index")
    loaded = make_index()
    loaded.load(tmp_path / "index")
    before, after = index.search(vectors[:60], 10), loaded.search(vectors[:60], 10)
    np.testing.assert_array_equal(before.ids, after.ids)
    np.testing.assert_array_equal(before.scores, after.scores)
    assert loaded.ids().tolist() == list(range(50, 500))
    loaded.add(np.arange(2000, 5000), clustered(3000, seed=3))  # beyond the room of what was loaded
    loaded.remove(np.arange(2000, 2100))
    assert len(loaded) == 450 + 2900


def test_empty_index_survives_the_disk(make_index, index, tmp_path):
    index.save(tmp_path)
    loaded = make_index()
    loaded.add(np.arange(3), clustered(3))
    loaded.load(tmp_path)
    assert len(loaded) == 0
    assert loaded.ids().tolist() == []
    assert (loaded.search(clustered(1), 3).ids == -1).all()


def damage_nothing_there(folder: Path):
    for path in folder.iterdir():
        path.unlink()


def damage_truncate(folder: Path):
    for path in folder.glob("*.bin"):
        path.write_bytes(path.read_bytes()[:-1])


def damage_flip(folder: Path):
    path = max(folder.glob("*.bin"), key=lambda part: part.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def damage_lose_a_part(folder: Path):
    next(folder.glob("*.bin")).unlink()


def damage_header(folder: Path):
    (folder / "index.json").write_text('{"schema": 1')


def damage_empty_header(folder: Path):
    (folder / "index.json").write_text("[]")


DAMAGES = [
    damage_nothing_there,
    damage_truncate,
    damage_flip,
    damage_lose_a_part,
    damage_header,
    damage_empty_header,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_index_refuses_damaged_files_and_stays_as_it_was(make_index, index, tmp_path, damage):
    index.add(np.arange(100), clustered(100))
    index.save(tmp_path)
    damage(tmp_path)
    other = make_index()
    other.add(np.array([1]), clustered(1))
    with pytest.raises(DamagedError):
        other.load(tmp_path)
    assert other.ids().tolist() == [1]


def test_index_refuses_another_dimension(make_index, index, tmp_path):
    index.add(np.arange(100), clustered(100))
    index.save(tmp_path)
    with pytest.raises(DamagedError, match="key"):
        make_index(DIM // 2).load(tmp_path)


def test_index_refuses_nonsense(index):
    with pytest.raises(ValueError, match="dimension"):
        index.add(np.arange(2), clustered(2, dim=DIM + 1))
    with pytest.raises(ValueError, match="go with"):
        index.add(np.arange(3), clustered(2))
    with pytest.raises(ValueError, match="negative"):
        index.add(np.array([-1, 3]), clustered(2))
    with pytest.raises(ValueError, match="finite"):
        index.add(np.arange(1), np.full((1, DIM), np.nan, np.float32))
    with pytest.raises(ValueError, match="k must"):
        index.search(clustered(1), 0)
    assert len(index) == 0


# Encoders


@pytest.fixture(params=registry.encoders.names())
def encoder(request):
    try:
        return registry.encoders.create(request.param)
    except KnownError as error:
        if error.kind not in ("missing-model", "missing-plugin"):
            raise
        pytest.skip(f"{request.param} cannot run here: {error}")


def test_encoder_gives_unit_rows_of_its_dimension(encoder, pictures):
    vectors = encoder.encode(list(pictures.values()))
    assert isinstance(encoder, Encoder)
    assert vectors.shape == (len(pictures), encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dim)
    assert len({row.tobytes() for row in vectors}) == len(pictures)


def test_encoder_is_deterministic_and_blind_to_neighbours(encoder, pictures):
    images = list(pictures.values())
    together = encoder.encode(images)
    np.testing.assert_array_equal(together, encoder.encode(images))
    for image, row in zip(images[::-1], encoder.encode(images[::-1]), strict=True):
        np.testing.assert_array_equal(encoder.encode([image])[0], row)
    np.testing.assert_array_equal(together[::-1], encoder.encode(images[::-1]))


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (3, 7)])
def test_encoder_takes_odd_shapes(encoder, shape):
    vector = encoder.encode([np.zeros((*shape, 3), np.uint8), np.full((*shape, 3), 255, np.uint8)])
    assert np.isfinite(vector).all()
    np.testing.assert_allclose(np.linalg.norm(vector, axis=1), 1, atol=1e-5)


def test_encoder_leaves_the_picture_alone_and_takes_views(encoder, pictures):
    image = pictures["coffee"]
    before = image.copy()
    flipped = encoder.encode([image[:, ::-1]])
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(flipped, encoder.encode([np.ascontiguousarray(image[:, ::-1])]))


def test_encoder_finds_the_smaller_copy(encoder, pictures):
    images = list(pictures.values())
    small = [cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for image in images]
    nearest = (encoder.encode(small) @ encoder.encode(images).T).argmax(axis=1)
    assert nearest.tolist() == list(range(len(images)))


# Matchers


@pytest.fixture(params=registry.matchers.names())
def matcher(request):
    built = registry.matchers.create(request.param)
    assert isinstance(built, Matcher)
    return built


def corners(image):
    height, width = image.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def test_matcher_maps_a_picture_onto_itself(matcher, pictures):
    for image in pictures.values():
        matches = matcher.match(Picture.of(image), Picture.of(image))
        assert matches.inliers > 50
        assert not matches.mirrored
        np.testing.assert_allclose(apply(matches.homography, corners(image)), corners(image), atol=0.1)


# Chosen so that all of the picture stays inside; maps coordinates whose pixel centres are at +0.5.
TURN_AND_TILT = np.array([[0.6, 0.15, 30], [-0.12, 0.7, 90], [1e-4, -5e-5, 1]])


def warped(image, homography, size):
    to_opencv = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    return cv2.warpPerspective(image, to_opencv @ homography @ np.linalg.inv(to_opencv), size, flags=cv2.INTER_LINEAR)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "china"])
def test_matcher_finds_a_known_homography_within_a_pixel(matcher, pictures, name):
    image = pictures[name]
    matches = matcher.match(Picture.of(image), Picture.of(warped(image, TURN_AND_TILT, (600, 500))))
    expected = apply(TURN_AND_TILT, corners(image))
    assert np.linalg.norm(apply(matches.homography, corners(image)) - expected, axis=1).max() < 1
    off = np.linalg.norm(apply(matches.homography, matches.xy_a) - matches.xy_b, axis=1)
    assert off[matches.inlier].max() < 5


def test_matcher_answers_in_full_size_pixels(matcher, pictures):
    image = pictures["astronaut"]
    small = cv2.resize(image, (256, 256), interpolation=cv2.INTER_AREA)
    matches = matcher.match(Picture(small, (4000, 3000)), Picture(image, (1024, 1024)))
    expected = corners(image) * 2
    found = apply(matches.homography, [[0, 0], [4000, 0], [4000, 3000], [0, 3000]])
    assert np.linalg.norm(found - expected, axis=1).max() < 4  # a pixel of the smaller picture
    assert matches.xy_a[:, 0].max() > 3500


def test_matcher_notices_a_mirror(matcher, pictures):
    image = pictures["chelsea"]
    width = image.shape[1]
    matches = matcher.match(Picture.of(image), Picture.of(image[:, ::-1]))
    assert matches.mirrored
    mirror = corners(image) * [-1, 1] + [width, 0]
    assert np.linalg.norm(apply(matches.homography, corners(image)) - mirror, axis=1).max() < 1
    turned = matcher.match(Picture.of(image), Picture.of(np.rot90(image)))
    assert not turned.mirrored
    assert turned.inliers > 100


def test_matcher_finds_nothing_between_unrelated_pictures(matcher, pictures):
    names = list(pictures)
    plain = Picture.of(np.full((300, 400, 3), 128, np.uint8))
    for place, name in enumerate(names):
        others = [Picture.of(pictures[other]) for other in names[place + 1 :]]
        for other in [*others, plain]:
            matches = matcher.match(Picture.of(pictures[name]), other)
            assert matches.homography is None
            assert matches.inliers == 0
            assert len(matches.xy_a) == len(matches.xy_b) == len(matches.inlier)


# Rerankers


@pytest.fixture
def gallery(pictures):
    """Ids in the order of the pictures; 100 is half of the first, turned and smaller."""
    found = dict(enumerate(pictures.values()))
    return found | {100: np.rot90(cv2.resize(found[0][:, :300], None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))}


BY_PARTS = list(registry.BY_PARTS)
BY_LOOKING = ["spatial"]
BY_VECTORS = list(registry.BY_VECTORS)
BY_LOCAL_MATCHES = list(registry.BY_LOCAL_MATCHES)


def make_reranker(name, gallery, vectors=None):
    if name in BY_PARTS:
        encoder = registry.encoders.create("lab")
        return registry.rerankers.create(name, encoder=encoder, image_of=gallery.__getitem__)
    if name in BY_LOOKING:
        sides = {"picture_of": lambda identity: Picture.of(gallery[identity])}
        return registry.rerankers.create(name, matcher=registry.matchers.create("sift"), **sides)
    if name in BY_LOCAL_MATCHES:
        return registry.rerankers.create(name, prepared_of=lambda identity: prepared(gallery[identity]))
    return registry.rerankers.create(name, vectors_of=lambda ids: vectors[ids])


def prepared(image):
    image = np.ascontiguousarray(image)
    return SiftExtractor().prepare(image, (image.shape[1], image.shape[0]))


def test_every_reranker_says_what_it_looks_at():
    assert sorted(BY_PARTS + BY_LOOKING + BY_VECTORS + BY_LOCAL_MATCHES) == registry.rerankers.names()


@pytest.mark.parametrize("name", BY_LOCAL_MATCHES)
def test_reranker_by_local_matches_lifts_the_copy_and_keeps_what_lies_below_its_depth(name, gallery):
    ids = np.array([[3, 1, 2, 100, 5, 4, -1]])
    scores = np.array([[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, -np.inf]], np.float32)
    built = make_reranker(name, gallery)
    built.depth = 4
    found = built.rerank(Query([gallery[0]], clustered(1)[0]), Ranking(ids, scores))
    assert found.ids[0, 0] == 100
    assert sorted(found.ids[0, :4].tolist()) == [1, 2, 3, 100]
    assert (np.diff(found.scores[0, :4]) <= 0).all()
    np.testing.assert_array_equal(found.ids[0, 4:], ids[0, 4:])
    np.testing.assert_array_equal(found.scores[0, 4:], scores[0, 4:])


@pytest.mark.parametrize("name", BY_LOOKING)
def test_reranker_lifts_the_copy_and_loses_nobody(name, gallery):
    ids = np.array([[3, 1, 2, 5, 100, 4, -1]])
    scores = np.array([[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, -np.inf]], np.float32)
    query = Query([gallery[0]], clustered(1)[0])
    ranking = make_reranker(name, gallery).rerank(query, Ranking(ids, scores))
    assert ranking.ids[0, 0] == 100
    assert sorted(ranking.ids[0].tolist()) == sorted(ids[0].tolist())
    assert ranking.ids[0, -1] == -1
    assert dict(zip(ranking.ids[0].tolist(), ranking.scores[0].tolist(), strict=True)) == dict(
        zip(ids[0].tolist(), scores[0].tolist(), strict=True)
    )


@pytest.mark.parametrize("name", registry.rerankers.names())
def test_reranker_takes_an_empty_ranking(name, gallery):
    built = make_reranker(name, gallery, clustered(1))
    assert isinstance(built, Reranker)
    nothing = Ranking(np.full((1, 5), -1), np.full((1, 5), -np.inf, np.float32))
    assert built.rerank(Query([gallery[0]], clustered(1)[0]), nothing).ids.tolist() == [[-1] * 5]


def exact(vectors, query):
    scores = vectors @ query
    order = np.argsort(-scores, kind="stable")[None]
    return Ranking(order, scores[order].astype(np.float32))


@pytest.fixture(scope="session")
def ring():
    """Two classes on two long arcs: (vectors, labels); the ends of an arc are farther from each other than from the
    other arc."""
    random = np.random.default_rng(3)
    turn = np.repeat(np.linspace(0, np.pi, 60), 2)
    labels = np.tile([0, 1], 60)
    points = np.stack([np.cos(turn), np.sin(turn), np.where(labels, 0.5, -0.5)], 1)
    points += 0.01 * random.standard_normal(points.shape)
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize("name", BY_VECTORS)
def test_reranker_by_vectors_betters_the_order_and_loses_nobody(name, ring, gallery):
    vectors, labels = ring
    built = make_reranker(name, gallery, vectors)
    before, after = [], []
    for row in range(0, len(vectors), 4):
        ranking = exact(vectors, vectors[row])
        found = built.rerank(Query([], vectors[row]), ranking)
        assert sorted(found.ids[0].tolist()) == list(range(len(vectors)))
        assert (np.diff(found.scores[0]) <= 0).all()
        before.append((labels[ranking.ids[0, :60]] == labels[row]).mean())
        after.append((labels[found.ids[0, :60]] == labels[row]).mean())
    assert np.mean(after) >= np.mean(before)


@pytest.mark.parametrize("name", BY_VECTORS)
def test_reranker_by_vectors_keeps_what_lies_below_its_depth(name, ring, gallery):
    vectors, _ = ring
    built = make_reranker(name, gallery, vectors)
    built.depth = 30
    ranking = exact(vectors, vectors[0])
    padded = Ranking(np.append(ranking.ids, [[-1]], 1), np.append(ranking.scores, [[-np.inf]], 1).astype(np.float32))
    found = built.rerank(Query([], vectors[0]), padded)
    assert sorted(found.ids[0, :30].tolist()) == sorted(ranking.ids[0, :30].tolist())
    np.testing.assert_array_equal(found.ids[0, 30:], padded.ids[0, 30:])
    np.testing.assert_array_equal(found.scores[0, 30:], padded.scores[0, 30:])


@pytest.mark.parametrize("name", registry.rerankers.names())
def test_reranker_wants_one_query(name, gallery):
    two = Ranking(np.zeros((2, 3), np.int64), np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="one query"):
        make_reranker(name, gallery, clustered(3)).rerank(Query([gallery[0]], clustered(1)[0]), two)
