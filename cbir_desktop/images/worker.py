"""The process that decodes for ``isolated.Decoders``: asked and answering through its standard input and output.

A question is min_side (int64, -1 for none), the number of bytes (uint64), and the bytes of the file. An answer is the
length of a JSON object (uint32), the object, and the pixels. JSON and not pickle: what decodes hostile files is not
trusted to say what its parent shall run.
"""

import ctypes
import json
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.decode import Decoded
from cbir_desktop.images.resize import leave_threads_to_the_program

QUESTION = struct.Struct(">qQ")
ANSWER = struct.Struct(">I")
READY = b"\x01"
ACCEPTED = b"\x02"
"""Comes once the whole question was read: a worker that ends before did not end by the file."""

OUT_OF_MEMORY = 77
"""The exit status of a worker that its own watch ended."""

_GRACE = 5.0  # seconds beyond the cap after which a worker that nobody ended ends itself
_POLL = 0.05  # seconds between two looks at the memory, where the system keeps no limit itself
_PR_SET_PDEATHSIG = 1

Decode = Callable[[bytes, int | None], Decoded]


def serve(decode: Decode, seconds: float, memory: int, parent: int) -> None:
    """Answer until the input ends. ``memory``: bytes beyond what the process holds now; ``parent``: its process id."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program: it is no fault of the file in hand
    questions, answers = _streams()
    _end_with(parent)
    _limit_memory(memory)
    leave_threads_to_the_program()
    answers.write(READY)
    answers.flush()
    while header := questions.read(QUESTION.size):
        min_side, length = QUESTION.unpack(header)
        data = questions.read(length)
        _arm(seconds + _GRACE)
        answers.write(ACCEPTED)
        answers.flush()
        answer, pixels = _answer(decode, data, None if min_side < 0 else min_side)
        _arm(0)
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.write(pixels)
        answers.flush()


def _answer(decode: Decode, data: bytes, min_side: int | None) -> tuple[bytes, memoryview]:
    try:
        decoded = decode(data, min_side)
        pixels = np.ascontiguousarray(decoded.image)
    except DecodeError as error:
        return json.dumps({"kind": error.kind, "message": str(error)}).encode(), memoryview(b"")
    except MemoryError:
        return json.dumps({"kind": "out-of-memory", "message": "it needs too much memory"}).encode(), memoryview(b"")
    height, width = pixels.shape[:2]
    facts = {"width": decoded.width, "height": decoded.height, "format": decoded.format, "shape": [height, width]}
    return json.dumps(facts).encode(), pixels.data.cast("B")


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Input and output under numbers of their own: what a decoder prints must not come between the answers."""
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return questions, answers


def _end_with(parent: int) -> None:
    """Linux ends this process with its parent, also in the middle of a picture; elsewhere the input ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was faster
            os._exit(0)


def _arm(seconds: float) -> None:
    """Have the system end this process in so many seconds, whatever the decoder is at; 0 disarms."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_memory(memory: int) -> None:
    """Linux refuses what goes beyond; elsewhere a thread looks and ends the process. ``memory`` 0: no limit."""
    if hasattr(signal, "SIGXCPU"):  # POSIX
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory and sys.platform == "linux":
            limit = _data_size() + memory
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if memory and sys.platform != "linux":
        threading.Thread(target=_watch_memory, args=(_peak() + memory,), daemon=True).start()


def _data_size() -> int:
    """Bytes of private writable memory that this process has mapped: what RLIMIT_DATA counts."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmData:"))


def _watch_memory(most: int) -> None:
    while _peak() <= most:
        time.sleep(_POLL)
    os._exit(OUT_OF_MEMORY)


def _peak() -> int:
    """The most memory, in bytes, that this process has ever held at once."""
    if sys.platform == "win32":
        return _windows_peak()
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _windows_peak() -> int:
    """PeakPagefileUsage of PROCESS_MEMORY_COUNTERS: two DWORD, then eight SIZE_T of which it is the last."""
    counters = (ctypes.c_size_t * 9)()
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.K32GetProcessMemoryInfo.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), ctypes.sizeof(counters))
    return int(counters[8])
