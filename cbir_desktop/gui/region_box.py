"""A box on a picture that is turned beneath it: numbers only. Upright full-size pixels, y down, degrees as the picture
is turned clockwise on the screen."""

import math
from dataclasses import dataclass, replace

from cbir_desktop.core.region import LEAST_SIDE, Region

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Its middle (x, y), its sides along the screen's, and the turn of the picture."""

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0

    @classmethod
    def of(cls, region: Region) -> "Box":
        middle = region.x + region.width / 2, region.y + region.height / 2
        return cls(*middle, region.width, region.height, region.angle)

    def region(self) -> Region:
        """A picture turned clockwise under a level box: the box is turned counter-clockwise on the picture."""
        return Region(self.x - self.width / 2, self.y - self.height / 2, self.width, self.height, self.turn)

    def turned_to(self, turn: float) -> "Box":
        """The picture turns about the middle of the box."""
        return replace(self, turn=(turn + 180) % 360 - 180)

    def corner(self, right: int, bottom: int) -> Point:
        """A corner of it on the picture; -1 or 1 along each side, 0 is the middle of one."""
        return to_picture((right * self.width / 2, bottom * self.height / 2), self)

    def moved(self, right: float, down: float, size: Point) -> "Box":
        """Along the screen's sides; its middle stays on the picture."""
        x, y = to_picture((right, down), self)
        return replace(self, x=min(max(x, 0.0), size[0]), y=min(max(y, 0.0), size[1]))

    def pulled(self, right: int, bottom: int, by: Point) -> "Box":
        """One edge or corner moves by so much along the screen's sides, those across stay."""
        width = max(LEAST_SIDE, self.width + right * by[0]) if right else self.width
        height = max(LEAST_SIDE, self.height + bottom * by[1]) if bottom else self.height
        middle = (right * (width - self.width) / 2, bottom * (height - self.height) / 2)
        x, y = to_picture(middle, self)
        return replace(self, x=x, y=y, width=width, height=height)


def between(a: Point, b: Point, turn: float) -> Box:
    """The box of which these two points of the picture are opposite corners."""
    middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    right, down = to_screen((b[0] - middle[0], b[1] - middle[1]), turn)
    return Box(*middle, max(LEAST_SIDE, abs(2 * right)), max(LEAST_SIDE, abs(2 * down)), turn)


def to_screen(step: Point, turn: float) -> Point:
    """A step on the picture as a step along the screen's sides."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return cos * step[0] - sin * step[1], sin * step[0] + cos * step[1]


def to_picture(step: Point, box: Box) -> Point:
    """A step from the middle of the box along the screen's sides, as a point of the picture."""
    x, y = to_screen(step, -box.turn)
    return box.x + x, box.y + y
