"""The curve by which the size of a vocabulary was chosen, as SVG."""

import math
from collections.abc import Sequence

_WIDTH, _HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 40, 32, 56


def to_svg(curve: Sequence[tuple[int, float]], kept: int) -> str:
    """``curve``: (words, Davies-Bouldin index), the number of words on a logarithmic axis; sizes without an index (nan)
    are left out. ``kept``: the size that was chosen, marked."""
    points = sorted((words, index) for words, index in curve if math.isfinite(index))
    low, high = _span([math.log10(words) for words, _ in points])
    bottom, top = _span([index for _, index in points])

    def place(words: int, index: float) -> tuple[float, float]:
        across = (math.log10(words) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)
        return _LEFT + across, _HEIGHT - _BOTTOM - (index - bottom) / (top - bottom) * (_HEIGHT - _TOP - _BOTTOM)

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<polyline points="{line}" fill="none" stroke="#2f6fb3" stroke-width="2"/>',
    ]
    for words, index in points:
        x, y = place(words, index)
        chosen = words == kept
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{7 if chosen else 4}" fill="#2f6fb3"/>')
        weight = ' font-weight="bold"' if chosen else ""
        parts.append(
            f'<text x="{x:.1f}" y="{y - 12:.1f}" text-anchor="middle" font-size="13"{weight}>{index:.3f}</text>'
        )
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 32}" text-anchor="middle" font-size="13">{words:,}</text>')
    middle = f'x="{_WIDTH / 2}" text-anchor="middle" font-size="14"'
    parts.append(f'<text {middle} y="{_HEIGHT - 10}">words</text>')
    parts.append(f'<text {middle} y="20">Davies-Bouldin index: lower is better, {kept:,} kept</text>')
    return "\n".join([*parts, "</svg>\n"])


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest, apart."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
