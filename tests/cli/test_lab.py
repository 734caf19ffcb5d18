import json
import signal
import subprocess
import sys

import pytest

pytest.importorskip("sklearn", reason="the laboratory's encoders need the extra lab")

CBIR = [sys.executable, "-m", "cbir_desktop", "evaluate", "lab", "folder-per-class"]


def run_until_a_result_is_there(arguments, out):
    """A process of its own that has finished at least one method and is at work on the next."""
    running = subprocess.Popen([*CBIR, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    while not list(out.rglob("results/*/*.json")):
        try:
            running.wait(0.05)
            raise AssertionError(f"it ended too early: {running.returncode}")
        except subprocess.TimeoutExpired:
            continue
    return running


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_has_its_table_and_plots_and_goes_on(tmp_path, sorted_photos, library, number):
    out = tmp_path / "out"
    arguments = (sorted_photos, "--out", out, "--encoder", "gray", "--rerank", "os2os", "--rerank", "hpm")
    more = ("--picture-queries", "36", "--library", library, "--json")
    running = run_until_a_result_is_there((*arguments, *more), out)
    running.send_signal(number)
    told, _ = running.communicate(timeout=120)
    assert running.returncode == 2
    assert json.loads(told)["error"]["kind"] == "cancelled"
    results = list(out.rglob("results/*/*.json"))
    table = (out / "table.csv").read_text().splitlines()
    assert 1 <= len(results) < 3
    assert len(table) == 1 + len(results)
    assert len((out / "table.md").read_text().splitlines()) == 2 + len(results)
    for plot in ("recall-latency.svg", "quality-bytes.svg"):
        assert "<circle" in (out / plot).read_text()
    before = {path: path.stat().st_mtime_ns for path in results}
    done = subprocess.run([*CBIR, *map(str, (*arguments, *more))], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in json.loads(done.stdout)["results"]] == ["gray", "gray / os2os", "gray / hpm"]
    assert {path: path.stat().st_mtime_ns for path in results} == before
