"""The laboratory: methods side by side, their queries, and a method for the library."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionHeaderV2, QWidget

from cbir_desktop.evaluation.lab.methods import Method
from cbir_desktop.evaluation.lab.results import Answered, Outcome
from cbir_desktop.gui import wording
from cbir_desktop.gui.lab_backend import Ways
from cbir_desktop.gui.lab_control import LabControl
from cbir_desktop.gui.lab_methods import LabMethods
from cbir_desktop.gui.lab_model import VALUE, LabModel, extremes
from tests.evaluation.conftest import jpeg
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Four sizes of a picture in each of three folders."""
    folder = tmp_path / "classes"
    for seed, kind in enumerate(("apple", "boat", "cat")):
        (folder / kind).mkdir(parents=True)
        for number in range(4):
            (folder / kind / f"{number}.jpg").write_bytes(jpeg(seed, (128 + 16 * number, 96 + 12 * number)))
    return folder


@pytest.fixture
def lab(indexed: Driver, classes: Path) -> LabControl:
    """The open laboratory, with a folder for each class chosen."""
    indexed.window.actions_.laboratory.trigger()
    made = indexed.window.extra.laboratory
    indexed.wait(lambda: bool(made.page.methods.encoders))
    indexed.chooser.paths = (str(classes),)
    made.page.choose.click()
    made.page.kind.setCurrentIndex(made.page.kind.findData("folder-per-class"))
    return made


def choose(lab: LabControl, *names: str) -> None:
    page = lab.page.methods
    for name, box in {**page.encoders, **page.rerankers}.items():
        box.setChecked(name in names)


def measure(driver: Driver, lab: LabControl) -> None:
    lab.page.run.click()
    driver.wait(lambda: lab.page.run.isVisible())
    driver.quiet()


def names(lab: LabControl) -> list[str]:
    return [outcome.method.name for outcome in lab.page.model.outcomes]


def test_methods_are_measured_and_shown_with_their_queries(indexed: Driver, lab: LabControl):
    choose(lab, "blocks", "gray", "layout", "aqe")
    measure(indexed, lab)
    assert names(lab) == ["blocks", "blocks / aqe", "gray", "gray / aqe", "layout"]
    page = lab.page
    assert page.current() is page.model.outcomes[0]
    assert page.answers.rowCount() == 12
    assert "apple" in page.answers.item(0, 0).toolTip() or "jpg" in page.answers.item(0, 0).toolTip()
    assert page.answers.item(0, 1).data(Qt.ItemDataRole.AccessibleTextRole).endswith("right")
    indexed.wait(lambda: page.answers.item(0, 1).data(Qt.ItemDataRole.UserRole + 1) is not None)
    assert page.plots["recall-latency"].plot.points
    assert "5" in page.words.text()


def test_a_click_on_a_cell_shows_its_queries_by_its_measure(indexed: Driver, lab: LabControl):
    choose(lab, "blocks", "gray")
    measure(indexed, lab)
    table, answers = lab.page.table, lab.page.answers
    shown = {}
    for row, column in ((0, "map"), (1, "map"), (1, "p_5")):
        number = 1 + [one.key for one in lab.page.model.columns].index(column)
        at = lab.page.sorted.mapFromSource(lab.page.model.index(row, number))
        table.scrollTo(at)
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(at).center())
        assert lab.page.current() is lab.page.model.outcomes[row]
        asked = [answers.verticalHeaderItem(one).text() for one in range(answers.rowCount())]
        assert asked[0].startswith("best")
        assert asked[-1].startswith("worst")
        chosen = lab.page.model.outcomes[row].answered
        values = sorted((one.value(column) for one in chosen), reverse=True)
        assert asked[0].endswith(wording.decimal(values[0], 2))
        assert asked[-1].endswith(wording.decimal(values[-1], 2))
        shown[row, column] = asked
    assert shown[1, "map"] != shown[1, "p_5"]
    indexed.quiet()


def test_the_first_folder_of_the_library_is_proposed(indexed: Driver, shipped_photos: Path):
    indexed.window.actions_.laboratory.trigger()
    assert shipped_photos.name in indexed.window.extra.laboratory.page.folder.text()
    indexed.quiet()


def test_a_folder_that_is_not_what_was_said_is_told(indexed: Driver, lab: LabControl):
    lab.page.kind.setCurrentIndex(lab.page.kind.findData("ukb"))
    choose(lab, "gray")
    measure(indexed, lab)
    assert names(lab) == []
    assert "class(es) found" in lab.page.words.text()


def test_a_run_can_be_stopped_and_goes_on(indexed: Driver, lab: LabControl):
    choose(lab, "blocks", "gray", "hsv", "lab")
    lab.page.run.click()
    assert lab.page.stop.isVisible()
    indexed.wait(lambda: bool(lab.page.model.outcomes))
    lab.page.stop.click()
    indexed.wait(lambda: lab.page.run.isVisible())
    stopped = len(lab.page.model.outcomes)
    assert 0 < stopped <= 4
    measure(indexed, lab)
    assert len(names(lab)) == 4


def test_a_method_becomes_the_librarys(indexed: Driver, lab: LabControl):
    choose(lab, "blocks")
    measure(indexed, lab)
    assert "blocks" in lab.page.use.text()
    lab.page.use.click()
    indexed.quiet()
    assert indexed.window.fronts.currentWidget() is indexed.window.browser
    indexed.wait(lambda: "blocks" in indexed.window.message.text.text())


def test_a_descriptor_cannot_become_the_librarys(indexed: Driver, lab: LabControl):
    choose(lab, "layout")
    measure(indexed, lab)
    assert not lab.page.use.isEnabled()
    assert lab.page.use.toolTip()


def test_by_keyboard_alone(indexed: Driver, lab: LabControl):
    choose(lab, "blocks", "gray")
    page = lab.page
    page.choose.setFocus()
    indexed.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, page)
    indexed.wait(lambda: len(page.model.outcomes) == 2 and page.run.isVisible())
    page.table.setFocus()
    before = page.current()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.current() is not before
    page.tabs.setCurrentIndex(1)
    plot = page.plots["recall-latency"]
    plot.setFocus()
    at = plot.current
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(plot, key)
    assert plot.current in (0, 1)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.accessibleDescription()
    assert at in (0, 1)
    indexed.press(Qt.Key.Key_Escape)
    assert indexed.window.fronts.currentWidget() is indexed.window.browser
    indexed.quiet()


def test_no_method_is_cut_off_by_the_scroll_bar(indexed: Driver, lab: LabControl):
    indexed.window.resize(900, 500)
    methods = lab.page.methods
    indexed.wait(lambda: methods.verticalScrollBar().isVisible())  # the screen answers when it likes
    for box in (*methods.encoders.values(), methods.whitening, methods.approximate):
        assert box.mapTo(methods, box.rect().topLeft()).x() + box.sizeHint().width() <= methods.viewport().width()


def test_methods_that_come_into_a_page_in_view_have_their_width_at_once(qtbot):
    methods = LabMethods()
    qtbot.addWidget(methods)
    methods.show()
    methods.set_ways(Ways([("hsv", "")], [("aqe", "")], frozenset(), "hsv"))
    assert methods.minimumSizeHint().width() > methods.approximate.sizeHint().width()


def test_the_arrow_of_sorting_does_not_cover_a_heading(indexed: Driver, lab: LabControl):
    choose(lab, "blocks")
    measure(indexed, lab)
    header = lab.page.table.horizontalHeader()
    for section, arrow in ((1, False), (2, True)):
        lab.page.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        option = QStyleOptionHeaderV2()
        header.initStyleOption(option)
        header.initStyleOptionForIndex(option, section)
        assert option.text.startswith("mAP")
        assert option.text.endswith(" ") is arrow


def test_all_that_can_be_used_has_a_name(indexed: Driver, lab: LabControl):
    for widget in lab.page.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            words = widget.text() if hasattr(widget, "text") and callable(widget.text) else ""
            assert widget.accessibleName() or words or widget.parent().accessibleName(), widget
    indexed.quiet()


def outcome(name: str, **values: float) -> Outcome:
    return Outcome(Method(name), "set", "key", values)


@pytest.mark.parametrize("current", ["default", "default@int8", "default+rmac@float32"])
def test_what_the_library_searches_by_is_chosen_at_first(qtbot, current):
    methods = LabMethods()
    qtbot.addWidget(methods)
    methods.set_ways(Ways([("default", ""), ("hsv", ""), ("phash", "")], [], frozenset(), current))
    assert [name for name, box in methods.encoders.items() if box.isChecked()] == ["default", "hsv"]


def test_columns_come_with_their_figures_in_their_order(qapp):
    model = LabModel()
    model.add(outcome("a", p_1=0.5, p50=3.0))
    model.add(outcome("b", map=0.25, p50=2.0))
    at = {column.key: section for section, column in enumerate(model.columns, 1) if model.has(column)}
    heads = [model.headerData(section, Qt.Orientation.Horizontal) for section in (0, *at.values())]
    assert heads == ["Method", "mAP", "P@1", "ms p50"]
    assert model.index(0, at["map"]).data() == ""
    cell, other = model.index(1, at["p50"]), model.index(0, at["p50"])
    assert cell.data(VALUE) == 2.0
    assert cell.data(Qt.ItemDataRole.FontRole).bold()
    assert other.data(Qt.ItemDataRole.FontRole) is None
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole).endswith("the best")
    model.add(outcome("a", p_1=0.75))
    assert (model.rowCount(), model.index(0, at["p_1"]).data(VALUE)) == (2, 0.75)


def test_extremes_are_the_best_and_the_worst_and_none_is_both():
    answered = [Answered(row, ap, 1, (), ()) for row, ap in enumerate((0.1, 0.9, 0.5))]
    best, worst = extremes(Outcome(Method("a"), "set", "key", {}, answered), "map", 6)
    assert (list(best), list(worst)) == ([1, 2], [0])


def test_a_point_is_found_where_it_is_painted(qtbot):
    from cbir_desktop.evaluation.lab.plots import plot
    from cbir_desktop.gui.lab_plot import LabPlot

    widget = LabPlot()
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    assert widget.point_at(QPointF(10, 10)) is None
    outcomes = [outcome("quick", p50=1.0, recall_10=0.2), outcome("good", p50=50.0, recall_10=0.9)]
    widget.set_plot(plot("recall-latency", "p50", "recall_10", outcomes))
    widget.grab()
    for point in widget.plot.points:
        with qtbot.waitSignal(widget.chosen) as chosen:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget._place(point.x, point.y).toPoint())
        assert chosen.args == [point.outcome]
