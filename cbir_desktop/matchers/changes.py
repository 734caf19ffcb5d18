"""What happened to the pixels of a copy: colours, light, sharpness, noise, and things laid over it."""

from dataclasses import dataclass

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.matchers.aligned import Overlay, Plane, correlation, grey, largest
from cbir_desktop.matchers.explained import explained
from cbir_desktop.matchers.geometry import Mask
from cbir_desktop.matchers.marks import marked

_WINDOW = 9
_EDGE = 3
"""Pixels of the canvas at the rim of the overlap that are left out: resampling mixes them with what is beyond."""
_BROAD = 4.0
"""Pixels of the canvas, standard deviation: broad colours, which compression leaves alone."""
_STRANGE = 14.0
"""Levels that something laid over differs by at least, and five times the usual difference."""
_UNLIKE = 0.6
_EDGED = 0.3
"""Share of a thing laid over that lies in windows with structure."""
_EVERY = 5
"""Of the pixels, one in so many is looked at for a quantile: sorting all of them took 4 ms a pair."""
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_LETTER = 11
"""Pixels of the canvas: letters of a mark across the whole picture are narrower."""
_DARK = 12
"""Levels from black or white."""
_LEAST = 100
"""Pixels that a measure is taken over, or the whole overlap is."""
BLURRED = 1.0
"""Logarithm of the ratio of fine detail, from which on one of the two was blurred."""
_BLURS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Pixels of the canvas, standard deviation: a picture blurred by a fiftieth of its short side has 3 to 5."""


@dataclass(frozen=True, slots=True)
class Changes:
    """From A to B, things laid over one of them left out. ``recoloured``: difference of the broad colours that a fifth
    of the pixels exceed, levels. ``saturation``, ``contrast``: ratios. ``brightness``: levels. ``sharper``: logarithm
    of the ratio of fine detail. ``noisier``: how many times the grain of one, in even parts, is that of the other, less
    one. ``overlaid``: share of the overlap where one shows something of its own, which no change of light explains;
    ``solid``: the share of it that is no line or letter. ``marked``: share that strokes of a mark take, however faint.
    """

    recoloured: float
    saturation: float
    contrast: float
    brightness: float
    sharper: float
    noisier: float
    overlaid: float
    solid: float
    marked: float


def changes(over: Overlay, redrawn: bool) -> Changes:
    """Measured over the overlap without its rim. ``redrawn``: one was drawn anew, turned or at another scale, and lost
    the finest detail by that."""
    inner = _shrunk(over.mask, _EDGE)
    mask = inner if inner.sum() > _LEAST else over.mask
    a, b = over.a, over.b
    grey_a, grey_b = grey(a), grey(b)
    target, made = explained(a, b, mask)
    strange = _overlaid(cv2.absdiff(target, made), grey_a, grey_b, over.mask, mask)
    own = _beside(strange, mask)
    sharper = _sharper(_levelled(grey_a, own), _levelled(grey_b, own), own, redrawn)
    if abs(sharper) > BLURRED:  # each edge would be something of its own
        soft_a, soft_b = _equally_sharp(a, b, own)
        target, made = explained(soft_a, soft_b, mask)
        strange = _overlaid(cv2.absdiff(target, made), grey(soft_a), grey(soft_b), over.mask, mask)
        own = _beside(strange, mask)
    broad = np.abs(cv2.GaussianBlur(a - b, (0, 0), _BROAD))
    spread_a, spread_b = (float(plane[own].std()) + 1e-3 for plane in (grey_a, grey_b))
    return Changes(
        recoloured=float(np.quantile(largest(broad)[own][::_EVERY], 0.8)),
        saturation=_chroma(b, own) / max(_chroma(a, own), 1.0),
        contrast=spread_b / spread_a,
        brightness=float(np.median((grey_b - grey_a)[own])),
        sharper=sharper,
        noisier=_noisier(grey_a, grey_b, own),
        overlaid=float(strange.sum() / mask.sum()),
        solid=float(_opened(strange, _LETTER).sum() / mask.sum()),
        marked=marked(target, made, mask),
    )


def _chroma(picture: Plane, mask: Mask) -> float:
    red, green, blue = cv2.split(picture)
    spread = cv2.max(cv2.max(red, green), blue) - cv2.min(cv2.min(red, green), blue)
    return float(spread[mask].mean())


def _sharper(a: Plane, b: Plane, mask: Mask, smooth: bool) -> float:
    """Of pictures of equal contrast: the energy of the Laplacian where there are edges."""
    if smooth:
        a, b = (cv2.GaussianBlur(plane, (0, 0), 0.8) for plane in (a, b))
    fine_a, fine_b = (np.abs(cv2.Laplacian(plane, cv2.CV_32F)) for plane in (a, b))
    strongest = np.maximum(fine_a, fine_b)
    edges = mask & (strongest >= np.quantile(strongest[mask][::_EVERY], 0.8))
    return float(np.log((fine_b[edges].mean() + 1e-4) / (fine_a[edges].mean() + 1e-4)))


def _noisier(a: Plane, b: Plane, mask: Mask) -> float:
    """Grain in the evener half of the overlap: the larger over the smaller, less one; 0 where both have little."""
    grain = [np.abs(plane - cv2.medianBlur(plane, 3)) for plane in (a, b)]
    rough = cv2.boxFilter(np.minimum(*grain), cv2.CV_32F, (_WINDOW, _WINDOW))
    even = mask & (rough <= np.median(rough[mask][::_EVERY]))
    low, high = sorted(float(plane[even].mean()) for plane in grain)
    return 0.0 if high < 1.2 else high / max(low, 0.5) - 1


def grain(image: Image) -> float:
    """Levels, standard deviation of the noise of a picture at its own size, by Immerkaer 1996, in the evenest tenth of
    its windows; what is nearly black or white takes no part, for noise is cut off there. 0 where nothing is left."""
    plane = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    rough = cv2.boxFilter(np.abs(cv2.filter2D(plane, -1, _IMMERKAER)), -1, (_WINDOW, _WINDOW))
    mean = cv2.boxFilter(plane, -1, (_WINDOW, _WINDOW))
    seen = rough[::3, ::3][(mean[::3, ::3] > _DARK) & (mean[::3, ::3] < 255 - _DARK)]
    return float(np.quantile(seen, 0.1) * np.sqrt(np.pi / 2) / 6) if len(seen) >= _LEAST else 0.0


def _beside(strange: Mask, mask: Mask) -> Mask:
    """What of ``mask`` is well away from things laid over it; all of it where that is next to nothing."""
    own = mask & ~_grown(strange, round(2 * _BROAD))
    return own if own.sum() > max(_LEAST, 0.05 * mask.sum()) else mask


def _equally_sharp(a: Plane, b: Plane, mask: Mask) -> tuple[Plane, Plane]:
    """The sharper one blurred until it is as soft as the other."""
    level_a, level_b = _levelled(grey(a), mask), _levelled(grey(b), mask)
    to_a = _sharper(level_a, level_b, mask, smooth=False) > 0
    sharp, other = (b, level_a) if to_a else (a, level_b)
    blurs = (np.asarray(cv2.GaussianBlur(sharp, (0, 0), sigma)) for sigma in _BLURS)
    soft = next((one for one in blurs if _sharper(_levelled(grey(one), mask), other, mask, smooth=False) >= 0), sharp)
    return (a, soft) if to_a else (soft, b)


def _levelled(plane: Plane, mask: Mask) -> Plane:
    """At a contrast of one."""
    return np.asarray(plane / (float(plane[mask].std()) + 1e-3))


def _overlaid(off: Plane, grey_a: Plane, grey_b: Plane, both: Mask, mask: Mask) -> Mask:
    """Where one picture shows something of its own: neither its colours nor its course are those of the other. ``off``:
    (h, w, 3) what a map of colours does not explain; ``both``: where both pictures are; ``mask``: where it is asked."""
    off = cv2.boxFilter(largest(off), cv2.CV_32F, (5, 5))
    usual = float(np.quantile(off[mask][::_EVERY], 0.25))
    alike, structure, *_ = correlation(grey_a, grey_b, both, _WINDOW)
    differs = mask & (off > max(_STRANGE, 5 * usual)) & (alike < _UNLIKE)
    differs = _opened(differs, 3)
    count, parts = cv2.connectedComponents(differs.astype(np.uint8))
    sizes = np.bincount(parts.ravel(), minlength=count)
    edged = np.bincount(parts[structure], minlength=count)  # a shade that runs out softly is a change of light
    kept = edged >= _EDGED * sizes
    kept[0] = False
    return np.asarray(kept[parts])


def _opened(mask: Mask, by: int) -> Mask:
    """Without what is narrower than ``by`` pixels."""
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((by, by), np.uint8)) > 0)


def _shrunk(mask: Mask, by: int) -> Mask:
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0)


def _grown(mask: Mask, by: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0)
