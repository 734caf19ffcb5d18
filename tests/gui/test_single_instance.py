"""A second start in a process of its own hands its pictures to the window that is open."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cbir_desktop.gui.single_instance import SingleInstance, hand_over, server_name
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

START = "import sys; from cbir_desktop.cli.main import main_window; sys.exit(main_window(sys.argv[1:]))"
SERVE = (
    "import sys; from PySide6.QtCore import QCoreApplication;"
    "from cbir_desktop.gui.single_instance import SingleInstance;"
    "app = QCoreApplication([]); one = SingleInstance(sys.argv[1]); assert one.listen();"
    "print('ready', flush=True); app.exec()"
)


def test_a_second_start_hands_its_picture_over(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    query = tmp_path / "a query é.png"
    Image.open(shipped_photos / "chelsea.jpg").resize((300, 200)).save(query)
    library = tmp_path / "library"
    indexed.program.serve(server_name(library))
    indexed.window.showMinimized()
    command = [sys.executable, "-c", START, os.path.relpath(query), "--library", str(library)]
    second = subprocess.Popen(command)
    indexed.wait(lambda: indexed.window.model.shows_hits)
    indexed.wait(lambda: second.poll() is not None)
    assert second.returncode == 0
    assert indexed.names()[0] == "chelsea.jpg"
    assert not indexed.window.isMinimized()
    indexed.quiet()


def test_libraries_have_windows_of_their_own(tmp_path: Path):
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert server_name(tmp_path / "a") == server_name(tmp_path / "link")


def test_nobody_is_there(qapp, tmp_path: Path):
    assert not hand_over(server_name(tmp_path), ["/a.jpg"])


def test_what_a_kill_left_behind_does_not_hinder(qapp, tmp_path: Path):
    name = server_name(tmp_path)
    killed = subprocess.Popen([sys.executable, "-c", SERVE, name], stdout=subprocess.PIPE, text=True)
    assert killed.stdout.readline() == "ready\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert not hand_over(name, [])
    one = SingleInstance(name)
    assert one.listen()
    one.close()
