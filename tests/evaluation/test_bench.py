import json

import numpy as np
import pytest

from cbir_desktop.core import registry
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.core.types import Ranking
from cbir_desktop.evaluation import bench, datasets
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.reranked import builder

from . import conftest
from .conftest import jpeg, write_folder


def decode(data):
    try:
        return conftest.decode(data)
    except OSError as error:
        raise DecodeError(str(error)) from error


class Blocks:
    """Means of 8 x 8 blocks, without their mean, as a unit vector: a small real encoder."""

    key = "blocks-8"
    dim = 192

    def encode(self, images):
        rows = []
        for image in images:
            height, width = (side // 8 * 8 for side in image.shape[:2])
            blocks = image[:height, :width].reshape(8, height // 8, 8, width // 8, 3).mean(axis=(1, 3)).ravel()
            rows.append((blocks - blocks.mean()) / np.linalg.norm(blocks - blocks.mean()))
        return np.array(rows, np.float32)


class Constant:
    """Knows nothing: every score is equal."""

    key = "constant"
    dim = 2

    def encode(self, images):
        return np.tile(np.array([[1, 0]], np.float32), (len(images), 1))


@pytest.fixture
def ukb(tmp_path):
    """Three objects, four sizes of one picture each, and one broken file."""
    views = {
        f"ukbench{4 * group + view:05d}.jpg": jpeg(group, (64 + 8 * view, 48 + 8 * view))
        for group in range(3)
        for view in range(4)
    }
    return datasets.ukb(str(write_folder(tmp_path / "ukb", views)))


def test_the_encoders_are_encoders():
    assert isinstance(Blocks(), Encoder)


def test_a_perfect_encoder_gets_full_marks(ukb):
    result = bench.evaluate(ukb, Blocks(), decode=decode)
    assert result.mean_average_precision == 1
    assert result.ns_score == 4
    assert result.precision == {1: 1, 5: pytest.approx(3 / 5), 10: pytest.approx(3 / 10)}
    assert (result.pictures, result.queries, result.problems) == (12, 12, ())
    assert 0 < result.query_ms[0] <= result.query_ms[1]
    assert 1 / result.both_per_second == pytest.approx(1 / result.decoded_per_second + 1 / result.encoded_per_second)


def test_a_descriptor_is_compared_by_its_own_measure(ukb):
    """Each group is of one colour: all that tells them apart is a distance that no inner product of the rows gives."""
    results = bench.compare(
        ukb, {name: registry.descriptors.create(name) for name in ("color-layout", "layout")}, decode=decode
    )
    assert [result.ns_score for result in results] == [4, 4]
    assert results[0].dim == 12


def test_an_encoder_that_knows_nothing_ranks_in_the_order_of_the_set(ukb):
    result = bench.evaluate(ukb, Constant(), decode=decode)
    assert result.ns_score == pytest.approx(4 / 3)  # the first group is right, the two others are not
    # without the query, the other three of its group stand at ranks 1 to 3, 5 to 7 and 9 to 11
    by_hand = [1, np.mean([1 / 5, 2 / 6, 3 / 7]), np.mean([1 / 9, 2 / 10, 3 / 11])]
    assert result.mean_average_precision == pytest.approx(np.mean(by_hand))


def test_distractors_are_ranked_but_never_asked(ukb, tmp_path):
    same = {f"{i}.jpg": jpeg(0, (72, 56)) for i in range(4)}  # four more of the first object, of no class
    other = datasets.plain(str(write_folder(tmp_path / "other", same)))
    result = bench.evaluate(ukb.with_distractors(other), Blocks(), decode=decode)
    assert (result.pictures, result.queries) == (16, 12)
    assert result.ns_score < 4
    assert 0.6 < result.mean_average_precision < 1


def test_rankings_agree_with_brute_force_over_several_blocks(monkeypatch):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(40, 5)).astype(np.float32)
    labels = rng.integers(-1, 12, 40)
    expected = []
    for query in range(40):
        if labels[query] < 0 or (labels == labels[query]).sum() < 2:
            continue
        order = sorted(range(40), key=lambda other: -float(vectors[query] @ vectors[other]))
        expected.append([labels[other] == labels[query] for other in order if other != query])
    monkeypatch.setattr(bench, "SCORES_AT_ONCE", 100)
    found = [without.tolist() for _, without in bench.rankings(vectors, labels)]
    assert found == expected
    assert len(found) > 20


def test_a_broken_picture_is_listed_and_left_out(tmp_path):
    members = {f"{c}/{i}.jpg": jpeg(ord(c), (64 + 8 * i, 48)) for c in "ab" for i in range(3)} | {"a/9.jpg": b"broken"}
    found = datasets.folder_per_class(str(write_folder(tmp_path / "s", members)))
    result = bench.evaluate(found, Blocks(), decode=decode)
    assert [problem.name for problem in result.problems] == ["a/9.jpg"]
    assert result.problems[0].reason
    assert result.pictures == 6
    assert result.mean_average_precision == 1
    assert result.ns_score is None


@pytest.mark.parametrize(("good", "kind"), [(0, "no-pictures"), (2, "too-few-classes")])
def test_what_is_left_after_the_broken_must_be_enough(tmp_path, good, kind):
    members = {f"a/{i}.jpg": jpeg(1) if i < good else b"broken" for i in range(2)} | {"b/1.jpg": b"x", "b/2.jpg": b"y"}
    found = datasets.folder_per_class(str(write_folder(tmp_path / "s", members)))
    with pytest.raises(KnownError) as caught:
        bench.evaluate(found, Blocks(), decode=decode)
    assert caught.value.kind == kind


def test_several_encoders_make_one_table(ukb):
    results = bench.compare(ukb, {"blocks": Blocks(), "nothing": Constant()}, decode=decode)
    lines = bench.table(results).splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["encoder", "-------", "blocks", "nothing"]
    assert len({line.count("|") for line in lines}) == 1
    assert "mAP (step)" in lines[0]
    assert "4.000" in lines[2]


def test_the_document_is_json(ukb):
    document = json.loads(json.dumps(bench.evaluate(ukb, Blocks(), decode=decode).to_json()))
    assert document["map_step"] == 1
    assert document["precision"]["1"] == 1
    assert document["key"] == "blocks-8"
    assert document["problems"] == []


def test_progress_and_cancel(ukb):
    seen = []
    bench.evaluate(ukb, Blocks(), Task(lambda done, total: seen.append((done, total))), decode)
    assert seen[-1] == (12, 12)
    task = Task(lambda done, total: task.cancel() if done else None, per_second=1e9)
    with pytest.raises(Cancelled):
        bench.evaluate(ukb, Blocks(), task, decode)


def test_the_products_decoder_is_the_default():
    pytest.importorskip("cbir_desktop.images.decode", reason="decoding is not merged yet")
    assert decoder(256)(jpeg(1)).shape == (48, 64, 3)


class Backwards:
    """Turns a ranking round: a small real re-ranker."""

    def rerank(self, query, ranking):
        assert len(query.vector)
        return Ranking(ranking.ids[:, ::-1], ranking.scores[:, ::-1])


def test_a_reranker_gets_a_row_behind_its_encoder(ukb):
    plain, turned = bench.compare(ukb, {"blocks": Blocks()}, decode=decode, rerankers={"turned": lambda _: Backwards()})
    assert (plain.encoder, turned.encoder) == ("blocks", "blocks + turned")
    assert plain.mean_average_precision == 1
    # 11 others, the 3 relevant last; the query itself stays in front
    assert turned.mean_average_precision == pytest.approx(np.mean([1 / 9, 2 / 10, 3 / 11]))
    assert turned.ns_score == 1
    assert turned.queries == plain.queries == 12
    assert turned.query_ms[0] > plain.query_ms[0]


@pytest.mark.parametrize("name", [name for name in registry.rerankers.names() if name != "spatial"])
def test_every_reranker_of_a_set_can_be_measured(ukb, name):
    results = bench.compare(ukb, {"blocks": Blocks()}, decode=decode, rerankers={name: builder(name)})
    assert [result.encoder for result in results] == ["blocks", f"blocks + {name}"]
    assert results[1].precision[1] >= 0.5
