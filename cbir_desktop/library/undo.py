"""Undo a clean-up, also after a restart."""

import os
from dataclasses import dataclass, field

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.acting import JOURNAL, Outcome, acting
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.restoring import undo_act, where_it_is
from cbir_desktop.library.session import Session


@dataclass
class UndoReport:
    """``restored``: the files that are back. ``left``: those that are not, why, and where they are if that is known.
    ``folders``: where files came back, for the next scan."""

    run: int
    restored: list[str] = field(default_factory=list)
    left: list[Outcome] = field(default_factory=list)

    @property
    def folders(self) -> list[str]:
        return sorted({os.path.dirname(path) for path in self.restored})


def undo_last(session: Session, task: Task = NULL_TASK) -> UndoReport:
    """Take back the latest clean-up of which anything can be taken back; the last act first.

    Raises ``KnownError`` (kind ``nothing-to-undo``), ``LibraryInUseError``.
    """
    with acting(session) as journal:
        run = journal.last_run()
        if run is None:
            raise KnownError("there is nothing to undo", "nothing-to-undo")
        report, mounts = UndoReport(run), read_mounts()
        acts = [act for act in journal.acts(run) if act.state == "done"]
        try:
            for done, act in enumerate(reversed(acts)):
                task.step(done, len(acts))
                error = undo_act(journal, act, mounts)
                path, place = where_it_is(act, mounts)
                if error is None:
                    report.restored.append(path)
                else:
                    report.left.append(Outcome(path, act.what.size, place, error.kind, str(error)))
        finally:
            session.catalog.mark_restored(report.restored)
        return report


def can_undo(session: Session) -> bool:
    """Whether ``undo_last`` would find anything. Settles what an earlier process left in the middle."""
    if not (session.folder / JOURNAL).exists():
        return False
    with acting(session) as journal:
        return journal.last_run() is not None
