"""Edits that change values and move nothing: compression, blur, noise, light, colour."""

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits.frame import Draw, Edited, unmoved

SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
"""The usual sepia matrix, rows for red, green and blue."""

LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601."""


def encode_jpeg(image: Image, quality: int) -> bytes:
    """A JPEG file, colour at half the resolution."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data.tobytes())


def jpeg(image: Image, quality: float, draw: Draw) -> Edited:
    """Through JPEG at ``quality``."""
    data = np.frombuffer(encode_jpeg(image, round(quality)), np.uint8)
    return unmoved(np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8))


def blur(image: Image, part: float, draw: Draw) -> Edited:
    """Gaussian, of a standard deviation of ``part`` of the short side."""
    sigma = min(image.shape[:2]) * part
    return unmoved(np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8))


def noise(image: Image, sigma: float, draw: Draw) -> Edited:
    """Gaussian noise on each value, of standard deviation ``sigma`` of 255."""
    return unmoved(_clip(image + draw.rng.normal(0, sigma, image.shape)))


def light(image: Image, amount: float, draw: Draw) -> Edited:
    """Brighter or darker by ``amount`` of the range's half, contrast up or down by ``amount`` of itself."""
    gain, offset = 1 + draw.sign() * amount * 0.8, draw.sign() * amount * 127
    return unmoved(_clip((image - 127.5) * gain + 127.5 + offset))


def hue(image: Image, degrees: float, draw: Draw) -> Edited:
    """Hue turned either way by ``degrees``, saturation up or down in proportion (90 degrees: by a half)."""
    hsv = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + draw.sign() * degrees) % 360
    hsv[..., 1] = np.clip(hsv[..., 1] * (1 + draw.sign() * degrees / 180), 0, 1)
    return unmoved(_clip(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255))


def grayscale(image: Image, contrast: float, draw: Draw) -> Edited:
    """Without colour, at ``contrast`` about the middle: at 1 a plain conversion, above it towards a photocopy."""
    luma = (image @ LUMA - 127.5) * contrast + 127.5
    return unmoved(_clip(np.repeat(luma[..., None], 3, axis=2)))


def sepia(image: Image, strength: float, draw: Draw) -> Edited:
    """An old photograph: sepia and dark corners, both mixed in by ``strength``."""
    height, width = image.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    vignette = 1 - strength * 0.35 * (x**2 + y**2)
    toned = image @ SEPIA.T * vignette[..., None]
    return unmoved(_clip(image * (1 - strength) + toned * strength))


def _clip(values: npt.NDArray[np.floating]) -> Image:
    clipped: Image = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return clipped
