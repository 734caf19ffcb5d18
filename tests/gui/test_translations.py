"""Nothing that is shown escapes translation; German is complete; a window from right to left stands."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from cbir_desktop.core import words
from cbir_desktop.core.resources import data_folder
from cbir_desktop.gui.region_page import RegionPage
from cbir_desktop.gui.translations import languages, use_language
from tests.gui.conftest import Driver
from tests.gui.pseudo import PseudoTranslator, outside

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

ROOT = Path(__file__).resolve().parent.parent.parent
_SPEC = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
tool = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tool)

DATA = {"kB", "MB", "English", "Deutsch", "JPEG", "Holiday", "hsv", "CBIR Desktop", "Ctrl", "Shift", "Alt", "Meta"}
"""What is not words of the program: names of languages, formats, encoders, files, keys."""


def fields(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}", text))


def test_german_is_complete_and_its_file_is_up_to_date():
    known = tool.read(tool.FOLDER / "cbir_de.ts")
    texts = tool.collect()
    assert [key for key in texts if not known.get(key)] == []
    assert set(known) == texts
    assert "unfinished" not in (tool.FOLDER / "cbir_de.ts").read_text(encoding="utf-8")
    wrong = [source for (_, source), text in known.items() if fields(source) != fields(text)]
    assert wrong == []


def test_what_is_compiled_is_what_is_written(qapp: QApplication):
    try:
        made = use_language(qapp, "de")
        known = tool.read(tool.FOLDER / "cbir_de.ts")
        spoken = {key: QCoreApplication.translate(*key) for key in known}
        assert {key: text for key, text in spoken.items() if text != known[key]} == {}
        assert QLocale().name().startswith("de")
        assert words.say("same file") == "dieselbe Datei"
    finally:
        for translator in made:
            qapp.removeTranslator(translator)
        QLocale.setDefault(QLocale.c())
        words.set_translator(None)


def test_a_language_that_is_not_there_is_english(qapp: QApplication):
    try:
        assert use_language(qapp, "tlh") == []
        assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
    finally:
        QLocale.setDefault(QLocale.c())
        words.set_translator(None)
    assert "de" in languages()
    assert (data_folder("resources") / "translations" / "cbir_de.qm").is_file()


@pytest.fixture
def pseudo_language(qapp: QApplication) -> Iterator[None]:
    translator = PseudoTranslator()
    qapp.installTranslator(translator)
    words.set_translator(QCoreApplication.translate)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    words.set_translator(None)
    qapp.removeTranslator(translator)


def texts_of(thing: QObject) -> Iterator[str]:
    """All that a person sees or hears of it."""
    if isinstance(thing, QAction):
        yield from (thing.text(), thing.toolTip())
    if isinstance(thing, QWidget):
        yield from (thing.toolTip(), thing.accessibleName(), thing.accessibleDescription(), thing.windowTitle())
    if isinstance(thing, QLabel | QAbstractButton):
        yield thing.text()
    if isinstance(thing, QLineEdit | QPlainTextEdit):
        yield thing.placeholderText()
    if isinstance(thing, QGroupBox):
        yield thing.title()
    if isinstance(thing, QComboBox):
        yield from (thing.itemText(place) for place in range(thing.count()))
    if isinstance(thing, QTabWidget):
        yield from (thing.tabText(place) for place in range(thing.count()))
    if isinstance(thing, QListWidget):
        yield from (thing.item(row).text() for row in range(thing.count()))


def untranslated(root: QObject) -> set[str]:
    found = set()
    for thing in (root, *root.findChildren(QObject)):
        if thing.objectName().startswith("qt_"):  # parts that Qt makes, with Qt's own words
            continue
        for text in texts_of(thing):
            left = set(re.findall(r"[A-Za-z]{2,}", outside(text)))
            if left - DATA:
                found.add(f"{type(thing).__name__}: {text}")
    return found


def test_no_text_of_the_window_escapes_translation(pseudo_language, driver: Driver, shipped_photos: Path, tmp_path):
    folder = tmp_path / "Holiday"
    folder.mkdir()
    for number, path in enumerate(sorted(shipped_photos.iterdir())):
        (folder / f"{number}.jpg").write_bytes(path.read_bytes())
    assert untranslated(driver.window.empty) == set()
    driver.index(folder)
    driver.window.find_files([str(folder / "1.jpg"), str(folder / "2.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    driver.quiet()
    driver.window.grid.setCurrentIndex(driver.window.model.index(0))
    driver.window.actions_.settings.trigger()
    driver.wait(lambda: driver.window.living.settings.dialog.tabs.isEnabled())
    driver.window.search_bar.chips[0].click()
    driver.window.actions_.shortcuts.trigger()
    driver.quiet()
    dialog = driver.window.living.settings.dialog
    dialog.encoders.clear()  # what encoders there are is told by their registry, in English
    left = untranslated(driver.window)
    dialog.close()
    assert {text for text in left if not re.search(r"[~/*\u200b]|\.jpg", text)} == set()  # paths, names, patterns


def test_right_to_left_the_parts_change_sides(pseudo_language, indexed: Driver):
    window = indexed.window
    assert window.isRightToLeft()
    assert window.side.x() > window.grid.mapTo(window, window.grid.rect().topLeft()).x()
    assert isinstance(window.region_page, RegionPage)
