import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.trec import measure, read_qrels, read_run, word, write_qrels, write_run

QRELS = {"a": {"x.jpg": 1, "y.jpg": 0}, "b": {"z.jpg": 2}}
RUN = {"a": {"y.jpg": 0.25, "x.jpg": 0.5}, "b": {"z.jpg": 1e-9}}


def test_qrels_and_runs_go_out_and_in(tmp_path):
    write_qrels(tmp_path / "q", QRELS)
    write_run(tmp_path / "r", RUN, "ours")
    assert read_qrels(tmp_path / "q") == QRELS
    assert read_run(tmp_path / "r") == RUN
    assert (tmp_path / "r").read_text().splitlines()[0] == "a Q0 x.jpg 1 0.5 ours"
    assert measure(read_run(tmp_path / "r"), read_qrels(tmp_path / "q")).map == 1


def test_names_with_spaces_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="single word"):
        write_run(tmp_path / "r", {"a": {"my photo.jpg": 1.0}}, "ours")
    assert not (tmp_path / "r").exists()


def test_any_file_name_is_made_a_word():
    assert word("holiday/my photo 1.jpg") == "holiday/my%20photo%201.jpg"
    assert word("50%.jpg") == "50%25.jpg"
    assert word("\udcff\u3000.jpg") == "%FF%E3%80%80.jpg"


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_qrels, "a 0 x 1\na 0 x\n", "line 2: 3 columns"),
        (read_qrels, "a 0 x good\n", "no relevance"),
        (read_run, "a Q0 x 1 high ours\n", "no score"),
        (read_run, "a Q0 x 1 0.5 ours\na Q0 x 2 0.4 ours\n", "twice"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, read, text, message):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(KnownError, match=message):
        read(path)


def test_a_run_without_a_judged_query_is_said_so():
    with pytest.raises(KnownError, match="answers no query"):
        measure({"c": {"x": 1.0}}, QRELS)
