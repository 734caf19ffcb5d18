"""Work that waits for everybody else: a thread that yields the processor and the disk."""

import ctypes
import os
import platform
import sys
import threading

# Of Linux's 0 to 19. At 19, beside programs that want every core, a thread gets 1.5 % of one, and may hold Python's
# lock meanwhile: a search waits for it then. At 10 it gets a tenth.
NICE = 10

_IOPRIO_SET = {
    "x86_64": 251,
    "aarch64": 30,
    "riscv64": 30,
}  # the system call's number: the C library has no name for it
_WHO_PROCESS = 1  # of ioprio_set: one thread
_BEST_EFFORT_LAST = 2 << 13 | 7  # class and level: idle (3) may wait for ever, and with it who waits for the catalog
_WINDOWS_BACKGROUND = 0x10000  # THREAD_MODE_BACKGROUND_BEGIN: processor, disk and memory
_MACOS_UTILITY = 0x11  # QOS_CLASS_UTILITY: work that takes its time and that somebody wants to see done

_lowered = threading.local()


def lower_this_thread() -> None:
    """Let the calling thread yield to others, and the threads and processes that it starts (Linux).

    For good: without rights to do so, Linux raises none again. More than once does no harm.
    """
    if getattr(_lowered, "done", False):
        return
    _lowered.done = True
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
        if platform.machine() in _IOPRIO_SET:
            ctypes.CDLL(None).syscall(_IOPRIO_SET[platform.machine()], _WHO_PROCESS, 0, _BEST_EFFORT_LAST)
    elif sys.platform == "darwin":
        ctypes.CDLL(None).pthread_set_qos_class_self_np(_MACOS_UTILITY, 0)
    elif sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentThread.restype = ctypes.c_void_p
        kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), _WINDOWS_BACKGROUND)
