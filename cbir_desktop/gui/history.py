"""What was looked at before, as a browser keeps it: back, forward, and a new step forgets what lay ahead."""

from collections.abc import Sequence
from typing import Generic, TypeVar

KEPT = 100
"""Steps; pasted pictures in them are held in memory."""

Step = TypeVar("Step")


class History(Generic[Step]):
    """Begins at ``first``, which is a step like any other."""

    def __init__(self, first: Step) -> None:
        self._steps = [first]
        self._at = 0

    @property
    def current(self) -> Step:
        return self._steps[self._at]

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at + 1 < len(self._steps)

    def visit(self, step: Step) -> None:
        """A step to where we are is none."""
        if step != self.current:
            self._steps = [*self._steps[: self._at + 1], step][-KEPT:]
            self._at = len(self._steps) - 1

    def amend(self, step: Step) -> None:
        """Where we are, in other words."""
        self._steps[self._at] = step

    def precede(self, steps: Sequence[Step]) -> None:
        """Older ones, the oldest first: back leads to them."""
        self._steps = [*steps, *self._steps]
        self._at += len(steps)

    def go(self, by: int) -> Step:
        """-1 is back, 1 is forward; where there is nothing it stays."""
        self._at = min(max(self._at + by, 0), len(self._steps) - 1)
        return self.current
