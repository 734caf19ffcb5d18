"""Which two pictures are compared: a result and the query, two selected photos, or two files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cbir_desktop.core.region import Region
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.compare_view import CompareView
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel
from cbir_desktop.gui.query import FileSource, PhotoSource, Source
from cbir_desktop.gui.searcher import Searcher
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.store.catalog import Photo


@dataclass(frozen=True)
class Steps:
    """Whether there is a pair before and after the one that is compared, and what goes to it (-1, 1)."""

    back: bool
    on: bool
    go: Callable[[int], None]


class CompareControl(QObject):
    """Fills the page; the window shows it when the page asks for it."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        grid: PhotoGrid,
        model: PhotoModel,
        searcher: Searcher,
        chooser: Chooser,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._grid, self._model = window, actions, grid, model
        self._searcher, self._chooser, self._with_library = searcher, chooser, with_library
        self.view = CompareView(with_library)
        self._steps = Steps(False, False, self._step)
        self.view.pair_requested.connect(self.choose)
        self.view.step_requested.connect(lambda by: self._steps.go(by))
        actions.compare.triggered.connect(self._compare_selected)
        actions.compare_two.triggered.connect(self.choose)
        grid.selection_changed.connect(self.enable)

    def enable(self) -> None:
        """A photo of an answer is compared with the query, two photos with each other."""
        count, action = self._count(), self._actions.compare
        with_query = count == 1 and self._model.shows_hits and self._searcher.active
        action.setText(self.tr("Compare with the query") if with_query else self.tr("Compare the two photos"))
        action.setEnabled(with_query or count == 2)

    def choose(self) -> None:
        """Two files, from a dialog; of one, the other can be dropped."""
        self._chooser.pair(self._window, lambda paths: self.compare_files(paths))

    def compare_files(self, paths: Sequence[str]) -> None:
        first, second, *_ = (*map(FileSource, paths), None, None)
        self.compare(first, second)

    def compare(
        self, a: Source | None, b: Source | None, part: Region | None = None, steps: Steps | None = None
    ) -> None:
        """Show the page with these two, or with a part of A and B; ``steps``: where PgUp and PgDown lead from here."""
        self._steps = steps or Steps(False, False, self._step)
        self.view.compare(a, b, part)
        self.view.set_steps(self._steps.back, self._steps.on)
        self.view.shown_requested.emit()

    def _step(self, by: int) -> None:
        """The result before or after this one, with the query."""
        self._grid.setCurrentIndex(self._model.index(self._grid.currentIndex().row() + by))
        self._compare_selected()

    def _count(self) -> int:
        shown = self._grid.isVisibleTo(self._grid.window())
        return sum(map(len, self._grid.selected_rows())) if shown else 0

    def _compare_selected(self) -> None:
        ids = self._grid.selected_ids().tolist()
        query = next(iter(self._searcher.question.plus), None) if len(ids) == 1 else None

        def start(photos: Sequence[Photo]) -> None:
            chosen: list[Source] = [PhotoSource(photo) for photo in photos]
            if query is None and len(chosen) == 2:
                self.compare(chosen[0], chosen[1])
            elif query is not None and chosen:
                row, last = self._grid.currentIndex().row(), self._model.rowCount() - 1
                self.compare(query.source, chosen[0], query.region, Steps(row > 0, row < last, self._step))

        self._with_library(lambda library: library.photos(ids, start))
