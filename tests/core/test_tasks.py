import threading

import pytest

from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Part, Task


def test_step_reports_first_and_last_but_not_every_one_between():
    reported = []
    task = Task(lambda done, total: reported.append((done, total)), per_second=0.001)
    for done in range(1, 101):
        task.step(done, 100)
    assert reported == [(1, 100), (100, 100)]


def test_a_cancelled_task_stops_its_worker():
    task = Task()
    task.step(1, 2)
    task.cancel()
    with pytest.raises(Cancelled):
        task.step(2, 2)


def test_pause_holds_the_worker_until_resumed():
    task = Task()
    task.pause()
    passed = threading.Event()
    worker = threading.Thread(target=lambda: (task.check(), passed.set()))
    worker.start()
    assert not passed.wait(0.05)
    task.resume()
    assert passed.wait(5)
    worker.join()


def test_cancel_frees_a_paused_worker():
    task = Task()
    task.pause()
    task.cancel()
    with pytest.raises(Cancelled):
        task.check()
    assert not task.paused


def test_the_null_task_accepts_steps():
    NULL_TASK.step(0, 0)
    NULL_TASK.check()


def test_a_part_stops_with_the_whole_and_reports_to_nobody():
    reported = []
    whole = Task(lambda done, total: reported.append((done, total)))
    part = Part(whole)
    part.step(1, 1)
    assert reported == []
    whole.cancel()
    with pytest.raises(Cancelled):
        part.step(1, 2)
