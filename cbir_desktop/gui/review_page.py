"""The page of duplicates: groups on the left, members in the middle, rules on the right, one button at the bottom."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.elided_label import ElidedLabel
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.layouts import column, line
from cbir_desktop.gui.review_actions import create_review_actions
from cbir_desktop.gui.review_list import ContentNumbers, GroupList
from cbir_desktop.gui.review_member_model import MemberModel
from cbir_desktop.gui.review_members import Load, MemberView
from cbir_desktop.gui.review_model import GroupModel
from cbir_desktop.gui.review_progress_page import ProgressPage
from cbir_desktop.gui.review_rest import RestModel
from cbir_desktop.gui.review_rules import RulesPanel
from cbir_desktop.gui.review_threshold import ThresholdSlider
from cbir_desktop.gui.sideways_area import SidewaysArea
from cbir_desktop.gui.thumb_loader import ThumbLoader

RULES_FROM = 760
"""In a narrower page rules and groups take turns, device-independent pixels."""


class ReviewPage(QWidget):
    """Widgets and where they are; ``ReviewControl`` gives them life."""

    shown = Signal()

    def __init__(self, model: GroupModel, thumbs: ThumbLoader, load: Load, chooser: Chooser) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Duplicates"))
        self.actions_ = create_review_actions(self)
        self.find_all = QAction(self.tr("Find duplicates"), self)
        self.find_all.setToolTip(self.tr("Compare all photos of the library with each other"))
        self.choose_scope = QAction(self.tr("Choose where to look…"), self)
        self.choose_scope.setToolTip(self.tr("Some folders, from one folder to another, or a folder outside"))
        self.swap = QAction(self.tr("Rules"), self)
        self.swap.setToolTip(self.tr("Show the rules in place of the groups"))
        self.swap.setCheckable(True)
        self.swap.toggled.connect(self._fit)
        self.start, self.progress = EmptyPage(), ProgressPage()
        self.members = MemberModel(self)
        self.rest = RestModel(self)
        numbers = ContentNumbers()
        self.groups = GroupList(model, thumbs, numbers)
        self.rest_list = GroupList(self.rest, thumbs, numbers)
        self.view = MemberView(self.members, load)
        self.rules = RulesPanel(chooser)
        self.threshold = ThresholdSlider()
        self.stack = QStackedWidget()
        for page in (self.start, self.progress, self._results()):
            self.stack.addWidget(page)
        column(self, self.stack)
        self.setFocusProxy(self.view)

    # -- parts --------------------------------------------------------------------------------------------------

    def _results(self) -> QWidget:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.left = self._left()
        parts = ((self.left, 200, 248), (self._middle(), 272, 560), (self._right(), 200, 232))
        for place, (part, least, _) in enumerate(parts):
            part.setMinimumWidth(max(least, part.minimumSizeHint().width()))  # with large fonts, what they need
            self.splitter.addWidget(part)
            self.splitter.setCollapsible(place, False)
            self.splitter.setStretchFactor(place, int(place == 1))
        self.splitter.setSizes([max(width, part.minimumWidth()) for part, _, width in parts])
        self.results = QWidget()
        column(self.results, self.splitter, line(), self._bottom()).setStretch(0, 1)
        return self.results

    def _left(self) -> QWidget:
        self.which = _combo(self.tr("Which list"))
        self.kind = _combo(self.tr("Which kind of copies"))
        self.folder = _combo(self.tr("Which folder"))
        self.order = _combo(self.tr("Order of the groups"))
        self.undecided = QCheckBox(self.tr("Undecided only"))
        self.filters = QWidget()
        filters = QVBoxLayout(self.filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(4)
        for widget in (self.kind, self.folder, self.order, self.undecided):
            filters.addWidget(widget)
        head = QVBoxLayout()
        head.setContentsMargins(8, 8, 8, 8)
        head.setSpacing(4)
        head.addWidget(self.which)
        head.addWidget(self.filters)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.groups)
        self.lists.addWidget(self.rest_list)
        self.summary = ElidedLabel()
        self.summary.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.again = QPushButton(self.tr("Search…"))
        self.again.setToolTip(self.choose_scope.toolTip())
        self.again.clicked.connect(self.choose_scope.trigger)
        self.manage = QPushButton(self.tr("Decisions…"))
        self.manage.setToolTip(self.tr("What you decided about duplicates: look through, revoke, carry elsewhere"))
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.again)
        buttons.addWidget(self.manage)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 8, 8, 8)
        foot.setSpacing(8)
        foot.addWidget(self.summary)
        foot.addLayout(buttons)
        part = QWidget()
        stacked = QVBoxLayout(part)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addLayout(head)
        stacked.addWidget(line())
        stacked.addWidget(self.lists, 1)
        stacked.addWidget(line())
        stacked.addLayout(foot)
        return part

    def _middle(self) -> QWidget:
        known = self.actions_
        self.title = ElidedLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        for action in (known.previous, known.following, known.done):
            head.addWidget(_button(action))
        self.swap_button = _button(self.swap)
        head.addWidget(self.swap_button)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        for action in (
            known.keep,
            known.mark,
            known.apart,
            known.compare,
            known.flick,
            known.difference,
            known.matches,
        ):
            row.addWidget(_button(action))
        row.addStretch(1)
        part = QWidget()
        stacked = QVBoxLayout(part)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addLayout(head)
        stacked.addWidget(line())
        stacked.addWidget(self.view, 1)
        stacked.addWidget(line())
        stacked.addWidget(SidewaysArea(bar))
        return part

    def _right(self) -> QWidget:
        self.effect = QLabel(wordWrap=True)
        self.effect.setAccessibleName(self.tr("What the rules come to"))
        title = QLabel(self.tr("How sure"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.right = QWidget()
        stacked = QVBoxLayout(self.right)
        stacked.setContentsMargins(16, 8, 16, 8)
        stacked.setSpacing(8)
        stacked.addWidget(self.rules, 1)
        for widget in (self.effect, line(), title, self.threshold):
            stacked.addWidget(widget)
        return self.right

    def _bottom(self) -> QWidget:
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(self.tr("How far it is"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("What went can be undone; the rest stays"))
        self.note = QLabel()
        self.undo = _button(self.actions_.undo)
        self.target = _combo(self.tr("What is done with the copies"))
        self.target.setMinimumContentsLength(14)
        self.target.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.act = QPushButton()
        self.act.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.bar)
        row.addWidget(self.stop)
        self.bar.hide()
        self.stop.hide()
        row.addWidget(self.note, 1)
        for widget in (self.undo, self.target, self.act):
            row.addWidget(widget)
        return part

    # -- events -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is no room for all three, rules and groups take turns."""
        narrow = self.width() < RULES_FROM
        turned = narrow and self.swap.isChecked()
        self.swap_button.setVisible(narrow)
        self.right.setVisible(turned or not narrow)
        self.left.setVisible(not turned)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def _button(action: QAction) -> QToolButton:
    made = QToolButton(autoRaise=True)
    made.setDefaultAction(action)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
