"""The edits that copies of a picture go through in the wild: twenty kinds and the collage, each at three strengths.

Kinds and numbers follow what copy detection is judged by (Douze et al. 2021, section 4; SSCD, Pizzi et al. 2022); the
table ``EDITS`` is the definition. An edit draws its chances from the generator it is given and from nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits import colour, geometry, overlays
from cbir_desktop.evaluation.edits.frame import Draw, Edited, Homography

__all__ = ["EDITS", "STRENGTHS", "Draw", "Edited", "Homography", "Kind", "edit"]

STRENGTHS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of edit: ``amounts`` are what strengths 1, 2 and 3 hand to ``make``; ``unit`` says what they count."""

    make: Callable[[Image, float, Draw], Edited]
    amounts: tuple[float, float, float]
    unit: str
    others: int = 0


EDITS: dict[str, Kind] = {
    "crop": Kind(geometry.crop, (0.7, 0.45, 0.25), "area kept, middle"),
    "crop-off-centre": Kind(geometry.crop_off_centre, (0.7, 0.45, 0.25), "area kept, a corner"),
    "rotate": Kind(geometry.rotate, (8, 20, 40), "degrees either way, +-10 %"),
    "quarter-turn": Kind(geometry.quarter_turn, (90, 180, 270), "degrees clockwise"),
    "mirror": Kind(geometry.mirror, (1.0, 0.8, 0.6), "area kept after mirroring"),
    "squeeze": Kind(geometry.squeeze, (0.8, 0.65, 0.5), "one side's factor"),
    "shrink": Kind(geometry.shrink, (0.5, 0.3, 0.17), "both sides' factor"),
    "perspective": Kind(geometry.perspective, (0.12, 0.22, 0.33), "corner's way inwards, of the side"),
    "jpeg": Kind(colour.jpeg, (60, 40, 20), "quality"),
    "blur": Kind(colour.blur, (0.005, 0.01, 0.02), "sigma, of the short side"),
    "noise": Kind(colour.noise, (12, 25, 50), "sigma, of 255"),
    "light": Kind(colour.light, (0.2, 0.4, 0.6), "brightness and contrast, share"),
    "hue": Kind(colour.hue, (20, 50, 90), "degrees; saturation by degrees/180"),
    "grayscale": Kind(colour.grayscale, (1.0, 1.6, 2.5), "contrast"),
    "sepia": Kind(colour.sepia, (0.5, 0.75, 1.0), "strength of tone and vignette"),
    "text": Kind(overlays.text, (0.14, 0.3, 0.55), "height under text"),
    "emoji": Kind(overlays.emoji, (0.04, 0.12, 0.25), "area covered"),
    "border": Kind(overlays.border, (0.05, 0.12, 0.25), "width, of the short side"),
    "screenshot": Kind(overlays.screenshot, (0.6, 0.4, 0.25), "area of the screen"),
    "watermark": Kind(overlays.watermark, (0.25, 0.5, 0.8), "opacity"),
    "collage": Kind(overlays.collage, (1.0, 0.7, 0.45), "area shown in a quarter", others=3),
}


def edit(kind: str, strength: int, image: Image, rng: np.random.Generator, others: Sequence[Image] = ()) -> Edited:
    """``image`` edited by ``kind`` (a key of ``EDITS``) at ``strength`` 1, 2 or 3, and where its points went."""
    recipe = EDITS[kind]
    return recipe.make(image, recipe.amounts[strength - 1], Draw(rng, others))
