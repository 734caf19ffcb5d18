import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cbir_desktop.core.pipeline import bounded_map


@pytest.fixture
def pool():
    with ThreadPoolExecutor(3) as executor:
        yield executor


def test_answers_come_in_order(pool):
    assert list(bounded_map(pool, lambda n: n * n, range(50), ahead=7)) == [n * n for n in range(50)]


def test_no_more_than_ahead_are_started(pool):
    taken, started, lock = 0, 0, threading.Lock()

    def work(n):
        nonlocal started
        with lock:
            started += 1
            assert started - taken <= 4
        return n

    for _ in bounded_map(pool, work, range(100), ahead=4):
        with lock:
            taken += 1
    assert started == 100


def test_stopping_early_cancels_the_rest(pool):
    done = []
    answers = bounded_map(pool, lambda n: done.append(n) or n, iter(range(10_000)), ahead=5)
    assert next(answers) == 0
    answers.close()
    assert len(done) <= 6


def test_an_error_reaches_the_consumer(pool):
    def work(n):
        if n == 3:
            raise RuntimeError("three")
        return n

    with pytest.raises(RuntimeError, match="three"):
        list(bounded_map(pool, work, range(10), ahead=4))
