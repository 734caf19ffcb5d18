"""Move single photos to the trash: only where another file with the same bytes stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.acting import Outcome, Report, Wanted, remove_copies
from cbir_desktop.library.session import Session
from cbir_desktop.library.survivors import Survivors


@dataclass(frozen=True)
class Discarded:
    """``done``: what is in the trash now. ``last``: paths that stay, for no other file would be left of what they
    show. ``refused``: those that stay for another reason."""

    done: list[Outcome] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)


def discard(session: Session, ids: Sequence[int], task: Task = NULL_TASK) -> Discarded:
    """The file that stands for each of these photos goes, journalled; ``undo_last`` takes it back.

    Raises ``LibraryInUseError`` while another process cleans up.
    """
    photos = session.catalog.photos([number for number in ids if number >= 0])
    survivors = Survivors(session.catalog, [photo.path for photo in photos])
    kept = {photo.path: survivors.of_content(photo.hash) for photo in photos}
    wanted = [
        Wanted(photo.path, photo.hash, stays, photo.hash) for photo in photos if (stays := kept[photo.path]) is not None
    ]
    report = remove_copies(session, wanted, "trash", task=task) if wanted else Report()
    return Discarded(report.done, [path for path, stays in kept.items() if stays is None], report.refused)
