"""Times of the review of duplicates with 100,000 groups: painting, filters, marks, rules, files that go. Not a test.

    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/bench/bench_review.py [--groups 100000]

The groups are made: two or three files each, names without files behind them. Each time is also measured at 1,000.
What a worker does is counted in time of the processor: the window goes on meanwhile.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QPaintEvent

from cbir_desktop.core.verification import Relation
from cbir_desktop.gui.app import create_application
from cbir_desktop.gui.review_backend import Found
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_list import ContentNumbers, GroupList
from cbir_desktop.gui.review_model import Filters, GroupModel
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Duplicates, Group, choose_again
from cbir_desktop.library.group_table import GroupTable
from cbir_desktop.library.groups import Proved
from cbir_desktop.library.keep_rules import KeepRules, Rule
from cbir_desktop.library.session import Session
from cbir_desktop.store.proofs import Proof

FEW = 1000
REPEATS = 7
STEPS = 200
RULES = KeepRules(frozenset(Relation), (Rule("resolution"), Rule("size"), Rule("name", pattern="* (2)*", unless=True)))


def made_groups(count: int) -> list[Group]:
    """Every third has three members; every second is of one content."""
    random = np.random.default_rng(7)
    sizes = random.integers(100_000, 9_000_000, (count, 3))
    found = []
    for number in range(count):
        near = number % 2
        contents = [(3 * number + near * place).to_bytes(32, "big") for place in range(2 + (number % 3 == 0))]
        members = tuple(
            Member(f"/photos/{number // 500:05}/{number:06} {place}.jpg", content, size, 4000 - place, 3000, "JPEG")
            for place, (content, size) in enumerate(zip(contents, sizes[number].tolist(), strict=False))
        )
        pairs = [(a, b) for at, a in enumerate(contents) for b in contents[at + 1 :] if a != b]
        relations = frozenset({Relation.RESIZED})
        proofs = {pair: Proof(*pair, "copy", float(random.uniform(0.9, 1)), 1.0, 60, relations) for pair in pairs}
        picks = tuple(Pick("open", "no rule decides it") for _ in members)
        found.append(Group(f"{number:08}", "near" if near else "bytes", members, picks, Proved(proofs, {})))
    return found


class TimedList(GroupList):
    """Keeps how long each paint took, milliseconds."""

    def __init__(self, model: GroupModel, loader: ThumbLoader, numbers: ContentNumbers) -> None:
        self.paints: list[float] = []
        super().__init__(model, loader, numbers)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        started = time.perf_counter()
        super().paintEvent(event)
        self.paints.append((time.perf_counter() - started) * 1000)


def turn() -> None:
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def median_ms(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """Of the call and of what it leaves to paint."""
    found = []
    for _ in range(repeats):
        started = time.perf_counter()
        act()
        turn()
        found.append((time.perf_counter() - started) * 1000)
    return float(np.median(found))


def measure(count: int, session: Session) -> dict[str, float]:
    groups = made_groups(count)
    started = time.process_time()
    GroupTable(groups)
    times = {"table made (worker)": (time.process_time() - started) * 1000}
    duplicates = Duplicates(groups=groups)
    started = time.process_time()
    table = GroupTable(choose_again(session, duplicates, RULES))
    times["rules on all groups (worker)"] = (time.process_time() - started) * 1000
    desk = ReviewDesk(lambda _wish: None)
    model = GroupModel(desk)
    view = TimedList(model, ThumbLoader(lambda *_: None), ContentNumbers())
    view.resize(260, 800)
    view.show()
    desk.reset.connect(model.refresh)
    desk.changed.connect(model.update)
    desk.set_found(Found(duplicates, table, {}, np.zeros(1), -1, b""))
    turn()
    bar = view.verticalScrollBar()
    view.paints.clear()
    for step in range(STEPS):
        bar.setValue(step * bar.maximum() // STEPS)
        turn()
    times["paint while scrolling, median"] = float(np.median(view.paints))
    times["paint while scrolling, worst"] = max(view.paints)
    orders = iter(("sure", "saving", "path") * REPEATS)
    times["another order"] = median_ms(lambda: model.set_filters(Filters(order=next(orders))))
    times["filter by kind"] = median_ms(lambda: model.set_filters(Filters(kind=2)))
    model.set_filters(Filters())
    times["what would go"] = median_ms(lambda: desk.table.preview(0.95))
    rows = iter(range(0, 7 * REPEATS, 7))
    times["one group changed"] = median_ms(lambda: desk.changed.emit([next(rows)]))
    gone = iter(range(1, 3 * REPEATS, 3))

    def remove_one() -> None:
        row = next(gone)
        desk.remove([groups[row].members[-1].path], [row])

    times["one file gone"] = median_ms(remove_one)
    held = range(count // 2, min(count, count // 2 + 500))
    many = [groups[row].members[-1].path for row in held]
    times["500 files gone"] = median_ms(lambda: desk.remove(many, held), 1)
    started = time.process_time()
    by_hand = {groups[5].members[0].path: True}
    one = Duplicates(groups=[groups[5]])
    choose_again(session, one, RULES, by_hand)
    times["one mark chosen (worker)"] = (time.process_time() - started) * 1000
    view.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=100_000)
    count = parser.parse_args().groups
    create_application()
    with tempfile.TemporaryDirectory() as folder, Session.open(Path(folder), "hsv") as session:
        few, many = measure(FEW, session), measure(count, session)
    sys.stdout.write(f"{'milliseconds':36}{FEW:>10,}{count:>12,}{'ratio':>8}\n")
    for name, value in many.items():
        sys.stdout.write(f"{name:36}{few[name]:10.2f}{value:12.2f}{value / max(few[name], 1e-6):8.1f}\n")


if __name__ == "__main__":
    main()
