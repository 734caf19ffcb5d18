"""What a person decides about the member that is looked at: remembered by content, taken back by a step."""

import os
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from cbir_desktop.gui import wording
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.review_desk import ReviewDesk, Step
from cbir_desktop.gui.review_lists import ReviewLists
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.review import partner
from cbir_desktop.store.decisions import PairDecision, PairKind


class ReviewDeciding(QObject):
    """Connects the actions that decide; ``follow`` is called where the groups on show cannot tell what comes of it."""

    def __init__(
        self,
        page: ReviewPage,
        desk: ReviewDesk,
        lists: ReviewLists,
        message: MessageBar,
        follow: Callable[[], None],
        with_library: WithLibrary,
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._lists, self._message = page, desk, lists, message
        self._follow, self._with_library = follow, with_library
        known = page.actions_
        known.apart.triggered.connect(self._set_apart)
        known.ignore_folders.triggered.connect(self._ignore_folders)
        kinds: tuple[tuple[QAction, PairKind], ...] = (
            (known.keep_both, "keep-both"),
            (known.ignore, "ignore"),
            (known.prefer, "prefer"),
        )
        for action, kind in kinds:
            action.triggered.connect(partial(self._decide, kind))

    def enable(self, idle: bool) -> None:
        """What can be decided about the member that is looked at."""
        known, member, in_groups = self._page.actions_, self._page.view.current_member(), self._lists.row >= 0
        group = self._lists.group
        contents = set() if group is None else {one.content for one in group.members}
        several = idle and member is not None and len(contents) > 1
        known.apart.setEnabled(several and self._lists.which != "stacks")
        for action in (known.keep_both, known.ignore, known.prefer):
            action.setEnabled(several and in_groups)
        known.ignore_folders.setEnabled(idle and in_groups and len(self._folders()) == 2)

    def _set_apart(self) -> None:
        member, group = self._page.view.current_member(), self._lists.group
        if member is None or group is None:
            return
        if self._lists.row >= 0:
            self._desk.set_apart(self._lists.row, member)
            return
        pair = PairDecision("not-a-duplicate", group.members[0].content, group.members[1].content)
        self._page.rest.remove(self._lists.view.currentIndex().row())
        self._with_library(lambda library: library.decisions.decide([pair], self._on_pair_decided))

    def _on_pair_decided(self, numbers: list[int]) -> None:
        def revoke() -> None:
            self._with_library(lambda library: library.decisions.revoke(numbers, lambda _count: self._follow()))

        self._desk.push(Step(revoke))

    def _decide(self, kind: PairKind) -> None:
        member = self._page.view.current_member()
        if member is not None and self._lists.row >= 0:
            self._desk.decide(self._lists.row, member, kind)

    def _folders(self) -> list[str]:
        """Of the current member and of the one it is compared with."""
        member, group = self._page.view.current_member(), self._lists.group
        other = None if member is None or group is None else partner(group, member.path)
        if member is None or other is None:
            return []
        return sorted({os.path.dirname(member.path), os.path.dirname(other.path)})

    def _ignore_folders(self) -> None:
        a, b = self._folders()

        def ignored(numbers: list[int]) -> None:
            self._on_pair_decided(numbers)
            words = self.tr("{a} and {b} are not compared any more.")
            self._message.tell(words.format(a=wording.folder(a), b=wording.folder(b)))
            self._follow()

        def failed(error: Exception) -> None:
            self._message.warn(wording.sentence(error) + ".")

        self._with_library(lambda library: library.decisions.ignore_folders(a, b, done=ignored, failed=failed))
