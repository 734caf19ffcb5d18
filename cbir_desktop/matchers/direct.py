"""Pictures laid over each other without keypoints: for those that have few, and those that lost them."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image
from cbir_desktop.matchers.aligned import Plane
from cbir_desktop.matchers.geometry import Matrix, inverse

_THUMB = 32
_WORKING = 128
_WORTH_A_LOOK = 0.6
"""Correlation of the two thumbnails from which on the alignment is tried."""
_PLAIN = 3.0
"""Grey levels, standard deviation of a thumbnail: below it nothing can be aligned."""
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)

_TURNS: tuple[tuple[bool, int], ...] = tuple((mirrored, quarter) for mirrored in (False, True) for quarter in range(4))


def lay_over(a: Image, b: Image) -> tuple[Matrix, bool] | None:
    """The homography from A to B, pixels with centres at +0.5, and whether it mirrors; None where nothing fits.

    The eight ways to turn and mirror a picture, frame on frame; the best by correlation of thumbnails is refined by
    ECC (Evangelidis & Psarakis 2008) as an affine map. Frames of another aspect are stretched.
    """
    thumb_a, thumb_b = _thumbnail(a), _thumbnail(b)
    if min(thumb_a.std(), thumb_b.std()) < _PLAIN:
        return None
    turned = np.stack([_turned(thumb_b, *turn).ravel() for turn in _TURNS])
    scores = (turned - turned.mean()) @ (thumb_a - thumb_a.mean()).ravel() / (thumb_a.std() * thumb_b.std() * _THUMB**2)
    best = int(np.argmax(scores))
    if scores[best] < _WORTH_A_LOOK:
        return None
    mirrored, quarter = _TURNS[best]
    frames = _frame_map(a.shape, b.shape, mirrored, quarter)
    refined = _refine(a, np.ascontiguousarray(_turned(b, mirrored, quarter)))
    return (frames if refined is None else frames @ refined), mirrored


def _refine(a: Image, turned: Image) -> Matrix | None:
    """In A's pixels: where each of its points lies when B is turned and stretched to A's frame."""
    height, width = a.shape[:2]
    scale = min(1.0, _WORKING / max(width, height))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    grey_a, grey_b = (
        cv2.GaussianBlur(
            cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY), (0, 0), 1
        )
        for image in (a, turned)
    )
    try:
        score, warp = cv2.findTransformECC(
            grey_a, grey_b, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE, _STOP, None, 3
        )
    except cv2.error:  # it does not converge
        return None
    if score < _WORTH_A_LOOK or np.abs(warp[:, :2] - np.eye(2)).max() > 0.3:
        return None
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    found = half @ np.vstack([warp, [0, 0, 1]]) @ inverse(half)  # OpenCV counts from pixel centres
    grow = np.diag([width / size[0], height / size[1], 1.0])
    return np.asarray(grow @ found @ inverse(grow))


def _frame_map(shape_a: tuple[int, ...], shape_b: tuple[int, ...], mirrored: bool, quarter: int) -> Matrix:
    """From A's pixels to B's, where B, mirrored or not and then turned, is stretched to A's frame."""
    height_a, width_a = shape_a[:2]
    height_b, width_b = shape_b[:2]
    unit = np.diag([1 / width_a, 1 / height_a, 1.0])
    turn = np.array(
        [[0.0, -1, 1], [1, 0, 0], [0, 0, 1]]
    )  # a point of the picture turned back clockwise, in a unit frame
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    back = np.linalg.matrix_power(turn, quarter)
    return np.asarray(np.diag([width_b, height_b, 1.0]) @ (flip if mirrored else np.eye(3)) @ back @ unit)


def _turned(image: npt.NDArray[Any], mirrored: bool, quarter: int) -> npt.NDArray[Any]:
    return np.rot90(image[:, ::-1] if mirrored else image, quarter)


def _thumbnail(image: Image) -> Plane:
    small = cv2.resize(image, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
