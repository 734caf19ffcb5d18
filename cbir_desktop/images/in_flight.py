"""Which pictures this process is decoding, in a file that outlives it: one of them may be what killed it."""

import contextlib
import mmap
import queue
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from cbir_desktop.core.atomic import write_atomic

_KEY = 16  # bytes
_SLOTS = 64  # threads that decode at once; more than that go unnoted
_SUSPECTS = 1024  # the last so many are remembered: after a kill there is one for each thread
_EMPTY = bytes(_KEY)
_HEAD = 1 << 13  # hashing this much takes 5 us, the whole of a camera's JPEG 2 ms


def key_of(data: bytes) -> bytes:
    """A name for a file's bytes: of its head, tail and length."""
    return blake3(data[:_HEAD] + data[-1024:] + len(data).to_bytes(8, "big")).digest(_KEY)


class InFlight:
    """The file begins with a slot for each decode that is under way; behind them are the ``suspects``.

    Suspects are what was in flight when the last process with this file ended. Writing a slot is
    a store to shared memory: the system keeps it however the process ends, a power cut excepted. One process at a
    time may have the file open. Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        slots, suspects = _read(path)
        self.suspects = frozenset((slots + suspects)[:_SUSPECTS])
        write_atomic(path, _EMPTY * _SLOTS + b"".join((slots + suspects)[:_SUSPECTS]))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _KEY * _SLOTS)
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        for slot in range(_SLOTS):
            self._free.put(slot * _KEY)

    @contextlib.contextmanager
    def noted(self, key: bytes) -> Iterator[None]:
        try:
            at = self._free.get_nowait()
        except queue.Empty:
            yield
            return
        self._map[at : at + _KEY] = key
        try:
            yield
        finally:
            self._map[at : at + _KEY] = _EMPTY
            self._free.put(at)


def _read(path: Path) -> tuple[list[bytes], list[bytes]]:
    """(what is in the slots, the suspects behind them); nothing where there is no such file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], []
    keys = [data[at : at + _KEY] for at in range(0, len(data) - _KEY + 1, _KEY)]
    return [key for key in keys[:_SLOTS] if key != _EMPTY], keys[_SLOTS:]
