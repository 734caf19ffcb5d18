"""The facts of a member in words, and which of them are better than those of the file it is compared with."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from cbir_desktop.gui import wording
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.facts import Facts, better


@dataclass(frozen=True, slots=True)
class Fact:
    """``better``: than that of the other file."""

    words: str
    better: bool = False


def facts_in_words(member: Member, facts: Facts | None, other: Facts | None) -> list[Fact]:
    """Pixels, size, format, quality, sharpness, date, camera; what the catalog knows until the file was read."""
    if facts is None:
        known = [_pixels(member.width, member.height), wording.size(member.size_bytes), member.format]
        return [Fact(words) for words in [*known, _date(member.taken)] if words]
    best = {name for name, side in better(facts, other).items() if side == "a"} if other is not None else set()
    told = {
        "pixels": _pixels(facts.width, facts.height),
        "size_bytes": wording.size(facts.size_bytes),
        "format": facts.format,
        "jpeg_quality": "" if facts.jpeg_quality is None else _tr("quality {n}").format(n=facts.jpeg_quality),
        "sharpness": _tr("sharpness {n}").format(n=wording.number(round(facts.sharpness))),
        "taken": _date(facts.taken),
        "camera": facts.camera or "",
    }
    return [Fact(words, name in best) for name, words in told.items() if words]


def _pixels(width: int, height: int) -> str:
    return f"{wording.number(width)} × {wording.number(height)}"  # noqa: RUF001 - the sign for it


def _date(taken: str | None) -> str:
    return "" if taken is None else taken[:16].replace("T", " ")


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_facts", text)
