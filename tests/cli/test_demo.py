import json
from pathlib import Path

import pytest
from PIL import Image

from cbir_desktop.cli.demo import DemoReport, run_demo
from cbir_desktop.cli.main import main
from cbir_desktop.cli.samples import COPIES, PHOTOGRAPHS


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def report(out: Path, said: list[str]) -> DemoReport:
    return run_demo(out, say=said.append)


def test_every_copy_is_searched_and_its_rank_said(report: DemoReport, said: list[str]):
    asked = [(one.photograph, one.edit) for one in report.found]
    assert asked == [(photograph.name, edit) for photograph in PHOTOGRAPHS for edit in COPIES]
    for one in report.found:
        assert one.rank is not None, one
        line = f"{one.photograph:<11} {one.edit:<12} rank {one.rank}, wrong before {one.wrong_before}"
        assert line in said


def test_most_copies_find_their_original_before_any_other_photograph(report: DemoReport):
    """A hard floor for any encoder that is worth having: block means of the pixels reach 60 %."""
    assert report.before_all_others >= 0.6 * len(report.found)
    assert report.at_first <= report.before_all_others


def test_pictures_of_other_photographs_are_fewer_than_those_before_the_original(report: DemoReport):
    for one in report.found:
        assert one.rank is not None
        # at most the nine other copies can stand before it and be right
        assert one.rank - 1 - 9 <= one.wrong_before <= one.rank - 1


def test_the_originals_are_named_with_their_source(report: DemoReport, said: list[str]):
    for photograph in PHOTOGRAPHS:
        assert any(photograph.source in line for line in said)


def test_the_sheet_is_a_picture_with_a_row_for_every_copy(report: DemoReport, said: list[str]):
    with Image.open(report.sheet) as sheet:
        assert sheet.height > 100 * len(report.found)
    assert said[-1] == f"Contact sheet: {report.sheet.resolve()}"


def test_a_second_run_indexes_nothing_and_answers_the_same(report: DemoReport, out: Path):
    again = run_demo(out, say=lambda line: None)
    assert again.indexed == 0
    assert again.found == report.found


def test_json_is_one_document_with_the_ranks(report: DemoReport, out: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["demo", "--out", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [copy["rank"] for copy in document["copies"]] == [one.rank for one in report.found]
    assert document["sheet"] == str(report.sheet.resolve())
