"""Keep rules in the user's words."""

import os

from PySide6.QtCore import QCoreApplication

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.keep_rules import Criterion, Rule


def criteria() -> dict[Criterion, str]:
    """What a rule keeps."""
    return {
        "resolution": _tr("More pixels"),
        "whole": _tr("The whole picture, not a crop"),
        "format": _tr("The format nearest to the camera"),
        "jpeg-quality": _tr("Less compressed"),
        "sharpness": _tr("Sharper"),
        "exif": _tr("More in its EXIF"),
        "oldest": _tr("Taken first"),
        "folder": _tr("In a folder of a list…"),
        "name": _tr("By its name…"),
        "size": _tr("The larger file"),
    }


def rule(given: Rule) -> str:
    """One line of the list."""
    if given.by == "folder":
        names = ", ".join(os.path.basename(folder) or folder for folder in given.folders)
        return _tr("In this order of folders: {folders}").format(folders=names)
    if given.by == "name":
        words = _tr("Name not like {pattern}") if given.unless else _tr("Name like {pattern}")
        return words.format(pattern=given.pattern)
    if given.by == "size" and given.smaller:
        return _tr("The smaller file")
    return criteria()[given.by]


def presets() -> dict[str, str]:
    """Short names of the presets."""
    return {
        "none": _tr("Nothing is marked by rule"),
        "identical": _tr("Only identical files"),
        "best-quality": _tr("Keep the best quality"),
        "originals": _tr("Keep what came from the camera"),
    }


def hints() -> dict[str, str]:
    """What each preset does, as ``library.keep_rules`` says it."""
    return {
        "none": _tr("Nothing is marked until you do it"),
        "identical": _tr("Only identical files: the one with the more original name stays"),
        "best-quality": _tr("Copies that were only scaled down or compressed again: the best stays"),
        "originals": _tr("What comes from the camera stays; what was edited is left to you"),
    }


def relations() -> dict[Relation, str]:
    """What a file may be to the one that is kept, for a rule to mark it."""
    return {
        Relation.IDENTICAL_BYTES: _tr("identical files"),
        Relation.IDENTICAL_PIXELS: _tr("identical pixels"),
        Relation.RE_ENCODED: _tr("compressed again"),
        Relation.RESIZED: _tr("resized"),
        Relation.ROTATED: _tr("turned"),
        Relation.MIRRORED: _tr("mirrored"),
        Relation.CROPPED: _tr("cropped"),
        Relation.EDITED: _tr("edited"),
        Relation.BORDERED: _tr("framed"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_rule_words", text)
