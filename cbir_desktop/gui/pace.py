"""How fast something goes and how long it will take. No Qt."""

import math
from collections import deque

WINDOW_S = 20.0
"""Seconds that the speed is averaged over: short enough to follow a change of drive, long enough to be calm."""


class Pace:
    """Fed with (time, done); a speed over the last ``WINDOW_S`` seconds that were not paused."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, now: float, done: int) -> None:
        self._marks.append((now, done))
        while now - self._marks[0][0] > WINDOW_S and len(self._marks) > 2:
            self._marks.popleft()

    def restart(self) -> None:
        """After a pause: the time in between says nothing."""
        self._marks.clear()

    @property
    def per_second(self) -> float | None:
        """None until half a second has been seen."""
        if len(self._marks) < 2 or self._marks[-1][0] - self._marks[0][0] < 0.5:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start)

    def seconds_left(self, total: int) -> int | None:
        speed = self.per_second
        if not speed or total <= 0:
            return None
        return math.ceil((total - self._marks[-1][1]) / speed)
