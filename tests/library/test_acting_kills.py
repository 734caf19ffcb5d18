"""kill -9 between any two steps of a clean-up or of its undo: at no time the only copy is gone, and all comes back."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("acting_child.py")
CASES = [
    *(("do", kind) for kind in ("trash", "merge", "delete", "move", "hardlink", "symlink")),
    *(("undo", kind) for kind in ("trash", "merge", "move", "hardlink", "symlink")),
]
STRIDES = [17, pytest.param(1, marks=pytest.mark.slow)]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork, SIGKILL and the freedesktop trash")


def killed(tmp_path, aside, action, kind, stride):
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, CHILD, tmp_path / "case", aside, action, kind, str(stride)],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")},
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["steps"] > 25
    assert report["killed"] == len(range(0, report["steps"], stride))
    return report["wrong"]


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("action", "kind"), CASES)
def test_killed_between_any_two_steps(tmp_path, action, kind, stride):
    assert killed(tmp_path, tmp_path / "case" / "aside", action, kind, stride) == []


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("action", ["do", "undo"])
def test_killed_between_any_two_steps_of_a_move_to_another_volume(tmp_path, action, stride):
    memory = "/dev/shm"
    if not os.path.isdir(memory) or os.stat(memory).st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second volume in /dev/shm")
    with tempfile.TemporaryDirectory(dir=memory) as aside:
        assert killed(tmp_path, aside, action, "move", stride) == []
