"""The keep rules on the right of the review: an ordered list that is edited while its effect is shown."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui import review_rule_words as words
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.review_rule_dialog import RuleDialog
from cbir_desktop.library.keep_rules import PRESETS, Criterion, KeepRules, Rule

_RULE = Qt.ItemDataRole.UserRole
_WITH_DETAILS = ("folder", "name", "size")
OWN = "own"
"""In the list of presets: none of them."""


class RulesPanel(QWidget):
    """``rules_changed`` carries the rules that are switched on, in their order."""

    rules_changed = Signal(KeepRules)
    load_requested = Signal()
    save_requested = Signal()

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chooser = chooser
        self._make_parts()
        self._lay_out()
        self.set_rules(KeepRules())

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def rules(self) -> KeepRules:
        """Those that are switched on."""
        allowed = {relation for relation, action in self._relations.items() if action.isChecked()}
        on = [item.data(_RULE) for item in self._items() if item.checkState() == Qt.CheckState.Checked]
        return KeepRules(frozenset(allowed), tuple(on))

    def set_rules(self, rules: KeepRules) -> None:
        """Show these, all of them on; tells nobody."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for rule in rules.rules:
                self._insert(self.list.count(), rule)
        for relation, action in self._relations.items():
            with QSignalBlocker(action):
                action.setChecked(relation in rules.relations)
        self._show_rest()

    def _show_rest(self) -> None:
        rules = self.rules
        names = [name for name, (_, preset) in PRESETS.items() if preset == rules]
        with QSignalBlocker(self.presets):
            self.presets.setCurrentIndex(self.presets.findData(names[0] if names else OWN))
        self.presets.setToolTip(words.hints()[names[0]] if names else self.tr("Rules of your own"))
        count = len(rules.relations)
        self.allowed.setText(
            self.tr("May mark: nothing yet") if not count else self.tr("May mark: {n} kinds of copies").format(n=count)
        )
        told = [text for relation, text in words.relations().items() if relation in rules.relations]
        self.allowed.setToolTip(self.tr("Rules mark only files that are: {kinds}").format(kinds=", ".join(told) or "–"))  # noqa: RUF001 - a dash
        self._enable()

    # -- editing ------------------------------------------------------------------------------------------------

    def add(self, by: Criterion) -> None:
        """A rule more, below the current one; one that needs details asks for them."""
        if by in _WITH_DETAILS:
            RuleDialog(Rule(by), self._chooser, self, self._add).open()
        else:
            self._add(Rule(by))

    def _add(self, rule: Rule) -> None:
        place = self.list.currentRow() + 1
        self._insert(place, rule)
        self.list.setCurrentRow(place)
        self._changed()

    def _edit(self, item: QListWidgetItem) -> None:
        rule = item.data(_RULE)
        if rule.by in _WITH_DETAILS:
            RuleDialog(rule, self._chooser, self, partial(self._replace, item)).open()

    def _replace(self, item: QListWidgetItem, rule: Rule) -> None:
        item.setData(_RULE, rule)
        item.setText(words.rule(rule))
        self._changed()

    def remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._changed()

    def shift(self, by: int) -> None:
        """The current rule up or down."""
        row = self.list.currentRow()
        if 0 <= row + by < self.list.count():
            item = self.list.takeItem(row)
            self.list.insertItem(row + by, item)
            self.list.setCurrentRow(row + by)
            self._changed()

    def _choose_preset(self, place: int) -> None:
        name = self.presets.itemData(place)
        if name != OWN:
            self.set_rules(PRESETS[name][1])
            self.rules_changed.emit(self.rules)

    def _changed(self, *_: object) -> None:
        self._show_rest()
        self.rules_changed.emit(self.rules)

    def _insert(self, place: int, rule: Rule) -> None:
        item = QListWidgetItem(words.rule(rule))
        item.setData(_RULE, rule)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        item.setToolTip(words.rule(rule))
        self.list.insertItem(place, item)

    def _items(self) -> Sequence[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _enable(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)
        self.take.setEnabled(row >= 0)

    # -- parts --------------------------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.presets = QComboBox()
        self.presets.setAccessibleName(self.tr("Which copies are kept"))
        for name, text in words.presets().items():
            self.presets.addItem(text, name)
        self.presets.addItem(self.tr("Your own rules"), OWN)
        self.presets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.presets.activated.connect(self._choose_preset)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Rules, the first that tells two files apart decides"))
        self.list.setFrameShape(QFrame.Shape.StyledPanel)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._changed)
        self.list.currentRowChanged.connect(lambda _row: self._enable())
        self.list.itemDoubleClicked.connect(self._edit)
        adding = QMenu(self)
        for by, text in words.criteria().items():
            adding.addAction(text, partial(self.add, by))
        self.adding = self._button(self.tr("Add"), self.tr("Add a rule below this one"))
        self.adding.setMenu(adding)
        self.adding.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.up = self._button("↑", self.tr("This rule earlier"), partial(self.shift, -1))
        self.down = self._button("↓", self.tr("This rule later"), partial(self.shift, 1))
        self.take = self._button(self.tr("Remove"), self.tr("Remove this rule"), self.remove)
        self.allowed = self._button("", "")
        self.allowed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.allowed.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        self._relations = {relation: menu.addAction(text) for relation, text in words.relations().items()}
        for action in self._relations.values():
            action.setCheckable(True)
            action.toggled.connect(self._changed)
        self.allowed.setMenu(menu)
        self.load = self._button(self.tr("Load…"), self.tr("Rules from a TOML file"), self.load_requested.emit)
        self.save = self._button(self.tr("Save…"), self.tr("Write these rules as TOML"), self.save_requested.emit)

    def _button(self, text: str, hint: str, act: Callable[[], object] | None = None) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(hint or text)
        if act is not None:
            button.clicked.connect(lambda _checked=False: act())
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        title = QLabel(self.tr("Which one is kept"), wordWrap=True)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        column.addWidget(title)
        column.addWidget(self.presets)
        column.addWidget(self.list, 1)
        column.addLayout(_row(self.adding, self.take, self.up, self.down))
        column.addWidget(self.allowed)
        column.addLayout(_row(self.load, self.save))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
