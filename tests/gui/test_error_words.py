"""What goes wrong is told in the language of the window."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

import cbir_desktop
from cbir_desktop.core import words
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.gui import error_words
from cbir_desktop.gui.error_words import clause, in_words
from cbir_desktop.gui.overview import PROBLEMS
from cbir_desktop.gui.translations import use_language
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

PACKAGE = Path(cbir_desktop.__file__).parent
NOT_IN_THE_WINDOW = {
    "usage", "exists", "bad-plan", "not-refused", "no-such-problem", "other-encoder", "name-taken",
    "unwritable-folder", "bad-model-description", "unsupported-network", "external-data", "not-onnx",
    "no-feature-map", "no-such-precision", "sample-too-small", "not-added",
    "empty-library",  # told through ``say``
}  # fmt: skip
"""Kinds of errors of commands that the window does not have."""


@pytest.fixture
def german(qapp: QApplication):
    made = use_language(qapp, "de")
    yield
    for translator in made:
        qapp.removeTranslator(translator)
    QLocale.setDefault(QLocale.c())
    words.set_translator(None)


def kinds_raised() -> set[str]:
    """All that stand as literals in calls of errors below the window."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] in ("gui", "cli", "training", "evaluation"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 2:
                kind = node.args[1]
                if node.func.id in ("KnownError", "DecodeError") and isinstance(kind, ast.Constant):
                    found.add(kind.value)
    return found


def test_every_kind_that_the_window_can_meet_has_words():
    raised = kinds_raised()
    assert len(raised) > 60
    assert raised - set(error_words._ENGLISH) - NOT_IN_THE_WINDOW == set()


def test_english_stays_as_it_was_said(qapp: QApplication):
    assert clause(KnownError("the disk with /x is full", "disk-full")) == "the disk with /x is full"
    assert clause(ValueError("a fault")) == "a fault"


def test_german_keeps_what_the_message_tells_more(german):
    assert clause(DecodeError("the file is empty", "empty")) == "die Datei ist leer"
    full = clause(KnownError("the disk with /x is full", "disk-full"))
    assert full == "der Datenträger ist voll (the disk with /x is full)"
    assert in_words("of-tomorrow", "something new") == "something new"


def test_a_german_window_tells_in_german_why(german, driver: Driver, shipped_photos: Path, tmp_path: Path):
    (tmp_path / "Fotos").mkdir()
    (tmp_path / "Fotos" / "leer.jpg").touch()
    for name in ("coffee.jpg", "rocket.jpg"):
        (tmp_path / "Fotos" / name).write_bytes((shipped_photos / name).read_bytes())
    driver.index(tmp_path / "Fotos")
    window = driver.window
    window.side.place_requested.emit(PROBLEMS)
    assert "Die Datei ist leer" in window.problems.table.topLevelItem(0).text(1)
    assert "Sicherung" in window.problems.table.topLevelItem(0).text(2)
    window.find_files([str(tmp_path / "gibt es nicht.jpg")])
    driver.wait(window.message.isVisible)
    assert "die Datei ist nicht mehr da" in window.message.text.text()
    window.find_files([str(tmp_path / "Fotos" / "leer.jpg")])
    driver.wait(lambda: "die Datei ist leer" in window.message.text.text())
    assert window.layoutDirection() == Qt.LayoutDirection.LeftToRight
