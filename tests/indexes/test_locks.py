import threading

from cbir_desktop.indexes.locks import TurnstileLock


def test_only_one_at_a_time():
    lock, counter = TurnstileLock(), [0]

    def work():
        for _ in range(2000):
            with lock:
                value = counter[0]
                counter[0] = value + 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter[0] == 8000


def test_a_thread_that_takes_it_again_and_again_lets_another_in():
    lock, got_in, waits = TurnstileLock(), threading.Event(), threading.Event()

    def wait_for_it():
        waits.set()
        with lock:
            got_in.set()

    other = threading.Thread(target=wait_for_it)
    turns = 0
    with lock:
        other.start()
        waits.wait()
    while not got_in.is_set() and turns < 100_000:
        with lock:
            turns += 1
    other.join(timeout=10)
    assert got_in.is_set()
    assert turns < 100_000
