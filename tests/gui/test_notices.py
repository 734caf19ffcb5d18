"""Notices stand for as long as it is so; the weightiest is shown."""

import pytest

from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.notices import Notices


@pytest.fixture
def bar(qtbot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def notices(bar: MessageBar) -> Notices:
    return Notices(bar)


def shown(bar: MessageBar) -> str | None:
    return None if bar.isHidden() else bar.text.text()


def test_the_weightiest_is_shown_and_the_next_when_it_is_over(notices: Notices, bar: MessageBar):
    notices.say("limit", "no more folders", is_problem=False)
    notices.say("library", "full")
    notices.say("restored", "restored")
    assert shown(bar) == "full"
    notices.unsay("library")
    assert shown(bar) == "restored"
    notices.unsay("restored")
    assert shown(bar) == "no more folders"
    notices.unsay("limit")
    assert shown(bar) is None


def test_what_was_closed_comes_back_with_other_words_only(notices: Notices, bar: MessageBar):
    notices.say("library", "full")
    notices.say("limit", "no more folders")
    bar.close_button.click()
    assert shown(bar) == "no more folders"
    notices.say("library", "full")
    assert shown(bar) == "no more folders"
    notices.say("library", "read-only")
    assert shown(bar) == "read-only"


def test_what_was_over_and_is_so_again_is_told_again(notices: Notices, bar: MessageBar):
    notices.say("library", "full")
    bar.close_button.click()
    notices.unsay("library")
    notices.say("library", "full")
    assert shown(bar) == "full"


def test_it_stands_after_its_button_until_it_is_over(notices: Notices, bar: MessageBar):
    pressed = []
    notices.say("library", "full", "Try again", lambda: pressed.append(True))
    bar.button.click()
    assert pressed == [True]
    assert shown(bar) == "full"
    notices.say("library", "full", "Stop", lambda: notices.unsay("library"))
    bar.button.click()
    assert shown(bar) is None


def test_buttons_go_below_the_words_where_there_is_little_room(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.tell("Words that say what can be done " * 3, "Do it now", lambda: None, ("Do something else", lambda: None))
    bar.resize(900, 60)
    qtbot.waitUntil(lambda: bar.button.y() < bar.text.y() + bar.text.height())
    for width in (320, 380):
        bar.resize(width, 200)
        qtbot.waitUntil(lambda: bar.button.y() >= bar.text.y() + bar.text.height())
        for button in (bar.button, bar.other):
            assert button.width() >= button.sizeHint().width()  # nothing is cut off
