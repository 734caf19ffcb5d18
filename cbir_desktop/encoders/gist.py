"""GIST: the spatial envelope of a scene."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.encoders.preprocessing import resize

_Wide = npt.NDArray[np.float64]

SIDE = 128
SCALES, ORIENTATIONS, GRID = 4, 8, 4
_BORDER = 16
"""Pixels of mirrored border, so that a filter does not see the opposite edge."""


class Gist:
    """Energies of 4 scales x 8 orientations of Gabor filters, averaged over a 4 x 4 grid, for each channel: 1,536
    numbers (Oliva & Torralba 2001; filters and local contrast with the parameters of the authors' published code).

    The picture is squashed to 128 x 128; the mean of each channel's numbers is taken off, as all energies are above
    zero and their cosine would be near 1 for any two pictures.
    """

    key = "gist-128-4x8-4x4-rgb-p1"
    dim = 3 * SCALES * ORIENTATIONS * GRID * GRID

    def __init__(self) -> None:
        self._filters = gabor_filters(SIDE + 2 * _BORDER)
        self._blur = _gaussian(SIDE + 2 * _BORDER, cutoff=4.0)

    def encode(self, images: Sequence[Image]) -> Vectors:
        rows = [self._describe(image) for image in images]
        return unit_rows(np.stack(rows)) if rows else np.empty((0, self.dim), np.float32)

    def _describe(self, image: Image) -> _Wide:
        channels = self._whitened(resize(image, SIDE, SIDE).astype(np.float64))
        spectra = np.fft.fft2(channels, axes=(0, 1))
        found = np.empty((3, SCALES * ORIENTATIONS, GRID * GRID))
        for channel in range(3):
            for number, response in enumerate(self._filters):
                energy = np.abs(np.fft.ifft2(spectra[..., channel] * response))
                inside = energy[_BORDER:-_BORDER, _BORDER:-_BORDER]
                found[channel, number] = (
                    inside.reshape(GRID, SIDE // GRID, GRID, SIDE // GRID).mean(axis=(1, 3)).ravel()
                )
        flat = found.reshape(3, -1)
        return np.asarray((flat - flat.mean(axis=1, keepdims=True)).ravel())

    def _whitened(self, image: _Wide) -> _Wide:
        """Logarithm, less its local mean, by the local contrast: (side + borders, same, 3)."""
        padded = np.pad(np.log1p(image), ((_BORDER, _BORDER), (_BORDER, _BORDER), (0, 0)), "symmetric")
        high = padded - self._smooth(padded)
        contrast = np.sqrt(np.abs(self._smooth(high.mean(axis=2, keepdims=True) ** 2)))
        return np.asarray(high / (0.2 + contrast))

    def _smooth(self, channels: _Wide) -> _Wide:
        spectra = np.fft.fft2(channels, axes=(0, 1)) * self._blur[..., None]
        return np.asarray(np.fft.ifft2(spectra, axes=(0, 1)).real)


def _frequencies(side: int) -> tuple[_Wide, _Wide]:
    line = np.fft.fftfreq(side) * side
    return np.meshgrid(line, line)


def _gaussian(side: int, cutoff: float) -> _Wide:
    """Transfer function of a low pass whose response is a half at ``cutoff`` cycles a picture."""
    x, y = _frequencies(side)
    return np.asarray(np.exp(-(x**2 + y**2) * np.log(2) / cutoff**2))


def gabor_filters(side: int) -> _Wide:
    """(scales x orientations, side, side) transfer functions, fine scales first; each scale is 1.85 times coarser."""
    x, y = _frequencies(side)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    found = []
    for scale in range(SCALES):
        centre, width = 0.3 / 1.85**scale, 16 * ORIENTATIONS**2 / 32**2
        for orientation in range(ORIENTATIONS):
            turned = angle + np.pi / ORIENTATIONS * orientation
            turned = (turned + np.pi) % (2 * np.pi) - np.pi
            found.append(np.exp(-3.5 * (radius / side / centre - 1) ** 2 - 2 * np.pi * width * turned**2))
    return np.stack(found)
