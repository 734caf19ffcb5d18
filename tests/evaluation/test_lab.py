import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.encoders import visual_words
from cbir_desktop.encoders.vocabulary import Vocabulary
from cbir_desktop.evaluation import datasets, planting, trec
from cbir_desktop.evaluation.lab import measures, plots, sets
from cbir_desktop.evaluation.lab.measuring import Extent
from cbir_desktop.evaluation.lab.methods import Method, Part, grid, parse_parts, set_knobs
from cbir_desktop.evaluation.lab.results import Outcome, to_csv, to_markdown
from cbir_desktop.evaluation.lab.run import Lab
from cbir_desktop.evaluation.retrieval import RetrievalSet, Truth

from .conftest import jpeg, write_folder


@pytest.fixture
def ukb(tmp_path):
    """Six objects, four sizes of one picture each."""
    views = {
        f"ukbench{4 * group + view:05d}.jpg": jpeg(group, (128 + 16 * view, 96 + 12 * view))
        for group in range(6)
        for view in range(4)
    }
    return sets.by_class(datasets.ukb(str(write_folder(tmp_path / "ukb", views))))


def values(outcomes):
    return {outcome.method.name: outcome.values["map"] for outcome in outcomes}


@pytest.mark.parametrize("seed", range(5))
def test_the_measures_of_random_rankings_are_those_of_trec_eval(seed):
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="trec_eval could not be built here")
    random = np.random.default_rng(seed)
    qrels, run, ours = {}, {}, []
    for query in range(8):
        ids = random.permutation(300)[: int(random.integers(5, 250))]
        positives = random.choice(300, int(random.integers(1, 60)), replace=False)
        scores = np.sort(random.random(len(ids)).astype(np.float32))[::-1]
        qrels[f"q{query}"] = {f"d{number}": 1 for number in positives.tolist()}
        run[f"q{query}"] = {f"d{number}": float(score) for number, score in zip(ids.tolist(), scores, strict=True)}
        ours.append(measures.judge(query, ids, scores, positives, []))
    names = {"map", "map_cut.10,100", "P.1,5,10", "recall.1,10,100"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(run).values()
    found = measures.quality(ours, groups_of_four=False)
    pairs = {"map": "map", "map_10": "map_cut_10", "map_100": "map_cut_100"}
    pairs |= {f"p_{k}": f"P_{k}" for k in (1, 5, 10)} | {f"recall_{k}": f"recall_{k}" for k in (1, 10, 100)}
    for key, name in pairs.items():
        assert found[key] == pytest.approx(np.mean([row[name] for row in theirs])), key
    assert "ns" not in found


def test_junk_is_neither_right_nor_wrong():
    ids, scores = np.array([7, 3, 9, 5, -1]), np.array([0.9, 0.8, 0.7, 0.6, -np.inf], np.float32)
    one = measures.judge(0, ids, scores, [3, 5], [7])
    assert one.ids.tolist() == [3, 9, 5]
    assert measures.quality_of(one)["map"] == pytest.approx((1 + 2 / 3) / 2)
    assert measures.quality_of(one)["map_trapezoid"] == pytest.approx(((1 + 1) / 2 + (1 / 2 + 2 / 3) / 2) / 2)


def test_a_sweep_gives_a_part_for_each_combination():
    assert parse_parts("hnsw:ef=100,200") == [Part("hnsw", (("ef", 100),)), Part("hnsw", (("ef", 200),))]
    assert [str(part) for part in parse_parts("diffusion:k=5:alpha=0.9,0.99")] == [
        "diffusion k=5 alpha=0.9",
        "diffusion k=5 alpha=0.99",
    ]
    for text in ("hnsw:ef", "hnsw:ef=many", "hnsw:ef="):
        with pytest.raises(KnownError):
            parse_parts(text)


def test_the_grid_has_each_combination_once_and_a_descriptor_by_itself():
    methods = grid(["hsv", "layout", "hsv"], (None, 8), (Part("flat"), Part("hnsw")), (None, Part("aqe")))
    assert len(methods) == len(set(methods)) == 9
    assert Method("layout") in methods
    assert [Method.from_json(json.loads(json.dumps(method.to_json()))) for method in methods] == methods


def test_a_knob_that_is_not_there_is_named_with_those_that_are():
    index = registry.indexes.create("hnsw", dim=4)
    set_knobs(index, Part("hnsw", (("ef", 77),)))
    assert index.ef == 77
    with pytest.raises(KnownError, match=r"efficiency.*known: .*ef"):
        set_knobs(index, Part("hnsw", (("efficiency", 1),)))


def test_methods_are_measured_side_by_side(ukb, tmp_path):
    methods = grid(["blocks", "gray"], (None, 4), (Part("flat"), Part("hnsw", (("ef", 200),))), (None, Part("aqe")))
    outcomes = Lab(ukb, tmp_path / "out").run([*methods, Method("layout")])
    assert [outcome.method for outcome in outcomes] == [*methods, Method("layout")]
    assert all(outcome.failed is None for outcome in outcomes)
    plain = outcomes[0]
    assert plain.method.name == "blocks"
    assert plain.values["map"] == plain.values["map_100"] == 1
    assert plain.values["ns"] == 4
    assert 0 < plain.values["p50"] <= plain.values["p95"] <= plain.values["p99"]
    assert plain.values["bytes"] >= 192 * 4
    by_name = {outcome.method.name: outcome.values for outcome in outcomes}
    assert by_name["blocks / hnsw ef=200"]["index_recall"] == 1
    assert by_name["blocks / aqe"]["map_before"] == 1
    assert by_name["layout"]["bytes"] == 4 * registry.descriptors.create("layout").dim
    lines = (tmp_path / "out" / "table.md").read_text().splitlines()
    assert len(lines) == 2 + len(outcomes)
    assert len((tmp_path / "out" / "table.csv").read_text().splitlines()) == 1 + len(outcomes)


def test_the_worst_query_can_be_told_with_its_answers(ukb, tmp_path):
    (outcome,) = Lab(ukb, tmp_path).run([Method("blocks")])
    for answered in outcome.answered:
        assert answered.row not in answered.top
        assert answered.right[:3] == (True, True, True)
        assert all(row // 4 == answered.row // 4 for row in answered.top[:3])


@pytest.mark.parametrize("name", registry.rerankers.names())
def test_any_registered_reranker_can_be_tried(ukb, tmp_path, name):
    (outcome,) = Lab(ukb, tmp_path, Extent(queries=5, picture_queries=2)).run([Method("gray", reranker=Part(name))])
    assert outcome.failed is None
    assert 0 < outcome.values["map"] <= 1
    assert outcome.values["queries"] in (2, 5)


def test_what_has_a_result_is_not_measured_again(ukb, tmp_path):
    methods = grid(["blocks", "gray"])
    first = Lab(ukb, tmp_path).run(methods)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    for piece in (tmp_path / "vectors").rglob("*.npz"):
        piece.unlink()
    again = Lab(ukb, tmp_path).run([*methods, Method("hsv")])
    assert again[:2] == first
    assert all(path.stat().st_mtime_ns == time for path, time in files.items())
    assert len(list((tmp_path / "vectors").rglob("*.npz"))) == 1  # of hsv alone


def test_trecs_files_say_what_the_table_says(ukb, tmp_path):
    methods = [Method("gray"), Method("gray", reranker=Part("aqe", (("nearest", 2),)))]
    without = Lab(ukb, tmp_path).run(methods[:1])
    outcomes = Lab(ukb, tmp_path, with_trec=True).run(methods)
    assert values(outcomes[:1]) == values(without)  # measured again, as its ranking was not kept
    (qrels,) = tmp_path.glob("trec/*/qrels")
    runs = {path.stem: trec.read_run(path) for path in tmp_path.glob("trec/*/*.run")}
    assert len(runs) == 2
    for outcome, stem in zip(outcomes, sorted(runs, key=lambda stem: "aqe" in stem), strict=True):
        found = trec.measure(runs[stem], trec.read_qrels(qrels))
        assert (found.queries, found.map) == (24, pytest.approx(outcome.values["map"]))
        assert found.recall[10] == pytest.approx(outcome.values["recall_10"])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.run")}
    assert Lab(ukb, tmp_path, with_trec=True).run(methods) == outcomes
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.run")} == before


def test_another_extent_is_another_result(ukb, tmp_path):
    (all_of_them,) = Lab(ukb, tmp_path).run([Method("gray")])
    (some,) = Lab(ukb, tmp_path, Extent(queries=6)).run([Method("gray")])
    assert (all_of_them.values["queries"], some.values["queries"]) == (24, 6)


def test_a_run_that_is_cancelled_goes_on(ukb, tmp_path):
    methods = grid(["blocks", "gray", "hsv"])
    task = Task()
    with pytest.raises(Cancelled):
        Lab(ukb, tmp_path / "cut").run(methods, task, lambda outcome: task.cancel())
    assert len(list((tmp_path / "cut" / "results").rglob("*.json"))) == 1
    assert "blocks" in (tmp_path / "cut" / "table.md").read_text()
    went_on = Lab(ukb, tmp_path / "cut").run(methods)
    assert values(went_on) == values(Lab(ukb, tmp_path / "whole").run(methods))


def test_the_table_holds_what_earlier_runs_left(ukb, tmp_path):
    Lab(ukb, tmp_path).run([Method("blocks")])
    Lab(ukb, tmp_path).run([Method("gray")])
    table = (tmp_path / "table.csv").read_text()
    assert [line.split(",")[1] for line in table.splitlines()[1:]] == ["gray", "blocks"]


def test_damaged_files_are_made_again(ukb, tmp_path):
    (first,) = Lab(ukb, tmp_path).run([Method("blocks")])
    for path in [*tmp_path.rglob("*.npz"), *tmp_path.rglob("*.json")]:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (again,) = Lab(ukb, tmp_path).run([Method("blocks")])
    assert values([again]) == values([first])


def test_knobs_are_swept_on_one_index(ukb, tmp_path, monkeypatch):
    built, create = [], registry.indexes.create

    def counting(name, **arguments):
        built.append(name)
        return create(name, **arguments)

    monkeypatch.setattr(registry.indexes, "create", counting)
    outcomes = Lab(ukb, tmp_path).run(grid(["blocks"], (None,), parse_parts("hnsw:ef=200,300,400")))
    assert len(outcomes) == 3
    assert built == ["hnsw"]


def test_what_cannot_be_run_says_why_and_the_rest_goes_on(ukb, tmp_path):
    methods = [Method("no-such"), Method("gray", reranker=Part("aqe", (("no_knob", 1),))), Method("gray")]
    unknown, no_knob, fine = Lab(ukb, tmp_path).run(methods)
    assert "no-such" in unknown.failed
    assert "no_knob" in no_knob.failed
    assert fine.failed is None
    assert len(list((tmp_path / "results").rglob("*.json"))) == 1


WITH_LITTLE_MEMORY = """
import re, resource, sys
from pathlib import Path
from cbir_desktop.cli.main import main
main(sys.argv[1:] + ["--encoder", "gray", "--out", "first"])  # what is loaded once is loaded now
held = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (held + (200 << 20), resource.RLIM_INFINITY))
sys.exit(main(sys.argv[1:] + ["--encoder", "vlad-huge", "--encoder", "gray", "--json", "--out", "second"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux's")
@pytest.mark.parametrize("words", [16, 20_000])
def test_a_method_for_which_the_memory_is_too_small_says_so_and_the_rest_goes_on(tmp_path, words):
    """Vectors of 20,000 words are 10 MB a picture: 24 of them do not go into 200 MB, two of gray levels do."""
    members = {
        f"{kind}/{number}.jpg": jpeg(seed, (96 + number, 80))
        for seed, kind in enumerate("abcdefghijkl")
        for number in (1, 2)
    }
    write_folder(tmp_path / "set", members)
    centres = np.random.default_rng(0).random((words, 128), np.float32)
    (tmp_path / "library" / "models").mkdir(parents=True)
    vocabulary = Vocabulary(centres, np.ones(words, np.float32), visual_words.extractor().key)
    vocabulary.save(tmp_path / "library" / "models" / "huge.npz")
    command = ["evaluate", "lab", "folder-per-class", str(tmp_path / "set"), "--library", str(tmp_path / "library")]
    child = subprocess.run(
        [sys.executable, "-c", WITH_LITTLE_MEMORY, *command], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    huge, gray = json.loads(child.stdout[child.stdout.index("{") :])["results"]
    assert gray["failed"] is None
    assert gray["values"]["queries"] == 24
    if words == 16:
        assert (huge["failed"], child.returncode) == (None, 0)
    else:
        assert "more memory than there is" in huge["failed"], child.stderr
        assert (huge["values"], child.returncode) == ({}, 1)


def test_a_broken_picture_is_listed_and_left_out(tmp_path):
    members = {
        f"{kind}/{number}.jpg": jpeg(seed, (96 + number, 80)) for seed, kind in enumerate("ab") for number in (1, 2)
    }
    members["a/broken.jpg"] = b"no picture"
    lab_set = sets.by_class(datasets.folder_per_class(str(write_folder(tmp_path / "set", members))))
    (outcome,) = Lab(lab_set, tmp_path / "out").run([Method("blocks")])
    assert [problem.name for problem in outcome.problems] == ["a/broken.jpg"]
    assert outcome.values["queries"] == 4
    assert outcome.values["map"] == 1


def test_planted_copies_ask_for_their_originals(tmp_path):
    photos = {f"{seed}.jpg": jpeg(seed, (240, 180)) for seed in range(12)}
    plan = planting.plan(datasets.plain(str(write_folder(tmp_path / "photos", photos))), 3, seed=1)
    lab_set = sets.by_planting(plan, 1, ["jpeg", "mirror", "collage"])
    assert len(lab_set.queries) == 3 * 3 * 3
    written = planting.plant(
        planting.readable(plan.originals), list(planting.readable(plan.fillers)), 1, ["jpeg", "mirror", "collage"]
    )
    made = [lab_set.entries[asked.row].read() for asked in lab_set.queries]
    assert made == [copy.data for copy in written]
    assert sets.thinned(lab_set, len(lab_set.queries)) is lab_set
    few = sets.thinned(lab_set, 4)
    assert len(few.queries) == 4
    assert len(few) == len(lab_set.database) + 4
    (outcome,) = Lab(few, tmp_path / "out").run([Method("hsv")])
    assert outcome.values["queries"] == 4
    assert all(row in few.database for answered in outcome.answered for row in answered.top)


def test_the_part_of_a_published_query_asks_and_the_query_itself_is_not_ranked(tmp_path):
    photos = {f"{seed}.jpg": jpeg(seed // 2, (120 + 8 * seed, 96)) for seed in range(8)}
    images = datasets.plain(str(write_folder(tmp_path / "photos", photos)))
    truth = Truth(0, np.array([1]), np.array([2]), (10.0, 10.0, 90.0, 80.0))
    lab_set = sets.by_truth(RetrievalSet("published", images, [truth], np.arange(8)))
    assert len(lab_set) == 9
    (outcome,) = Lab(lab_set, tmp_path / "out").run([Method("hsv")])
    (answered,) = outcome.answered
    assert sorted(answered.top) == [1, 3, 4, 5, 6, 7]


def outcome_of(name, **values):
    return Outcome(Method(name), "set", "key", values)


def test_the_best_points_are_those_that_nothing_beats():
    outcomes = [
        outcome_of("quick", p50=1.0, recall_10=0.5),
        outcome_of("good", p50=100.0, recall_10=0.9),
        outcome_of("beaten", p50=100.0, recall_10=0.6),
        outcome_of("unknown", p50=float("nan"), recall_10=0.6),
    ]
    plot = plots.plot("recall-latency", "p50", "recall_10", outcomes)
    assert {point.label: point.best for point in plot.points} == {"quick": True, "good": True, "beaten": False}
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in plot.points)
    assert [words for _, words in plot.x_ticks] == ["1", "10", "100"]
    picture = ElementTree.fromstring(plots.to_svg(plot))
    assert len(picture.findall(".//{*}circle")) == 3


def test_a_name_cannot_break_the_picture_or_the_table():
    outcomes = [outcome_of("<&>\"'", p50=1.0, recall_10=0.5, map=0.25)]
    ElementTree.fromstring(plots.to_svg(plots.plot("x", "p50", "recall_10", outcomes)))
    assert "0.250" in to_markdown(outcomes)
    assert len(to_csv(outcomes).splitlines()) == 2
