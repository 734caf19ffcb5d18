"""What the laboratory does: runs in the background, shows the queries of a cell, gives the library a method."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from cbir_desktop.core import registry
from cbir_desktop.evaluation.lab.loading import Source
from cbir_desktop.evaluation.lab.measures import BY_KEY
from cbir_desktop.evaluation.lab.measuring import Extent
from cbir_desktop.evaluation.lab.results import Answered, Outcome
from cbir_desktop.evaluation.lab.sets import LabSet
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.encoder_switch import EncoderSwitch
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.lab_answers import SIDE, Shown
from cbir_desktop.gui.lab_backend import Ways
from cbir_desktop.gui.lab_model import extremes
from cbir_desktop.gui.lab_page import LabPage
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary

_EACH = 6
"""So many best and so many worst queries."""
_ORIGINALS = 20
"""Pictures of which copies are made, 63 each: queries are drawn among them."""


class LabControl(QObject):
    """One run at a time; the page can be left while it goes on."""

    def __init__(
        self,
        window: QWidget,
        chooser: Chooser,
        switch: EncoderSwitch,
        folders: Callable[[], list[str]],
        with_library: WithLibrary,
    ) -> None:
        """``folders``: those of the library, the first of which is proposed."""
        super().__init__(window)
        self._window, self._chooser, self._switch, self._folders = window, chooser, switch, folders
        self._with_library = with_library
        self._backend: Backend | None = None
        self._handle: Handle | None = None
        self._set: LabSet | None = None
        self._folder = ""
        self.page = LabPage(self._load)
        self.page.folder_requested.connect(self._choose_folder)
        self.page.run_requested.connect(self.run)
        self.page.stop_requested.connect(self.stop)
        self.page.use_requested.connect(self._use)
        self.page.cell_chosen.connect(self._show_queries)
        self.page.methods.changed.connect(self._show_count)
        hint = self.tr(
            "Each way of describing and re-ranking that is ticked becomes a row: how well it finds, how fast."
        )
        self.page.about.setText(hint)
        self._enable()

    def open(self) -> None:
        """The page, with what can be tried."""
        self._with_library(self._attach)
        if not self._folder and (paths := self._folders()):
            self._set_folder(paths[0])
        self._enable()
        self.page.shown_requested.emit()
        self.page.setFocus()

    def run(self) -> None:
        methods = self.page.methods.chosen()
        if self._handle is not None or not self._folder or not methods or self._backend is None:
            return
        source = Source(self.page.kind.currentData(), self._folder, originals=_ORIGINALS)
        self.page.model.clear()
        self.page.answers.forget()
        self.page.about.clear()
        self._set = None
        self.page.set_busy(True)
        self.page.tell(self.tr("Reading the pictures and describing them…"))
        self._handle = self._backend.lab.run(
            source,
            methods,
            Extent(self.page.queries.value(), min(10, self.page.queries.value())),
            self._on_set,
            self._on_outcome,
            done=lambda _: self._on_ended(self.tr("Measured methods: {n}.")),
            failed=self._on_failed,
            cancelled=lambda: self._on_ended(self.tr("Stopped after {n} methods; the next run goes on from there.")),
            progress=self._on_progress,
        )

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.task.cancel()
            self.page.tell(self.tr("Stopping…"))

    # -- the run ------------------------------------------------------------------------------------------------

    def _attach(self, backend: Backend) -> None:
        self._backend = backend
        if not self.page.methods.encoders:
            backend.lab.ways(self._on_ways, lambda error: self.page.tell(wording.sentence(clause(error)) + "."))

    def _on_ways(self, ways: Ways) -> None:
        if not self.page.methods.encoders:
            self.page.methods.set_ways(ways)
            self._show_count()

    def _on_set(self, lab_set: LabSet) -> None:
        self._set = lab_set

    def _on_progress(self, done: int, total: int) -> None:
        self.page.set_progress(done, total)
        if self.page.model.outcomes:
            words = self.tr("Measured {n} of {total}")
            n = len(self.page.model.outcomes)
            self.page.tell(words.format(n=wording.number(n), total=wording.number(total)))

    def _on_outcome(self, outcome: Outcome) -> None:
        self.page.model.add(outcome)
        if not self.page.table.currentIndex().isValid():
            self.page.choose_row(0)

    def _on_ended(self, words: str) -> None:
        self._finish()
        measured = sum(outcome.failed is None for outcome in self.page.model.outcomes)
        words = words.format(n=wording.number(measured))
        failed = [outcome for outcome in self.page.model.outcomes if outcome.failed is not None]
        if failed:
            words += " " + self.tr("{name} could not be tried: {why}").format(
                name=wording.quoted(failed[0].method.name), why=failed[0].failed
            )
        self.page.tell(words)

    def _on_failed(self, error: Exception) -> None:
        self._finish()
        self.page.tell(wording.sentence(clause(error)) + ".")

    def _finish(self) -> None:
        self._handle = None
        self.page.set_busy(False)
        self._enable()

    # -- one cell -----------------------------------------------------------------------------------------------

    def _show_queries(self, outcome: Outcome, key: str) -> None:
        self._show_use(outcome)
        column = BY_KEY[key]
        if outcome.failed is not None or self._set is None:
            self.page.answers.clear_queries()
            self.page.about.setText("" if outcome.failed is None else wording.sentence(outcome.failed))
            return
        self.page.about.setText(f"{outcome.method.name}. {column.heading}: {column.definition}")
        best, worst = extremes(outcome, key, _EACH)

        def shown(place: int, is_best: bool) -> Shown:
            answered: Answered = outcome.answered[place]
            return Shown(answered, wording.decimal(answered.value(key), 2), is_best)

        rows = [shown(place, True) for place in best] + [shown(place, False) for place in worst]
        self.page.answers.show_queries(self._set, rows)

    def _load(self, row: int, done: Callable[[QImage], None], failed: Callable[[Exception], None]) -> Handle | None:
        if self._backend is None or self._set is None:
            return None
        ratio = self.page.devicePixelRatio()
        return self._backend.lab.picture(self._set.entries[row], SIDE, ratio, done, failed)

    # -- the library's method -----------------------------------------------------------------------------------

    def _show_use(self, outcome: Outcome | None) -> None:
        if outcome is None or outcome.failed is not None:
            self.page.set_usable(None)
            return
        method = outcome.method
        if method.encoder in registry.descriptors.names():
            why = self.tr("A library is searched by vectors; this one has a measure of its own (choose it under “By”)")
            self.page.set_usable(None, why)
            return
        why = self.tr("The photos of the library are described by it; search goes on by the old one until then")
        if method.reranker is not None:
            why += ". " + self.tr(
                "Re-ranking is no part of it: each search asks for it (cbir search --rerank {name})"
            ).format(name=method.reranker.name)
        name = method.encoder if method.whiten is None else f"{method.encoder} w{method.whiten}"
        self.page.set_usable(name, why)

    def _use(self) -> None:
        outcome = self.page.current()
        if outcome is None or self._backend is None:
            return
        method = outcome.method
        if method.whiten is None:
            self._start(method.encoder)
        else:
            self._backend.lab.whitened(method.encoder, method.whiten, self._start, self._on_not_whitened)

    def _start(self, name: str) -> None:
        self.page.left.emit()
        self._switch.start(name)

    def _on_not_whitened(self, error: Exception) -> None:
        self.page.tell(wording.sentence(clause(error)) + ".")

    # -- what is chosen -----------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        title, accept = self.tr("Measure on which folder?"), self.tr("Choose")
        self._chooser.any_folder(self._window, title, accept, self._set_folder)

    def _set_folder(self, path: str) -> None:
        self._folder = path
        self.page.set_folder(path)
        self._enable()

    def _show_count(self) -> None:
        if self._handle is None:
            words = self.tr("Chosen methods: {n}.").format(n=wording.number(len(self.page.methods.chosen())))
            self.page.tell(words)
        self._enable()

    def _enable(self) -> None:
        if not self._folder:
            self.page.folder.setText(self.tr("Choose a folder of pictures to measure on"))
        self.page.run.setEnabled(bool(self._folder) and bool(self.page.methods.chosen()))
        self._show_use(self.page.current())
