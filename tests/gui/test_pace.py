import pytest

from cbir_desktop.gui.pace import WINDOW_S, Pace


def test_speed_and_time_left():
    pace = Pace()
    pace.mark(0.0, 100)
    assert pace.per_second is None
    pace.mark(10.0, 410)
    assert pace.per_second == 31
    assert pace.seconds_left(1030) == 20
    assert pace.seconds_left(0) is None


def test_only_the_last_seconds_count():
    pace = Pace()
    for second in range(100):
        pace.mark(float(second), second * (1 if second < 50 else 10))
    assert pace.per_second == pytest.approx(10)
    assert len(pace._marks) <= WINDOW_S + 2


def test_a_pause_is_no_slowness():
    pace = Pace()
    pace.mark(0.0, 0)
    pace.restart()
    pace.mark(1000.0, 10)
    pace.mark(1001.0, 20)
    assert pace.per_second == 10


def test_standing_still_has_no_end():
    pace = Pace()
    pace.mark(0.0, 5)
    pace.mark(2.0, 5)
    assert pace.seconds_left(10) is None
