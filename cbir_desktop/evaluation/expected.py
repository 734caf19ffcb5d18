"""Which relations each planted edit must be called by, and which others may be said of it without being wrong."""

from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.verification import Relation, Verification
from cbir_desktop.evaluation.edits import Homography

_R = Relation


@dataclass(frozen=True, slots=True)
class Expected:
    required: frozenset[Relation]
    allowed: frozenset[Relation] = frozenset()


def _expect(required: set[Relation], *allowed: Relation) -> Expected:
    return Expected(frozenset(required), frozenset({_R.RE_ENCODED, *allowed}))  # every copy was saved once more


_EDITED = _expect({_R.EDITED})
_ADDED = _expect({_R.BORDERED})
_RESIZED = _expect({_R.RESIZED})

EXPECTED: dict[str, Expected] = {
    "crop": _expect({_R.CROPPED}),
    "crop-off-centre": _expect({_R.CROPPED}),
    "rotate": _expect({_R.ROTATED}),
    "quarter-turn": _expect({_R.ROTATED}),
    "mirror": _expect({_R.MIRRORED}, _R.CROPPED),
    "squeeze": _RESIZED,
    "shrink": _RESIZED,
    # There is no label for a tilt: it is an edit, which also turns and shrinks what it tilts.
    "perspective": _expect({_R.EDITED}, _R.RESIZED, _R.ROTATED),
    "jpeg": _expect({_R.RE_ENCODED}),
    "blur": _EDITED,
    "noise": _EDITED,
    "light": _EDITED,
    "hue": _EDITED,
    "grayscale": _EDITED,
    "sepia": _EDITED,
    "text": _ADDED,
    "emoji": _ADDED,
    "border": _ADDED,
    "screenshot": _ADDED,
    "watermark": _expect({_R.BORDERED}, _R.EDITED),  # white over all of it is a change of light as well
    "collage": _expect({_R.BORDERED, _R.RESIZED}, _R.CROPPED),
}

_TURN = 3.0
"""Degrees that the named angle may be off."""


_FAINT = frozenset({_R.RE_ENCODED, _R.EDITED})


def is_right(verdict: Verification, kind: str, strength: int, homography: Homography, faint: bool = False) -> bool:
    """Whether the labels of a proved copy name its edit, name nothing that was not done, and the angle is right.

    ``homography``: the true one, from A to B. ``faint``: the edit left nothing that can be seen beside the loss of its
    own file (``cases.faint``, measured between the pictures before anything is verified): either name is right.
    """
    labels = {label.relation for label in verdict.labels}
    if faint:
        return bool(labels) and labels <= _FAINT
    expected = EXPECTED[kind]
    required = expected.required | ({_R.CROPPED} if kind == "mirror" and strength > 1 else set())
    if not required <= labels or not labels <= required | expected.allowed:
        return False
    return _R.ROTATED not in required or abs(_apart(verdict.rotation_degrees, _degrees(homography))) < _TURN


def _degrees(homography: Homography) -> float:
    """Counter-clockwise on the screen, of a map that only turns and shifts."""
    return float(-np.rad2deg(np.arctan2(homography[1, 0], homography[0, 0])))


def _apart(one: float, two: float) -> float:
    return (one - two + 180) % 360 - 180
