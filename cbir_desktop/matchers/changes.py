"""What happened to the pixels of a copy: colours, light, sharpness, noise, and things laid over it."""

from dataclasses import dataclass

import cv2
import numpy as np

from cbir_desktop.matchers.aligned import Overlay, Plane, grey, linear_colour

_WINDOW = 9
_EDGE = 3
"""Pixels of the canvas at the rim of the overlap that are left out: resampling mixes them with what is beyond."""


@dataclass(frozen=True, slots=True)
class Changes:
    """From A to B. ``recoloured``: median difference of the broad colours, levels. ``saturation``, ``contrast``:
    ratios. ``brightness``: levels. ``sharper``: logarithm of the ratio of fine detail. ``noisier``: how many times more
    grain than its neighbourhood explains one has in the other's even parts. ``overlaid``: share of the overlap where
    one shows something of its own, which no change of light explains.
    """

    recoloured: float
    saturation: float
    contrast: float
    brightness: float
    sharper: float
    noisier: float
    overlaid: float


def changes(over: Overlay) -> Changes:
    """Measured over the overlap without its rim."""
    kernel = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    inner = cv2.erode(over.mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    mask = inner if inner.sum() > 100 else over.mask
    a, b = over.a, over.b
    broad_a, broad_b = (cv2.GaussianBlur(plane, (0, 0), 4) for plane in (a, b))
    grey_a, grey_b = grey(a), grey(b)
    spread_a, spread_b = (float(plane[mask].std()) + 1e-3 for plane in (grey_a, grey_b))
    fitted = _explained(a, b, mask)
    return Changes(
        recoloured=float(np.median(np.abs(broad_a - broad_b).max(axis=2)[mask])),
        saturation=_chroma(b, mask) / max(_chroma(a, mask), 1.0),
        contrast=spread_b / spread_a,
        brightness=float(np.median((grey_b - grey_a)[mask])),
        sharper=_sharper(grey_a / spread_a, grey_b / spread_b, mask),
        noisier=_noisier(grey_a, grey_b, mask),
        overlaid=_overlaid(*fitted, mask),
    )


def _explained(a: Plane, b: Plane, mask: np.ndarray) -> tuple[Plane, Plane]:
    """One picture and what a linear map of the other's colours makes of it, the way round that explains more."""
    pixels_a, pixels_b = a[mask][::3], b[mask][::3]
    forth, back = linear_colour(pixels_a, pixels_b), linear_colour(pixels_b, pixels_a)
    source, target, fit = (a, b, forth[0]) if forth[1] >= back[1] else (b, a, back[0])
    return np.asarray(source @ fit[:3] + fit[3], np.float32), target


def _chroma(picture: Plane, mask: np.ndarray) -> float:
    colours = picture[mask]
    return float((colours.max(axis=1) - colours.min(axis=1)).mean())


def _sharper(a: Plane, b: Plane, mask: np.ndarray) -> float:
    """Of pictures of equal contrast: the energy of the Laplacian where there are edges."""
    fine_a, fine_b = (np.abs(cv2.Laplacian(plane, cv2.CV_32F)) for plane in (a, b))
    strongest = np.maximum(fine_a, fine_b)[mask]
    edges = mask & (np.maximum(fine_a, fine_b) >= np.quantile(strongest, 0.8))
    return float(np.log((fine_b[edges].mean() + 1e-4) / (fine_a[edges].mean() + 1e-4)))


def _noisier(a: Plane, b: Plane, mask: np.ndarray) -> float:
    """Grain in the evener half of the overlap: the larger over the smaller, less one; 0 below 2 levels."""
    grain = [np.abs(plane - cv2.medianBlur(plane, 3)) for plane in (a, b)]
    rough = cv2.boxFilter(np.minimum(*grain), cv2.CV_32F, (_WINDOW, _WINDOW))
    even = mask & (rough <= np.median(rough[mask]))
    low, high = sorted(float(plane[even].mean()) for plane in grain)
    return 0.0 if high < 1.2 else high / max(low, 0.5) - 1


def _overlaid(fitted: Plane, target: Plane, mask: np.ndarray) -> float:
    off = cv2.boxFilter(np.abs(fitted - target).max(axis=2), cv2.CV_32F, (5, 5))
    usual = float(np.median(off[mask]))
    strange = mask & (off > max(22.0, 4.5 * usual))
    strange = cv2.morphologyEx(strange.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return float(strange.sum() / mask.sum())
