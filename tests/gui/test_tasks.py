import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.gui.tasks import Tasks


@pytest.fixture
def executor():
    with ThreadPoolExecutor(1) as made:
        yield made


def test_the_answer_comes_in_the_main_thread(qtbot, tasks: Tasks, executor):
    got = []
    tasks.submit(
        executor,
        lambda: threading.current_thread(),
        done=lambda worker: got.append((worker, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: len(got) == 1)
    assert got[0][0] is not threading.main_thread()
    assert got[0][1] is threading.main_thread()
    assert tasks.pending == 0


def test_a_known_error_goes_to_its_callback_and_to_the_signal_without_one(qtbot, tasks: Tasks, executor):
    def fail():
        raise KnownError("the disk is full", "disk-full")

    got = []
    tasks.submit(executor, fail, failed=got.append)
    qtbot.waitUntil(lambda: len(got) == 1)
    assert got[0].kind == "disk-full"
    with qtbot.waitSignal(tasks.failed) as signal:
        tasks.submit(executor, fail)
    assert str(signal.args[0]) == "the disk is full"


def test_a_bug_is_raised_in_the_main_thread(qtbot, tasks: Tasks, executor):
    told = []
    with qtbot.captureExceptions() as raised:
        tasks.submit(executor, lambda: {}["missing"], failed=told.append)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is KeyError
    assert isinstance(told[0], KeyError)


def test_a_stale_answer_is_dropped(qtbot, tasks: Tasks, executor):
    gate, got = threading.Event(), []
    late = tasks.submit(
        executor, lambda: gate.wait(10), done=lambda _: got.append("late"), cancelled=lambda: got.append("cancelled")
    )
    tasks.submit(executor, lambda: None, done=lambda _: got.append("new"))
    late.cancel()
    gate.set()
    qtbot.waitUntil(lambda: "new" in got)
    assert got == ["cancelled", "new"]


def test_what_was_cancelled_before_its_turn_never_runs(qtbot, tasks: Tasks, executor):
    gate, ran, ended = threading.Event(), [], []
    tasks.submit(executor, gate.wait, 10)
    tasks.submit(executor, lambda: ran.append(1), cancelled=lambda: ended.append(1)).cancel()
    qtbot.waitUntil(lambda: bool(ended))
    gate.set()
    qtbot.waitUntil(lambda: tasks.pending == 0)
    assert ran == []


def test_progress_comes_at_most_ten_times_a_second_and_always_at_the_end(qtbot, tasks: Tasks, executor):
    steps, got = [], []

    def work(task: Task) -> None:
        for number in range(1, 5001):
            task.step(number, 5000)

    tasks.submit(
        executor, work, progress=lambda done, total: steps.append((done, total)), done=got.append, with_task=True
    )
    qtbot.waitUntil(lambda: len(got) == 1)
    assert steps[-1] == (5000, 5000)
    assert len(steps) < 20


def test_nothing_is_emitted_after_close(qtbot, tasks: Tasks):
    executor, started, gate, got = ThreadPoolExecutor(1), threading.Event(), threading.Event(), []

    def work(task: Task) -> None:
        started.set()
        gate.wait(10)
        task.check()

    tasks.submit(executor, work, done=got.append, cancelled=lambda: got.append("cancelled"), with_task=True)
    tasks.submit(executor, lambda: 1, done=got.append)
    started.wait(10)
    tasks.close()
    with qtbot.assertNotEmitted(tasks._answered), qtbot.assertNotEmitted(tasks._broke):
        gate.set()
        executor.shutdown(wait=True)
    assert tasks.submit(executor, lambda: 1, done=got.append).future is None
    assert got == []


def test_what_is_relayed_comes_in_the_main_thread_in_order(qtbot, tasks: Tasks, executor):
    got = []
    tell = tasks.relay(lambda *values: got.append((values, threading.current_thread())))
    executor.submit(lambda: [tell(number, "x") for number in range(5)]).result()
    assert got == []  # not before the event loop
    qtbot.waitUntil(lambda: len(got) == 5)
    assert [values for values, _ in got] == [(number, "x") for number in range(5)]
    assert {thread for _, thread in got} == {threading.main_thread()}


def test_nothing_is_relayed_after_close(qtbot, tasks: Tasks, executor):
    got = []
    tell = tasks.relay(got.append)
    tell("before")
    tasks.close()
    executor.submit(tell, "after").result()
    qtbot.wait(50)
    assert got == []


def test_work_of_its_own_way_is_answered_and_cancelled(qtbot, tasks: Tasks):
    future, got = Future(), []
    handle = tasks.begin(lambda task: future, {"done": got.append})
    future.set_result("done")
    qtbot.waitUntil(lambda: got == ["done"])
    waiting = Future()
    waiting.set_running_or_notify_cancel()
    handle = tasks.begin(lambda task: waiting, {"cancelled": lambda: got.append("cancelled")})
    handle.cancel()
    assert handle.task.cancelled
    waiting.set_exception(Cancelled())
    qtbot.waitUntil(lambda: got == ["done", "cancelled"])
