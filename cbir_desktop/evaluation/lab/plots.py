"""The two plots of a table: recall against latency, quality against bytes. Where points stand, and as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cbir_desktop.evaluation.lab.measures import BY_KEY, Column
from cbir_desktop.evaluation.lab.results import Outcome

_WIDTH, _HEIGHT = 880, 520
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 40, 24, 56
_LABELLED = 12


@dataclass(frozen=True, slots=True)
class Point:
    """``outcome`` is its number in the table; ``x`` and ``y`` are 0 to 1, y upwards. ``best``: no other point is better
    in one way and as good in the other."""

    outcome: int
    label: str
    x: float
    y: float
    best: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """``x_ticks`` and ``y_ticks``: (place 0 to 1, words). The x axis is logarithmic, less is better."""

    name: str
    x: Column
    y: Column
    points: Sequence[Point]
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]


def plots(outcomes: Sequence[Outcome]) -> list[Plot]:
    """Those that have a point."""
    made = [plot("recall-latency", "p50", "recall_10", outcomes), plot("quality-bytes", "bytes", "map", outcomes)]
    return [one for one in made if one.points]


def plot(name: str, x: str, y: str, outcomes: Sequence[Outcome]) -> Plot:
    """``y`` against ``x``, by the keys of columns; rows without both are left out."""
    at = [
        (number, outcome.values[x], outcome.values[y])
        for number, outcome in enumerate(outcomes)
        if outcome.values.get(x, 0) > 0 and math.isfinite(outcome.values.get(y, math.nan))
    ]
    low, high = _decades([value for _, value, _ in at])
    bottom, top, step = _steps([value for _, _, value in at])
    points = [
        Point(
            number,
            outcomes[number].method.name,
            (math.log10(across) - low) / (high - low),
            (up - bottom) / (top - bottom),
            not any(a <= across and b >= up and (a, b) != (across, up) for _, a, b in at),
        )
        for number, across, up in at
    ]
    x_ticks = [((power - low) / (high - low), f"{10.0**power:g}") for power in range(low, high + 1)]
    count = round((top - bottom) / step)
    y_ticks = [(tick / count, f"{bottom + tick * step:.3g}") for tick in range(count + 1)]
    return Plot(name, BY_KEY[x], BY_KEY[y], points, x_ticks, y_ticks)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten below and above."""
    if not values:
        return 0, 1
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _steps(values: Sequence[float]) -> tuple[float, float, float]:
    """(lowest, highest, step): about five steps of 1, 2 or 5 times a power of ten around the values."""
    if not values:
        return 0.0, 1.0, 0.2
    low, high = min(values), max(values)
    rough = max(high - low, 1e-3) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    bottom = math.floor(low / step) * step
    return bottom, max(math.ceil(high / step) * step, bottom + step), step


def to_svg(plot: Plot) -> str:
    """A picture of its own, dark on white; the best points have their names beside them, all have them as titles."""
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return round(_LEFT + x * width, 1), round(_TOP + (1 - y) * height, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="15">{escape(plot.y.heading)} / {escape(plot.x.heading)}</text>',
    ]
    for at, words in plot.x_ticks:
        x, y = place(at, 0)
        parts.append(f'<path d="M{x} {_TOP}V{y}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{words}</text>')
    for at, words in plot.y_ticks:
        x, y = place(0, at)
        parts.append(f'<path d="M{x} {y}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{words}</text>')
    for point in plot.points:
        x, y = place(point.x, point.y)
        fill = "#1f6feb" if point.best else "#9aa4b2"
        parts.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{fill}"><title>{escape(point.label)}</title></circle>')
    parts += [
        f'<text x="{place(point.x, point.y)[0]}" y="{place(point.x, point.y)[1] - 9}" '
        f'text-anchor="{"end" if point.x > 0.6 else "start"}">{escape(point.label)}</text>'
        for point in named(plot)
    ]
    parts.append(
        f'<text x="{_LEFT + width / 2}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(plot.x.heading)}</text>'
    )
    return "\n".join([*parts, "</svg>\n"])


def named(plot: Plot) -> list[Point]:
    """The best points whose names do not run into each other, the highest first."""
    chosen: list[Point] = []
    for point in sorted((one for one in plot.points if one.best), key=lambda one: -one.y):
        if all(abs(point.y - other.y) > 0.05 for other in chosen) and len(chosen) < _LABELLED:
            chosen.append(point)
    return chosen
