"""What the window asks of the library about decisions; answers come back through ``Tasks``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.library.decisions import export_decisions, folder_key, import_decisions
from cbir_desktop.library.session import Session
from cbir_desktop.store.decisions import Decision, FolderDecision, PairDecision


@dataclass(frozen=True)
class Listed:
    """A decision, with the paths that its contents have now."""

    decision: Decision
    paths: tuple[tuple[str, ...], tuple[str, ...]]


class DecisionsBackend:
    """Each method returns at once with a ``Handle``."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session, self._tasks = session, tasks

    def decide(self, decisions: Sequence[Decision], done: Callable[[list[int]], None]) -> Handle:
        """``done`` gets their numbers."""
        return self._tasks.submit(self._session.queries, _decide, self._session, list(decisions), done=done)

    def ignore_folders(self, a: str, b: str, **callbacks: Callback) -> Handle:
        """Do not compare two folders of the library any more. ``done`` gets its number."""
        given = (self._session, a, b)
        return self._tasks.submit(self._session.queries, _ignore_folders, *given, with_task=False, **callbacks)

    def revoke(self, numbers: Sequence[int], done: Callable[[int], None]) -> Handle:
        """``done`` gets how many of them there were."""
        return self._tasks.submit(self._session.queries, _revoke, self._session, list(numbers), done=done)

    def all(self, done: Callable[[list[Listed]], None]) -> Handle:
        return self._tasks.submit(self._session.queries, _listed, self._session, done=done)

    def export(self, path: str, **callbacks: Callback) -> Handle:
        """``done(number)``."""
        given = (self._session.catalog, Path(path))
        return self._tasks.submit(self._session.queries, export_decisions, *given, with_task=False, **callbacks)

    def take_in(self, path: str, **callbacks: Callback) -> Handle:
        """``done(report)``."""
        given = (self._session.catalog, Path(path))
        return self._tasks.submit(self._session.queries, import_decisions, *given, with_task=False, **callbacks)


def _decide(session: Session, decisions: list[Decision]) -> list[int]:
    for one in decisions:
        session.catalog.decisions.put(one)
    stored = (session.catalog.decisions.about(one) for one in decisions)
    return [one.id for one in stored if one is not None]


def _ignore_folders(session: Session, a: str, b: str) -> list[int]:
    one, other = (folder_key(session.catalog, folder) for folder in (a, b))
    return _decide(session, [FolderDecision(one, other)])


def _revoke(session: Session, numbers: list[int]) -> int:
    return sum(session.catalog.decisions.revoke(number) for number in numbers)


def _listed(session: Session) -> list[Listed]:
    def paths(decision: Decision) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if isinstance(decision, PairDecision):
            return tuple(session.catalog.paths_of(decision.a)), tuple(session.catalog.paths_of(decision.b))
        return (decision.a.path,), (decision.b.path,)

    return [Listed(one, paths(one)) for one in session.catalog.decisions.all()]
