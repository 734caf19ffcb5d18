"""A box on a picture, which may be turned."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

LEAST_SIDE = 4.0
"""Pixels of the full picture: in less there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class Region:
    """A box in upright full-size pixels of a picture, whose first pixel covers 0 to 1 along both axes.

    ``x``, ``y``: the upper left corner of the box before it is turned; ``angle``: degrees by which it is then turned
    about its centre, counter-clockwise on the screen. Raises ValueError for what is no box.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in (self.x, self.y, self.width, self.height, self.angle)):
            raise ValueError("a region is made of numbers")
        if min(self.width, self.height) < LEAST_SIDE:
            raise ValueError(f"a region is at least {LEAST_SIDE:g} pixels wide and high")

    @property
    def to_full(self) -> Matrix:
        """(3, 3) float64: from the pixels of the box, (0, 0) its own upper left corner, to those of the picture."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        half_width, half_height = self.width / 2, self.height / 2
        turn = np.array([[cos, sin], [-sin, cos]])  # y points down: counter-clockwise on the screen
        centre = np.array([self.x + half_width, self.y + half_height])
        matrix = np.eye(3)
        matrix[:2, :2] = turn
        matrix[:2, 2] = centre - turn @ (half_width, half_height)
        return matrix

    @property
    def corners(self) -> Matrix:
        """(4, 2) float64 in the picture: the upper left corner of the box, then on along its outline, clockwise."""
        box = [(0, 0, 1), (self.width, 0, 1), (self.width, self.height, 1), (0, self.height, 1)]
        return np.asarray(np.array(box, np.float64) @ self.to_full.T)[:, :2]

    def within(self, width: int, height: int) -> "Region":
        """What of it lies on a picture of this size; a turned one stays as it is. Raises ValueError where that is no
        more than an edge."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        seen = np.minimum(high, (width, height)) - np.maximum(low, 0)
        if seen.min() < LEAST_SIDE:
            raise ValueError(f"the region lies outside of the picture, which has {width} x {height} pixels")
        if self.angle % 360:
            return self
        left, top = max(0.0, self.x), max(0.0, self.y)
        right, bottom = min(float(width), self.x + self.width), min(float(height), self.y + self.height)
        return Region(left, top, right - left, bottom - top)
