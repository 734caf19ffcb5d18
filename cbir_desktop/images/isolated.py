"""Decoding in processes of their own, so that a file that hangs, crashes or devours memory costs that file only."""

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from typing import IO, Any

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.images.decode import MAX_PIXELS, Decoded
from cbir_desktop.images.worker import ACCEPTED, ANSWER, OUT_OF_MEMORY, QUESTION, READY

DECODER = "cbir_desktop.images.decode:decode"

_START_SECONDS = 60.0  # a worker imports for 0.3 s; on a machine that pages, for much longer
_END_SECONDS = 2.0  # an idle worker ends in a hundredth of this
_PIPE = 1 << 18  # bytes, of Linux's pipes: four times the usual, as files are megabytes
_LONGEST_ANSWER = 1 << 16  # bytes of JSON
# Signals from outside that say nothing of the file: the machine shuts down, a terminal closes.
_NOT_ITS_FAULT = (2, 15, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))

_SIGKILL = 9
_NO_MEMORY = ("bad_alloc", "MemoryError", "Insufficient memory")  # the last words of C++, Python, OpenCV

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost. ``memory``: bytes beyond what an idle worker holds; 300 megapixels as Pillow keeps
    them take 1.2 GB. ``files``: after so many a worker makes room for a fresh one, with whatever its decoders leaked.
    """

    seconds: float = 20.0
    memory: int = 2 << 30
    files: int = 500


class _EndedFromOutside(Exception):  # noqa: N818 - no error of the picture: another worker is asked
    """The worker ended before it had the file, or by a signal that says nothing of the file."""


class DecodePool:
    """At most ``workers`` processes, started when they are needed; ``decode`` may be called from any thread.

    ``decoder``: ``module:function`` that they run, with the signature of ``images.decode.decode``.
    """

    def __init__(self, workers: int, limits: Limits | None = None, decoder: str = DECODER) -> None:
        self.limits = limits or Limits()
        self._decoder = decoder
        self.low = False  # priority of the processes: of those in use too, from their next file on
        # Last in, first out: as few processes as the work needs. None is a place where one may be started.
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)
        self._count = workers
        # Linux ends a worker with the thread that started it: this thread lives as long as the pool.
        self._starter = ThreadPoolExecutor(1, "start-worker")
        self._starter.submit(int).result()  # now: started by a thread of low priority, it would have that as well

    def decode(self, data: bytes, min_side: int | None = None) -> Decoded:
        """Raises ``DecodeError``, also of kinds ``crashed``, ``timed-out``, ``out-of-memory``.

        ``KnownError`` (kind ``no-worker``) where the system starts no process.
        """
        worker = self._places.get()
        try:
            if worker is None or not worker.is_usable() or worker.low != self.low:
                worker = self._fresh(worker)
            try:
                return worker.decode(data, min_side)
            except _EndedFromOutside:
                worker = self._fresh(worker)
                return worker.decode(data, min_side)
        except _EndedFromOutside:
            raise DecodeError("its decoder was ended from outside, twice", "crashed") from None
        finally:
            self._places.put(worker)

    def close(self) -> None:
        """End the processes, once each has finished what it is at. More than once does no harm."""
        for worker in [self._places.get() for _ in range(self._count)]:
            if worker is not None:
                worker.stop()
            self._places.put(None)
        self._starter.shutdown()

    def _fresh(self, old: "_Worker | None") -> "_Worker":
        if old is not None:
            old.stop()
        return self._starter.submit(_Worker, self._decoder, self.limits, self.low).result()


class _Worker:
    """One process and its pipes. Used by one thread at a time."""

    def __init__(self, decoder: str, limits: Limits, low: bool) -> None:
        self._limits = limits
        self.low = low
        self._files = 0
        self._timed_out = False
        self._spent = False
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = _start(decoder, limits, low, self._errors)
        except OSError as error:
            self._errors.close()
            raise KnownError(f"no process for decoding can be started: {error}", "no-worker") from error
        self._questions, self._answers = _pipes(self._process)
        with self._capped(_START_SECONDS):
            ready = self._answers.read(len(READY))
        if ready != READY:
            message = f"the process for decoding does not start: {self._last_words()}"
            self.stop()
            raise KnownError(message, "no-worker")

    def is_usable(self) -> bool:
        return not self._spent and self._files < self._limits.files and self._process.poll() is None

    def decode(self, data: bytes, min_side: int | None) -> Decoded:
        self._files += 1
        accepted = False
        with self._capped(self._limits.seconds):
            try:
                self._questions.write(QUESTION.pack(-1 if min_side is None else min_side, len(data)))
                self._questions.write(data)
                self._questions.flush()
                accepted = self._read(len(ACCEPTED)) == ACCEPTED
                return self._decoded(self._answer())
            except (OSError, EOFError):
                raise self._judged(accepted) from None
            except (ValueError, KeyError, TypeError) as error:  # something wrote into its memory
                self._spent = True
                raise DecodeError("its decoder gave no sensible answer", "crashed") from error

    def stop(self) -> None:
        """End the process and forget it; an idle one ends as its input does."""
        for pipe in (self._questions, self._answers):
            with contextlib.suppress(OSError):  # what was not sent to one that is gone
                pipe.close()
        if self._spent:
            self._process.kill()
        self._end()
        self._errors.close()

    def _answer(self) -> dict[str, Any]:
        (length,) = ANSWER.unpack(self._read(ANSWER.size))
        if length > _LONGEST_ANSWER:
            raise ValueError(length)
        answer: dict[str, Any] = json.loads(self._read(length))
        if "kind" in answer:
            # What it holds of the memory it was given, no one knows.
            self._spent = answer["kind"] == "out-of-memory"
            raise DecodeError(str(answer["message"]), str(answer["kind"]))
        return answer

    def _decoded(self, answer: dict[str, Any]) -> Decoded:
        height, width = map(int, answer["shape"])
        if not (height > 0 and width > 0 and height * width <= MAX_PIXELS):
            raise ValueError(answer["shape"])
        image = np.empty((height, width, 3), np.uint8)
        if self._answers.readinto(image.data.cast("B")) != image.nbytes:
            raise EOFError
        return Decoded(image, int(answer["width"]), int(answer["height"]), str(answer["format"]))

    def _read(self, length: int) -> bytes:
        data = self._answers.read(length)
        if len(data) < length:
            raise EOFError
        return data

    @contextlib.contextmanager
    def _capped(self, seconds: float) -> Iterator[None]:
        """Kill the process when this takes longer: what reads from it then reads the end."""

        def kill() -> None:
            self._timed_out = True
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> int:
        """Wait for the process, which has ended or is about to; gives its exit status."""
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _judged(self, accepted: bool) -> Exception:
        """What the end of the process says of the file that it had in hand, or had not yet ``accepted``."""
        status = self._end()
        words = self._last_words()
        _log.info("a decoder ended with status %d: %s", status, words or "no word")
        if self._timed_out or status == -getattr(signal, "SIGALRM", 0):
            return DecodeError(f"decoding it takes longer than {self._limits.seconds:g} s", "timed-out")
        if status == OUT_OF_MEMORY or any(word in words for word in _NO_MEMORY):
            most = self._limits.memory / (1 << 30)
            return DecodeError(f"decoding it takes more than {most:g} GiB of memory", "out-of-memory")
        if not accepted or -status in _NOT_ITS_FAULT:
            return _EndedFromOutside()
        if status == -_SIGKILL:
            return DecodeError("the system ended its decoder, most likely for want of memory", "out-of-memory")
        return DecodeError(f"its decoder crashed ({_name(status)})", "crashed")

    def _last_words(self) -> str:
        """The last line that the process wrote on its standard error."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[:200]


def _start(decoder: str, limits: Limits, low: bool, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    module, _, function = decoder.partition(":")
    program = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from cbir_desktop.core.priority import lower_this_thread\n"
        f"{low!r} and lower_this_thread()\n"
        f"from {module} import {function} as decode\n"
        "from cbir_desktop.images.worker import serve\n"
        f"serve(decode, {limits.seconds!r}, {limits.memory!r}, {os.getpid()})\n"
    )
    # A process group of its own: Ctrl-C on a terminal is for the program, which then ends its workers.
    apart: dict[str, Any] = {"process_group": 0}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    command = [sys.executable, "-c", program]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, pipesize=_PIPE, **apart
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], BufferedReader]:
    assert process.stdin is not None
    assert isinstance(process.stdout, BufferedReader)
    return process.stdin, process.stdout


def _name(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"exit status {status}"
