"""What most programs do: OpenCV's SIFT, Lowe's ratio of 0.75 and a RANSAC homography with at least 10 inliers."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.matchers.geometry import Matrix

RATIO = 0.75
INLIERS = 10
_THRESHOLD = 3.0
"""OpenCV's own default of ``findHomography``."""


def proves(a: Image, b: Image) -> bool:
    """Whether that calls the two pictures a match."""
    found = homography(a, b)
    return found is not None and found[1] >= INLIERS


def homography(a: Image, b: Image) -> tuple[Matrix, int] | None:
    """The homography from A to B, pixel centres at 0, and its inliers; None where none is found."""
    sift = cv2.SIFT.create()
    (of_a, in_a), (of_b, in_b) = (
        sift.detectAndCompute(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None) for image in (a, b)
    )
    if in_a is None or in_b is None or len(of_b) < 2:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(in_a, in_b, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance]
    if len(good) < 4:
        return None
    xy_a = np.array([of_a[match.queryIdx].pt for match in good], np.float32)
    xy_b = np.array([of_b[match.trainIdx].pt for match in good], np.float32)
    matrix, mask = cv2.findHomography(xy_a, xy_b, cv2.RANSAC, _THRESHOLD)
    return None if matrix is None else (np.asarray(matrix, np.float64), int(mask.sum()))
