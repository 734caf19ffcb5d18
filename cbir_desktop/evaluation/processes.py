"""Figures of processes: peak memory."""

import re
import sys
from pathlib import Path


def peak_resident_mb() -> float:
    """Megabytes that this process held at most."""
    if sys.platform == "linux":  # what getrusage says begins with what the parent held
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if (found := re.search(r"VmHWM:\s*(\d+) kB", status)) is not None:
            return round(int(found[1]) / 1024, 1)
    return _used("RUSAGE_SELF")


def forget_peak() -> bool:
    """Have ``peak_resident_mb`` begin anew from what is held now; False where the system cannot (Linux can)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def peak_children_mb() -> float:
    """The same of the largest process that this one started and that has ended; at least about what this one held."""
    return _used("RUSAGE_CHILDREN")


def _used(whose: str) -> float:
    import resource  # not on Windows

    peak = resource.getrusage(getattr(resource, whose)).ru_maxrss
    return round(peak / (1024 if sys.platform == "linux" else 1024 * 1024), 1)
