"""The page on which two pictures are compared: what relates them in words, the pictures, their facts."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cbir_desktop.core.region import Region
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.compare_canvas import CompareCanvas, Mode
from cbir_desktop.gui.compare_facts import FactsTable
from cbir_desktop.gui.compare_objects import tied_by, worth_showing
from cbir_desktop.gui.compare_pictures import Loaded
from cbir_desktop.gui.compare_toolbar import CompareToolbar
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.query import FileSource, Incoming, Source, may_read, read_mime
from cbir_desktop.gui.sideways_area import SidewaysArea
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.relation_words import objects_found, with_objects
from cbir_desktop.matchers.objects import FoundObject

LINES = 40
"""So many matches are drawn at first: more hide the pictures."""
_TURNED = 2.0
"""Degrees: below, the eye does not see that a picture is turned."""


class CompareView(QWidget):
    """``compare`` asks for all that is shown; a new pair, or leaving, cancels what is still asked for."""

    left = Signal()
    shown_requested = Signal()
    pair_requested = Signal()
    step_requested = Signal(int)
    similar_requested = Signal(object)
    region_requested = Signal(object)

    def __init__(self, with_library: WithLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_library = with_library
        self._handles: list[Handle] = []
        self._pair = 0  # answers of an earlier one are stale
        self.sources: tuple[Source | None, Source | None] = (None, None)
        self.part: Region | None = None
        self._pictures: list[Loaded | None] = [None, None]
        self.verdict: Verification | None = None
        self.objects: list[FoundObject] = []
        self._object: int | None = None  # which of them the pictures are tied by; None: the whole
        self._verified, self._unreadable = False, ""
        self.setAccessibleName(self.tr("Compare two pictures"))
        self.setAcceptDrops(True)
        self.words = QLabel(self, wordWrap=True)
        self.canvas, self.toolbar, self.facts = CompareCanvas(self), CompareToolbar(self), FactsTable(self)
        self._previous, self._next = QAction(self), QAction(self)
        self._lay_out()
        self._connect()
        self.clear()

    def _lay_out(self) -> None:
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self.words.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.words.setFont(font)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 16, 8)
        top.setSpacing(8)
        top.addWidget(self._button(self.tr("Back"), self.tr("Back to the photos (Esc)"), "back", self.left))
        top.addWidget(self.words, 1)
        previous = self._button("", self.tr("The one before (PgUp)"), "back", self._previous.triggered)
        following = self._button("", self.tr("The next one (PgDown)"), "forward", self._next.triggered)
        self._steps = ((previous, self._previous), (following, self._next))
        for button, _ in self._steps:
            top.addWidget(button)
        top.addWidget(
            self._button(self.tr("Open two…"), self.tr("Compare two other pictures"), "open", self.pair_requested)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(SidewaysArea(self.toolbar))
        column.addWidget(self.canvas, 1)
        line = QFrame(frameShape=QFrame.Shape.HLine, frameShadow=QFrame.Shadow.Plain)
        line.setForegroundRole(line.palette().ColorRole.Mid)
        column.addWidget(line)
        column.addWidget(SidewaysArea(self.facts))

    def _button(self, words: str, hint: str, icon: str, wish: SignalInstance) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(words)
        button.setToolTip(hint)
        button.setAccessibleName(words or hint)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        icons.set_icon(button, icon)
        button.clicked.connect(wish)
        return button

    def _connect(self) -> None:
        bar, canvas = self.toolbar, self.canvas
        bar.mode_chosen.connect(self.set_mode)
        bar.level_chosen.connect(canvas.set_level)
        bar.turned_chosen.connect(canvas.set_turned)
        bar.next_object.triggered.connect(lambda: self._step_object(1))
        bar.object_before.triggered.connect(lambda: self._step_object(-1))
        bar.zoom_in.triggered.connect(lambda: canvas.zoom_by(1.25))
        bar.zoom_out.triggered.connect(lambda: canvas.zoom_by(0.8))
        bar.zoom_fit.triggered.connect(canvas.fit)
        bar.zoom_full.triggered.connect(lambda: canvas.zoom_to(1 / self.devicePixelRatio()))
        canvas.flicked.connect(self.flick)
        canvas.level_dragged.connect(self._drag_level)
        canvas.camera_moved.connect(self._show_zoom)
        flick = QAction(self.tr("Flick between A and B"), self)
        flick.setShortcut(QKeySequence("`"))
        flick.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        flick.triggered.connect(self.flick)
        for action, key, by in ((self._previous, Qt.Key.Key_PageUp, -1), (self._next, Qt.Key.Key_PageDown, 1)):
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, by=by: self.step_requested.emit(by))
            self.addAction(action)
        change = QAction(self.tr("To the pictures and back"), self)
        change.setShortcut(QKeySequence("F6"))
        change.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        change.triggered.connect(self._change_part)
        self.addActions([flick, change])

    def menu(self) -> QMenu:
        """What can be asked with the pictures."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        similar = (self.tr("Find photos like A"), self.tr("Find photos like B"))
        regions = (self.tr("Search a region of A…"), self.tr("Search a region of B…"))
        for words, wish in ((similar, self.similar_requested), (regions, self.region_requested)):
            for text, source in zip(words, self.sources, strict=True):
                if source is not None:
                    menu.addAction(text, partial(wish.emit, source))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if any(source is not None for source in self.sources):
            self.menu().popup(event.globalPos())

    # -- which pictures -----------------------------------------------------------------------------------------

    def clear(self) -> None:
        """No pictures: say how they come here."""
        self.compare(None, None)

    def compare(self, a: Source | None, b: Source | None, part: Region | None = None) -> None:
        """Show what relates B to A, or to a part of A; with one of them, or none, say what is missing."""
        self.stop()
        self._pair += 1
        self.sources, self.part, self._pictures, self.verdict = (a, b), part, [None, None], None
        self._verified, self._unreadable = False, ""
        self.objects, self._object = [], None
        self.toolbar.show_objects(0, None)
        self.canvas.clear(part)
        self.facts.set_facts(self.sources, (None, None))
        for place, source in enumerate(self.sources):
            waiting = self.tr("Reading…") if source is not None else self.tr("Drop a picture here")
            self.canvas.set_picture(place, None, waiting)
        if a is not None and b is not None:
            self.words.setText(self.tr("Comparing…"))
        else:
            self.words.setText(self.tr("Drop two pictures here, or open two, to see whether one comes from the other."))
        self.set_mode(self.canvas.mode)
        if a is not None or b is not None:
            self._with_library(partial(self._ask, self._pair))

    def set_steps(self, back: bool, on: bool) -> None:
        """Whether there is a pair before and after the one that is compared."""
        for (button, action), there in zip(self._steps, (back, on), strict=True):
            action.setEnabled(there)
            button.setEnabled(there)
            button.setVisible(back or on)

    def stop(self) -> None:
        """Nobody waits for the answers any more."""
        for handle in self._handles:
            handle.cancel()
        self._handles = []

    def _ask(self, pair: int, library: Backend) -> None:
        if pair != self._pair:  # the library opened late
            return
        a, b = self.sources
        for place, source in enumerate(self.sources):
            if source is not None:
                done, failed = partial(self._on_picture, place), partial(self._on_no_picture, place)
                self._handles.append(library.picture(source, done, failed))
        if a is not None and b is not None:
            self._handles.append(library.verify(a, b, self.part, self._on_verdict, self._on_no_verdict))

    # -- what comes back ----------------------------------------------------------------------------------------

    def _on_picture(self, place: int, loaded: Loaded) -> None:
        self._pictures[place] = loaded
        self.canvas.set_picture(place, loaded)
        self._tie()

    def _on_no_picture(self, place: int, error: Exception) -> None:
        self.canvas.set_picture(place, None, self.tr("Cannot be read: {why}").format(why=clause(error)))
        source = self.sources[place]
        if source is not None:
            self._unreadable = wording.source(source)
            self.words.setText(self.tr("Not compared: {name} cannot be read.").format(name=self._unreadable))

    def _on_verdict(self, verdict: Verification) -> None:
        self.verdict, self._verified = verdict, True
        self._tie()
        a, b = self.sources
        if a is not None and b is not None and self.part is None:
            done = self._on_objects
            self._with_library(lambda library: self._handles.append(library.shared_objects(a, b, done)))

    def _on_objects(self, objects: Sequence[FoundObject]) -> None:
        if self.verdict is not None:
            self.objects = worth_showing(objects, self.verdict)
            self._show_objects()
            self.set_mode(self.canvas.mode)

    def _step_object(self, by: int) -> None:
        """On to the next object, round by the whole."""
        if not self.objects:
            return
        places = [None, *range(len(self.objects))]
        self._object = places[(places.index(self._object) + by) % len(places)]
        self._tie()
        if self._object is not None:
            self.canvas.look_at(self.objects[self._object].outline_a)

    def _show_objects(self) -> None:
        self.canvas.set_objects(self.objects, self._object)
        self.toolbar.show_objects(len(self.objects), self._object)

    def _tying(self) -> Verification | None:
        """The verdict on the whole, or on the object that is looked at."""
        if self._object is None or self.verdict is None:
            return self.verdict
        return tied_by(self.objects[self._object], self.verdict)

    def _on_no_verdict(self, error: Exception) -> None:
        self._verified = True
        if not self._unreadable:
            self.words.setText(self.tr("Not compared: {why}.").format(why=clause(error)))
        self._tie()

    def _tie(self) -> None:
        """Both pictures are there: show them at once, and again in place once it is known how they lie."""
        a, b = self._pictures
        facts_a, facts_b = (None if one is None else one.facts for one in self._pictures)
        self.facts.set_facts(self.sources, (facts_a, facts_b), self.verdict is not None and bool(self.verdict.proved))
        if a is None or b is None:
            return
        self.canvas.tie(self._tying())
        self._show_objects()
        self.canvas.levels[Mode.MATCHES] = min(1.0, LINES / max(1, len(self.canvas.lines)))
        self.set_mode(self.canvas.mode)
        pair = self.canvas.pair
        if self._verified and pair is not None:
            done = self.canvas.set_laid_over
            self._with_library(lambda library: self._handles.append(library.lay_over(a, b, pair, done)))

    # -- how they are shown -------------------------------------------------------------------------------------

    def set_mode(self, mode: Mode) -> None:
        tying = self._tying()
        tied = tying is not None and tying.matches.homography is not None
        if mode is Mode.MATCHES and self._verified and not tied:
            mode = Mode.SIDE_BY_SIDE
        self.canvas.set_mode(mode)
        self.toolbar.set_usable(self.canvas.pair is not None, tied)
        if self.verdict is not None:
            told = with_objects(self.verdict, len(self.objects))
            if self.part is not None:
                told = self.tr("Of A, only the part in the box is compared, and called A here.") + " " + told
            loose = self.tr("The pictures are laid over each other edge to edge.")
            self.words.setText(told if tied or mode.two_panes else f"{told} {loose}")
        if self._object is not None:
            name, matches = self.toolbar.next_object.text(), self.objects[self._object].inliers
            self.words.setText(
                self.tr("{object}: {count} matches agree on how it was moved.").format(object=name, count=matches)
            )
        self.toolbar.show_mode(mode, self.canvas.levels.get(mode), mode.two_panes and self._is_turned())
        self._describe()

    def flick(self) -> None:
        """A in place of B, or B in place of A; from any mode."""
        if self.canvas.mode is not Mode.FLICKER:
            self.set_mode(Mode.FLICKER)
        self.canvas.flick()
        self._describe()

    def _is_turned(self) -> bool:
        verdict = self.verdict
        if self._object is not None:
            return True
        return verdict is not None and (verdict.matches.mirrored or abs(verdict.rotation_degrees) > _TURNED)

    def _drag_level(self, level: float) -> None:
        self.canvas.set_level(level)
        self.toolbar.show_mode(self.canvas.mode, self.canvas.levels[self.canvas.mode], False)

    def _describe(self) -> None:
        """For those who hear it."""
        mode = self.canvas.mode
        shown = self.toolbar.modes[mode].text()
        if mode is Mode.FLICKER:
            shown += ": " + ("B" if self.canvas.shows_b else "A")
        if self.objects:
            shown += ", " + objects_found(len(self.objects)).rstrip(".")
        if self._object is not None:
            shown += ", " + self.toolbar.next_object.text()
        self.canvas.setAccessibleName(self.tr("Pictures A and B, {mode}").format(mode=shown))
        self.canvas.setAccessibleDescription(self.tr("Tab flicks between A and B, F6 leaves the pictures"))

    def _show_zoom(self) -> None:
        known = self.canvas.pair is not None
        zoom = self.canvas.camera.zoom * self.devicePixelRatio()
        self.toolbar.zoom.setText(f"{wording.number(round(100 * zoom))} %" if known else "")

    def _change_part(self) -> None:
        """F6: out of the pictures, where Tab flicks, and back."""
        if self.canvas.hasFocus():
            self.toolbar.focus_mode(self.canvas.mode)
        else:
            self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- events -------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if may_read(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)  # never a move: the source would delete its file
        event.accept()
        on_b = event.position().x() > self.width() / 2
        self.take(read_mime(event.mimeData()), int(on_b))

    def take(self, incoming: Incoming, place: int) -> None:
        """Two pictures are a new pair; one takes the free place, or that which it was dropped on."""
        came: list[Source] = [FileSource(path) for path in incoming.paths[:2]]
        if incoming.pasted is not None:
            came = [incoming.pasted]
        if len(came) == 2:
            self.compare(came[0], came[1])
        elif came:
            kept = list(self.sources)
            if None in kept:
                place = place if kept[place] is None else 1 - place
            kept[place] = came[0]
            self.compare(kept[0], kept[1], self.part if place == 1 else None)
        else:
            self.words.setText(self.tr("Only an address came, and nothing is fetched from the web. Drop the files."))
