"""What the workers of these tests run: the real decoder, but for files that say what shall go wrong."""

import ctypes
import os
import sys
import time

import numpy as np

from cbir_desktop.images import decode as real
from cbir_desktop.images.decode import Decoded


def decode(data: bytes, min_side: int | None = None) -> Decoded:
    word, _, path = data.partition(b" ")
    match word:
        case b"hang":
            if path:
                with open(path, "w") as file:
                    file.write(str(os.getpid()))
            time.sleep(600)
        case b"spin":  # and keep the GIL, as a decoder does that never heard of it
            ctypes.PyDLL(None).sleep(600)
        case b"abort":
            os.abort()
        case b"segfault":
            ctypes.string_at(0)
        case b"exit":
            os._exit(3)
        case b"bug":
            raise KeyError("no error of a picture")
        case b"allocate":
            np.ones(1 << 34, np.uint8)
        case b"whole":  # not by one demand, and kept
            keep = [np.ones(1 << 26, np.uint8) for _ in range(256)]
            del keep
        case b"print":
            os.write(1, b"\xff" * 10_000)
            os.write(2, b"warning: " * 10_000)
            return Decoded(np.zeros((2, 3, 3), np.uint8), 3, 2, "PRINT")
        case b"pid":
            return Decoded(np.zeros((1, 1, 3), np.uint8), os.getpid(), 1, "PID")
        case b"modules":
            heavy = {"PySide6", "onnxruntime", "torch", "hnswlib", "sqlite3"}
            return Decoded(np.zeros((1, 1, 3), np.uint8), 1, 1, ",".join(heavy & sys.modules.keys()))
    return real.decode(data, min_side)
