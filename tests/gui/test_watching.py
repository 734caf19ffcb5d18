"""The window follows the library's folders: real files, real events, real processes beside it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cbir_desktop.gui.overview import ALL_PHOTOS, MISSING
from cbir_desktop.library import following, mounts
from tests.gui.conftest import LONG_MS, Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def folder(driver: Driver, tmp_path: Path) -> Path:
    """Three photos in the library, followed."""
    noise(tmp_path / "photos", 3, side=60)
    driver.index(tmp_path / "photos")
    driver.follow()
    return tmp_path / "photos"


def state_of(driver: Driver, folder: Path) -> str:
    return dict(driver.window.side.states())[str(folder)]


def test_a_photo_that_comes_in_is_found(driver: Driver, folder: Path, shipped_photos: Path):
    query = folder.parent / "query.png"
    Image.open(shipped_photos / "chelsea.jpg").resize((300, 200)).save(query)
    shutil.copy(shipped_photos / "chelsea.jpg", folder / "new.jpg")
    driver.wait(lambda: driver.window.model.rowCount() == 4)
    driver.window.find_files([str(query)])
    driver.wait(lambda: driver.window.model.shows_hits)
    assert driver.names()[0] == "new.jpg"
    assert driver.window.status.text.text() == "Up to date: 1 photo new"
    assert not driver.window.runner.busy


def test_a_photo_that_went_is_listed_as_missing(driver: Driver, folder: Path):
    side = driver.window.side
    (folder / "noise-001.jpg").unlink()
    driver.wait(lambda: state_of(driver, folder) == "1 missing")
    assert driver.window.model.rowCount() == 2
    side.place_requested.emit(MISSING)
    driver.wait(lambda: driver.window.model.rowCount() == 1)
    driver.wait(lambda: driver.states() == ["missing"])
    assert driver.names() == ["noise-001.jpg"]
    driver.window.grid.setCurrentIndex(driver.window.model.index(0))
    assert driver.window.details._values["state"][1].text() == "Missing: the file is not there any more"
    driver.wait(lambda: driver.window.details.picture.pixmap().width() == 60)  # its thumbnail
    noise(folder, 2, side=60)
    driver.wait(lambda: state_of(driver, folder) == "")
    assert side.currentItem().text() == "All photos"  # the place is empty now


def test_a_folder_that_went_stays_with_its_photos_until_it_is_back(driver: Driver, folder: Path):
    window = driver.window
    driver.wait(lambda: driver.states() == ["online"] * 3)
    folder.rename(folder.with_name("unplugged"))
    driver.wait(lambda: state_of(driver, folder) == "offline: not there now")
    driver.wait(lambda: driver.states() == ["offline"] * 3)
    tip = window.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("offline")
    assert "offline" in window.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    window.grid.setCurrentIndex(window.model.index(0))
    assert window.details._values["state"][1].text().startswith("Offline")
    driver.wait(lambda: window.details.picture.pixmap().width() == 60)
    folder.with_name("unplugged").rename(folder)
    driver.wait(lambda: state_of(driver, folder) == "")
    driver.wait(lambda: driver.states() == ["online"] * 3)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")
def test_a_drive_is_pulled_out_and_plugged_in_elsewhere(driver: Driver, stick, tmp_path: Path, shipped_photos: Path):
    plug_in, pull_out = stick
    plug_in(tmp_path / "usb")
    for path in sorted(shipped_photos.iterdir())[:4]:
        Image.open(path).resize((120, 90)).save(tmp_path / "usb" / path.name)
    driver.index(tmp_path / "usb")
    driver.follow()
    pull_out()
    driver.wait(lambda: state_of(driver, tmp_path / "usb").startswith("offline: drive "))
    driver.wait(lambda: driver.states() == ["offline"] * 4)
    driver.window.find_files([str(shipped_photos / "chelsea.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    assert driver.names()[0] == "chelsea.jpg"
    driver.wait(lambda: driver.window.loader.pixmap(int(driver.window.model.ids[0])) is not None)
    plug_in(tmp_path / "other")
    driver.wait(lambda: driver.window.side.states() == [(str(tmp_path / "other"), "")])
    driver.window.clear_query()
    driver.wait(lambda: driver.states() == ["online"] * 4)
    pull_out()


def test_a_long_scan_is_shown_paused_and_cancelled(driver: Driver, folder: Path, tmp_path: Path):
    window = driver.window
    window.living.watching.timer.setInterval(0)
    noise(tmp_path / "many", 200)
    seen = []
    window.runner.progressed.connect(lambda done, total: seen.append(done))
    (tmp_path / "many").rename(folder / "many")
    driver.wait(lambda: bool(seen))
    assert window.status.cancel_button.isVisible()
    QTest.mouseClick(window.status.pause_button, Qt.MouseButton.LeftButton)
    assert window.runner.paused
    assert window.status.text.text().startswith("Paused at")
    QTest.mouseClick(window.status.pause_button, Qt.MouseButton.LeftButton)
    before = len(seen)
    driver.wait(lambda: len(seen) > before)
    QTest.mouseClick(window.status.cancel_button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: not window.runner.busy)
    QTest.qWait(2500)  # it is not taken up again by itself, within two looks of the watcher
    driver.quiet()
    assert window.model.rowCount() < 203
    driver.press(Qt.Key.Key_F5)
    driver.quiet()
    assert window.model.rowCount() == 203


def test_a_stopped_run_is_not_taken_up_by_the_watcher(driver: Driver, tmp_path: Path):
    window, watching = driver.window, driver.window.living.watching
    noise(tmp_path / "many", 400)
    reports = []
    window.runner.progressed.connect(lambda done, total: window.runner.paused or window.runner.pause(True))
    watching.scanned.connect(reports.append)
    watching.timer.setInterval(LONG_MS)  # its scan is not among the runs that are cancelled
    driver.chooser.paths = (str(tmp_path / "many"),)
    window.actions_.add_folder.trigger()
    driver.wait(watching.timer.isActive)  # its scan waits behind the run
    window.status.cancel_requested.emit()
    driver.wait(lambda: bool(reports))
    driver.quiet()
    assert reports == [None]
    assert window.model.rowCount() < 400


_HOLD = """
import sys
from pathlib import Path
from cbir_desktop.library.session import Session
with Session.open(Path(sys.argv[1]), "hsv") as session, session.watching():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_window_says_so_reads_on_and_takes_over(qtbot, tmp_path: Path):
    library, folder = tmp_path / "library", tmp_path / "photos"
    noise(folder, 3, side=60)
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        driver = Driver(qtbot, library)
        driver.wait(lambda: driver.window.notice.isVisible())
        text = driver.window.notice.text.text()
        assert "Another process follows the folders" in text
        assert "You can look and search here meanwhile." in text
        command = [sys.executable, "-m", "cbir_desktop", "index", str(folder), "--library", str(library)]
        subprocess.run([*command, "--encoder", "hsv"], check=True, capture_output=True, timeout=120)
        driver.wait(lambda: driver.window.model.rowCount() == 3)  # what another process took in is shown
        driver.window.find_files([str(folder / "noise-000.jpg")])
        driver.wait(lambda: driver.window.model.shows_hits)
    finally:
        holder.communicate("\n", timeout=60)
    driver.wait(lambda: not driver.window.notice.isVisible())
    driver.window.side.place_requested.emit(ALL_PHOTOS)
    driver.follow()
    (folder / "noise-002.jpg").unlink()
    driver.wait(lambda: driver.window.model.rowCount() == 2)
    driver.close()


def test_a_network_folder_is_called_one_and_looked_at_by_the_clock(qtbot, tmp_path: Path, monkeypatch):
    """The table of mounts says that the folder is on a server; all else is as it is."""
    folder, table = tmp_path / "photos", tmp_path / "mountinfo"
    noise(folder, 3, side=60)
    table.write_bytes(
        mounts.MOUNTINFO.read_bytes() + b"999 1 0:99 / %s rw - nfs4 nas:/photos rw\n" % os.fsencode(folder)
    )
    for module in (mounts, following):
        monkeypatch.setattr(module, "MOUNTINFO", table)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text("rescan_seconds = 1\n")
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    driver.index(folder)
    driver.wait(lambda: (str(folder), "network, changes by the clock") in driver.window.side.states())
    side = driver.window.side
    (item,) = side.findItems("photos", Qt.MatchFlag.MatchExactly)
    assert "network, changes by the clock" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "A network folder sends no events: it is looked at every 1 seconds" in item.toolTip()
    (folder / "noise-000.jpg").unlink()
    driver.wait(lambda: driver.window.model.rowCount() == 2)
    driver.close()


_LIMITED = """
import sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from cbir_desktop.gui.app import Program, create_application
application = create_application()
program = Program(Path(sys.argv[1]) / "library", encoder="hsv")
program.start()
def wait(ready):
    until = time.monotonic() + 60
    while not ready() and time.monotonic() < until:
        application.processEvents()
        time.sleep(0.01)
wait(lambda: program.window.actions_.open_query.isEnabled())
program.window.indexing.add_folders([sys.argv[2]])
wait(program.window.notice.isVisible)
print(program.window.notice.text.text())
wait(lambda: program.window.model.rowCount() == 3)
print(program.window.side.states()[0][1])
(Path(sys.argv[2]) / "noise-000.jpg").unlink()
wait(lambda: program.window.model.rowCount() == 2)
print(program.window.model.rowCount())
program.window.close()
program.close()
"""


def test_where_the_system_watches_no_more_folders_the_window_says_so_and_looks_by_the_clock(tmp_path: Path):
    """The limit is made to be met, in a user namespace of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    noise(tmp_path / "photos", 3, side=60)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text("rescan_seconds = 1\n")
    limited = f'echo 1 > /proc/sys/user/max_inotify_watches && exec {sys.executable} -c "$1" {tmp_path} "$2"'
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", limited, "sh", _LIMITED, str(tmp_path / "photos")],
        capture_output=True, text=True, timeout=240, check=False, env=environment,
    )  # fmt: skip
    if "unshare" in done.stderr or "max_inotify_watches" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr}")
    told, state, rows = done.stdout.splitlines()
    assert told.startswith("The system allows no more folders to be watched. “photos”: changes are looked for by the")
    assert (state, rows) == ("changes by the clock", "2")


def test_a_new_photo_that_is_a_copy_is_told_until_it_was_shown(driver: Driver, folder: Path):
    window = driver.window
    with_groups: list[object] = []
    window.review.counted.connect(with_groups.append)
    window.living.watching.copies_requested.emit()  # duplicates are looked for once: there are none
    driver.wait(lambda: with_groups[-1:] == [0])
    shutil.copy(folder / "noise-000.jpg", folder / "again.jpg")
    driver.wait(lambda: "copy of another" in window.notice.text.text())
    window.notice.button.click()
    driver.wait(lambda: with_groups[-1:] == [1])
    assert window.pages.currentWidget() is window.review.page
    driver.wait(lambda: not window.notice.isVisible())
