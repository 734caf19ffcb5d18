"""The right and the bottom of the review: rules, how sure, what they come to, and what the button says."""

from pathlib import Path

from PySide6.QtCore import QObject

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.keep_rules import KeepRules, load_rules, rules_text
from cbir_desktop.library.review import LINKS
from cbir_desktop.store.journal import ActKind


class RulesControl(QObject):
    """Rules are in force as they are edited; nothing is searched anew."""

    def __init__(
        self, page: ReviewPage, desk: ReviewDesk, chooser: Chooser, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._chooser, self._message = page, desk, chooser, message
        self._with_library = with_library
        targets: dict[ActKind, str] = {
            "trash": self.tr("To the trash"),
            "move": self.tr("Into a folder"),
            "hardlink": self.tr("Hard links in their place"),
            "symlink": self.tr("Symbolic links in their place"),
        }
        for kind, words in targets.items():
            page.target.addItem(words, kind)
        page.target.currentIndexChanged.connect(self.show_effect)
        page.rules.rules_changed.connect(self._use)
        page.rules.load_requested.connect(self._load)
        page.rules.save_requested.connect(self._save)
        page.threshold.threshold_changed.connect(desk.set_threshold)
        desk.reset.connect(self.show_effect)
        desk.changed.connect(self.show_effect)
        self.show_effect()

    @property
    def target(self) -> ActKind:
        """What is done with the copies."""
        kind: ActKind = self._page.target.currentData()
        return kind

    def take_over(self) -> None:
        """Show the rules and the threshold that the desk has."""
        self._page.rules.set_rules(self._desk.rules)
        self._page.threshold.set_threshold(self._desk.threshold)

    def show_effect(self) -> None:
        """How much would go, how many groups are undecided, and what the button will do."""
        table, threshold = self._desk.table, self._desk.threshold
        now = table.preview(threshold, self.target in LINKS)
        effect = table.preview(threshold)
        lines = [
            self.tr("{files} would go, {size}.").format(
                files=wording.files(effect.files), size=wording.size(effect.bytes)
            )
            if effect.files
            else self.tr("Nothing is marked to go."),
            self.tr("In 1 group nothing is decided.")
            if effect.undecided == 1
            else self.tr("In {n} groups nothing is decided.").format(n=wording.number(effect.undecided)),
        ]
        self._page.effect.setText("\n".join(lines))
        nothing = self.tr("No identical files are marked") if effect.files else self.tr("Nothing is marked")
        self._page.act.setText(review_words.act(self.target, now.files, now.bytes) if now.files else nothing)
        self._page.act.setEnabled(bool(now.files) and not self._page.bar.isVisibleTo(self._page))
        self._page.act.setToolTip(review_words.way_back(self.target))

    def _use(self, rules: KeepRules) -> None:
        self._desk.set_rules(rules)
        self._desk.keep(meta={"rules": rules_text(rules)})

    def _load(self) -> None:
        def loaded(rules: KeepRules) -> None:
            self._page.rules.set_rules(rules)
            self._use(rules)

        def load(path: str) -> None:
            self._with_library(
                lambda library: library.review.run(load_rules, Path(path), done=loaded, failed=self._fail)
            )

        self._chooser.open_file(self._page, self.tr("Rules from a file"), self.tr("Rules (*.toml)"), load)

    def _save(self) -> None:
        data = rules_text(self._page.rules.rules).encode()

        def save(path: str) -> None:
            words = self.tr("The rules are in {file}.").format(file=wording.folder(path))
            self._with_library(
                lambda library: library.review.run(
                    write_atomic, Path(path), data, done=lambda _: self._message.tell(words), failed=self._fail
                )
            )

        self._chooser.save_file(self._page, self.tr("Write these rules"), "keep-rules.toml", save)

    def _fail(self, error: Exception) -> None:
        self._message.warn(wording.sentence(error) + ".")
