import ctypes
import os
import platform
import sys
import threading

import pytest

from cbir_desktop.core.power import PowerPool
from cbir_desktop.core.priority import NICE, lower_this_thread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads priorities as Linux shows them")

NORMAL = os.getpriority(os.PRIO_PROCESS, 0)
IOPRIO_GET = {"x86_64": 252, "aarch64": 31}


def nice_here():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.fixture
def make_pool():
    pools = []

    def make_pool(*arguments):
        pools.append(PowerPool("test", *arguments))
        return pools[-1]

    yield make_pool
    for pool in pools:
        pool.shutdown()


def run_lowered(work):
    """What ``work`` gives in a thread of low priority."""
    answers = []
    thread = threading.Thread(target=lambda: (lower_this_thread(), lower_this_thread(), answers.append(work())))
    thread.start()
    thread.join()
    return answers[0]


def test_a_lowered_thread_yields_the_processor_and_no_other_does():
    assert run_lowered(nice_here) == max(NICE, NORMAL)
    assert nice_here() == NORMAL


@pytest.mark.skipif(platform.machine() not in IOPRIO_GET, reason="the system call's number is not known here")
def test_a_lowered_thread_yields_the_disk():
    def class_and_level():
        value = ctypes.CDLL(None).syscall(IOPRIO_GET[platform.machine()], 1, 0)
        return value >> 13, value & 7

    assert run_lowered(class_and_level) == (2, 7)
    assert class_and_level() != (2, 7)


def test_fewer_threads_of_low_priority_in_the_background(make_pool):
    pool = make_pool(3, 2, True)

    def meet(barrier):
        barrier.wait(10)
        return threading.get_native_id(), nice_here()

    def threads(count):
        barrier = threading.Barrier(count)
        return dict(work.result() for work in [pool.submit(meet, barrier) for _ in range(count)])

    assert list(threads(2).values()) == [max(NICE, NORMAL)] * 2
    pool.set_low(False)
    assert list(threads(3).values()) == [NORMAL] * 3


def test_threads_are_raised_also_when_a_lowered_thread_hands_in(make_pool):
    pool = make_pool(2, 1, True)
    pool.set_low(False)
    assert run_lowered(lambda: {pool.submit(nice_here).result() for _ in range(8)}) == {NORMAL}


def test_one_thread_stays_in_order_over_a_change(make_pool):
    pool, gate, done = make_pool(1, 1), threading.Event(), []
    work = [pool.submit(gate.wait)] + [pool.submit(done.append, number) for number in range(5)]
    pool.set_low(True)
    work += [pool.submit(done.append, number) for number in range(5, 10)]
    gate.set()
    for one in work:
        one.result(10)
    assert done == list(range(10))


def test_what_was_handed_in_before_a_change_is_done(make_pool):
    pool, gate = make_pool(2, 1), threading.Event()
    work = [pool.submit(gate.wait) for _ in range(6)]
    pool.set_low(True)
    assert pool.submit(nice_here).result(10) == max(NICE, NORMAL)  # not behind the others
    gate.set()
    assert [one.result(10) for one in work] == [True] * 6


def test_shutdown_waits_for_older_threads_and_cancels(make_pool):
    pool, gate = make_pool(1, 1), threading.Event()
    running, waiting = pool.submit(gate.wait), pool.submit(gate.wait)
    pool.set_low(True)
    threading.Timer(0.1, gate.set).start()
    pool.shutdown(cancel_futures=True)
    assert (running.done(), waiting.cancelled()) == (True, True)
