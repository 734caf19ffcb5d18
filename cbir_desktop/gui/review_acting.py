"""Doing away with what is marked, and taking that back: asks, runs in the background, tells what became of it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.review_desk import ReviewDesk, Step
from cbir_desktop.gui.review_questions import LeftBehind, ask, ask_for_good
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.acting import Outcome, Report
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.plans import Planned
from cbir_desktop.library.review import Proposal, going_in
from cbir_desktop.library.undo import UndoReport
from cbir_desktop.store.journal import ActKind


class ReviewActing(QObject):
    """``busy_changed``: files are being moved, or brought back; ``files_changed``: they were; ``outdated``: files came
    back that the groups on show know nothing of."""

    busy_changed = Signal(bool)
    progressed = Signal(int, int)
    files_changed = Signal()
    outdated = Signal()

    def __init__(
        self,
        window: QWidget,
        desk: ReviewDesk,
        chooser: Chooser,
        desktop: Desktop,
        message: MessageBar,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._window, self._desk, self._chooser, self._desktop = window, desk, chooser, desktop
        self._message, self._with_library = message, with_library
        self._handle: Handle | None = None
        self._rows: list[int] = []

    @property
    def busy(self) -> bool:
        return self._handle is not None

    # -- before -------------------------------------------------------------------------------------------------

    def start(self, kind: ActKind, shown: Sequence[int]) -> None:
        """Ask about what is marked in groups that are sure enough; ``shown``: the rows that the list shows."""
        if self.busy:
            return
        if kind == "move":
            title, accept = self.tr("Move the copies into this folder"), self.tr("Choose")
            self._chooser.any_folder(self._window, title, accept, lambda path: self._propose(kind, path, shown))
        else:
            self._propose(kind, None, shown)

    def _propose(self, kind: ActKind, folder: str | None, shown: Sequence[int]) -> None:
        table, found = self._desk.table, self._desk.found
        if found is None:
            return
        self._rows = np.flatnonzero(table.surer_than(self._desk.threshold) & (table.files > 0)).tolist()
        hidden = len(set(self._rows) - set(shown))
        groups = [table.groups[row] for row in self._rows]
        done = partial(self._ask, folder, hidden)
        self._with_library(lambda library: library.review.propose(groups, kind, found.stacks, done))

    def _ask(self, folder: str | None, hidden: int, proposal: Proposal) -> None:
        if proposal.plan:
            ask(self._window, proposal, folder, hidden, partial(self._act, proposal, folder))

    # -- meanwhile ----------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """What went stays gone, and can be undone; the rest stays."""
        if self._handle is not None:
            self._handle.cancel()

    def _act(self, proposal: Proposal, folder: str | None, torn: bool) -> None:
        plan = proposal.plan if torn else proposal.careful
        self._begin(
            lambda library: library.review.act(
                plan,
                proposal.kind,
                folder,
                done=partial(self._on_done, proposal.kind),
                failed=self._on_failed,
                progress=self.progressed.emit,
                cancelled=partial(self._on_stopped, proposal.kind, plan),
            )
        )

    def _begin(self, act: Callable[..., Handle]) -> None:
        def begin(library: object) -> None:
            self._handle = act(library)
            self.busy_changed.emit(True)

        self._message.clear()
        self._with_library(begin)

    def _end(self) -> None:
        self._handle = None
        self.busy_changed.emit(False)

    # -- afterwards ---------------------------------------------------------------------------------------------

    def _on_done(self, kind: ActKind, report: Report) -> None:
        self._end()
        if report.done:
            self._went([one.path for one in report.done])
            told = review_words.acted(kind, len(report.done), report.bytes)
            undo = None if kind == "delete" else self.tr("Undo")
            self._message.tell(told, undo, None if undo is None else self._undo_latest)
        if report.refused:
            self._show_refused(report)

    def _went(self, paths: Sequence[str], final: bool = False) -> None:
        before = self._desk.remove(paths, self._rows)
        if not final:
            self._desk.push(Step(partial(self._undo_act, before), act=True))
        self.files_changed.emit()

    def _on_stopped(self, kind: ActKind, plan: Sequence[Sequence[Planned]]) -> None:
        def told(paths: list[str]) -> None:
            self._end()
            if paths:
                self._went(paths)
            words = self.tr("Stopped: {files} went, the rest stays.").format(files=wording.files(len(paths)))
            self._message.tell(words, self.tr("Undo") if paths else None, self._undo_latest if paths else None)

        self._with_library(lambda library: library.review.went(sorted(going_in(plan)), told, self._on_failed))

    def _on_interrupted(self) -> None:
        """Some files are gone for good, or back, and some are not: a search tells which."""
        self._end()
        self.files_changed.emit()
        self.outdated.emit()

    def _on_failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, KnownError):
            self._message.warn(wording.sentence(error) + ".")

    def _show_refused(self, report: Report) -> None:
        stuck = [one for one in report.refused if one.problem == "trash-refused"]
        title = self.tr("{files} stay where they are").format(files=wording.files(len(report.refused)))
        more = None
        if stuck and report.run is not None:
            more = (self.tr("Delete for good…"), partial(self._ask_for_good, report.run, stuck))
        LeftBehind(self._window, title, report.refused, more).open()

    def _ask_for_good(self, run: int, files: Sequence[Outcome]) -> None:
        paths = [one.path for one in files]

        def done(report: Report) -> None:
            self._end()
            if report.done:
                self._went([one.path for one in report.done], final=True)
                self._message.tell(review_words.acted("delete", len(report.done), report.bytes))
            if report.refused:
                self._show_refused(replace(report, run=None))

        stop = self._on_interrupted

        def delete() -> None:
            self._begin(
                lambda library: library.review.delete(
                    run, paths, done=done, failed=self._on_failed, progress=self.progressed.emit, cancelled=stop
                )
            )

        ask_for_good(self._window, files, delete)

    # -- back again ---------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the latest step; without one in this session, the latest clean-up in the journal."""
        if not self.busy and not self._desk.undo():
            self._undo_act({})

    def _undo_latest(self) -> None:
        """From the message: whatever was marked since, it is the clean-up that comes back."""
        steps = self._desk.steps
        place = next((at for at in reversed(range(len(steps))) if steps[at].act), None)
        if self.busy:
            return
        if place is None:
            self._undo_act({})
        else:
            steps.pop(place).undo()
            self._desk.steps_changed.emit()

    def _undo_act(self, before: dict[int, Group]) -> None:
        self._begin(
            lambda library: library.review.undo(
                done=partial(self._on_undone, before),
                failed=self._on_failed,
                progress=self.progressed.emit,
                cancelled=self._on_interrupted,
            )
        )

    def _on_undone(self, before: dict[int, Group], report: UndoReport) -> None:
        self._end()
        if report.restored:
            words = self.tr("{files} are back where they were.").format(files=wording.files(len(report.restored)))
            self._message.tell(words)
            known = {member.path for group in before.values() for member in group.members}
            if known.issuperset(report.restored):
                self._desk.bring_back(before, report.restored)
            else:  # of an earlier session, or of another program's clean-up since
                self.outdated.emit()
            self._with_library(lambda library: library.review.take_in(report, lambda _: self.files_changed.emit()))
        if report.left:
            title = self.tr("{files} could not be brought back").format(files=wording.files(len(report.left)))
            lost = any(one.problem == "unknown-place" for one in report.left)
            more = (self.tr("Open the trash"), self._desktop.show_trash) if lost else None
            left = [replace(one, reason=_with_place(one)) for one in report.left]
            LeftBehind(self._window, title, left, more).open()


def _with_place(one: Outcome) -> str:
    return one.reason if one.place is None else f"{one.reason} ({os.fsencode(one.place).decode('utf-8', 'replace')})"
