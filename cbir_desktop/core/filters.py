"""Which photos may answer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

State: TypeAlias = Literal["online", "offline"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which photos may answer: those for which everything holds that is set.

    ``folders``: in one of these or below. ``since``, ``until``: days (``2024-05-01``), both included, of when it was
    taken, else of the file's time. ``cameras``: any of these, as EXIF names them, in any case. ``formats``: any of
    these (JPEG, HEIF ...), in any case. ``states``: none means both. Sizes are bounds, included, of the upright
    picture's pixels (width times height) and of the file's bytes. Raises ValueError for what is no day.
    """

    folders: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    cameras: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    min_pixels: int | None = None
    max_pixels: int | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None

    def __post_init__(self) -> None:
        for day in (self.since, self.until):
            if day is not None and not _is_day(day):
                raise ValueError(f"{day!r} is no day; a day is written 2024-05-01")


ANY = Filters()
"""Lets every photo answer."""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
