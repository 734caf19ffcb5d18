"""The window's language: Qt translation files in ``resources/translations``, and Qt's own words."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from cbir_desktop.core import words
from cbir_desktop.core.resources import data_folder


def languages() -> dict[str, str]:
    """There are translations into these: the code, and what the language calls itself."""
    codes = sorted(path.stem.split("_", 1)[1] for path in _folder().glob("cbir_*.qm"))
    return {code: QLocale(code).nativeLanguageName().capitalize() for code in codes}


def use_language(application: QApplication, chosen: str) -> list[QTranslator]:
    """Before the window is made. ``chosen``: a code, or "" for the desktop's. What there is no translation for stays
    English, numbers and dates then too."""
    words.set_translator(QCoreApplication.translate)
    wanted = QLocale(chosen) if chosen else QLocale.system()
    code = wanted.name().split("_")[0]
    known = code == "en" or code in languages()
    locale = wanted if known else QLocale(QLocale.Language.English)
    QLocale.setDefault(locale)
    application.setLayoutDirection(locale.textDirection() if known else Qt.LayoutDirection.LeftToRight)
    made = []
    for name, folder in (
        (f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (f"cbir_{code}", str(_folder())),
    ):
        translator = QTranslator(application)
        if known and translator.load(name, folder):
            application.installTranslator(translator)
            made.append(translator)
    return made


def _folder() -> Path:
    return data_folder("resources") / "translations"
