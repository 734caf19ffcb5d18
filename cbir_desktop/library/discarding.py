"""Move single photos to the trash: by themselves where another file with the same bytes stays, and else if asked to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.acting import Outcome, Report, Wanted, remove_chosen, remove_copies
from cbir_desktop.library.session import Session
from cbir_desktop.library.survivors import Survivors
from cbir_desktop.store.catalog import Photo


@dataclass(frozen=True)
class Discarded:
    """``done``: what is in the trash now. ``last``: paths that stay, for no other file would be left of what they
    show. ``refused``: those that stay for another reason."""

    done: list[Outcome] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)


def last_copies(session: Session, ids: Sequence[int]) -> list[str]:
    """The files among those of these photos of whose bytes no other file would be left."""
    return [photo.path for photo, stays in _with_survivors(session, ids) if stays is None]


def discard(session: Session, ids: Sequence[int], last_too: bool = False, task: Task = NULL_TASK) -> Discarded:
    """The file that stands for each of these photos goes, journalled; ``undo_last`` takes all of them back.

    ``last_too``: also where no other file of its bytes is left; only for what a person chose and was asked about.
    Raises ``LibraryInUseError`` while another process cleans up.
    """
    found = _with_survivors(session, ids)
    wanted = [Wanted(photo.path, photo.hash, stays, photo.hash) for photo, stays in found if stays is not None]
    last = [photo for photo, stays in found if stays is None]
    if last_too and last:
        chosen = [Wanted(photo.path, photo.hash, photo.path, photo.hash) for photo in last]
        report = remove_chosen(session, [*wanted, *chosen], task)
        return Discarded(report.done, [], report.refused)
    report = remove_copies(session, wanted, "trash", task=task) if wanted else Report()
    return Discarded(report.done, [photo.path for photo in last], report.refused)


def _with_survivors(session: Session, ids: Sequence[int]) -> list[tuple[Photo, str | None]]:
    """Each photo with a file of its bytes that stays when all of them go."""
    photos = session.catalog.photos([number for number in ids if number >= 0])
    survivors = Survivors(session.catalog, [photo.path for photo in photos])
    return [(photo, survivors.of_content(photo.hash)) for photo in photos]
