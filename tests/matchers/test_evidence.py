"""What may prove what, whatever the models say."""

import numpy as np
import pytest

from cbir_desktop.matchers.evidence import Model, Models, may_prove

CLEAR = {"overlap": 1.0, "agreeing": 1.0, "best": 4.0, "near": 1.0, "rigid": 1.0, "inliers": float(np.log1p(100))}
THRESHOLDS = {"copy": 0.97, "direct": 0.99, "scene": 0.9}


def sure(copy, scene=0.0):
    """Models that say the same of every pair."""
    logits = {"copy": np.log(copy / (1 - copy)), "scene": np.log(max(scene, 1e-9) / (1 - scene))}
    return Models({"keypoints": {proof: Model(float(logit), {}) for proof, logit in logits.items()}}, THRESHOLDS)


def proof(models, **numbers):
    return models.proof(*models.weigh(CLEAR | numbers, "keypoints"))


def test_models_decide_where_all_is_clear():
    assert proof(sure(0.98)) == "copy"
    assert proof(sure(0.5, 0.95)) == "scene"
    assert proof(sure(0.5, 0.5)) is None


def test_another_exposure_takes_twelve_inliers():
    few = float(np.log1p(6))
    assert proof(sure(0.5, 0.99), inliers=few) is None
    assert proof(sure(0.98, 0.99), inliers=few) == "copy"
    assert proof(sure(0.95, 0.99), inliers=few) is None  # nearly a copy is no scene for that


@pytest.mark.parametrize("kind", ["copy", "scene"])
def test_matches_that_lie_elsewhere_hold_a_proof_back(kind):
    assert may_prove(kind, CLEAR)
    assert not may_prove(kind, CLEAR | {"near": 0.5})
    assert may_prove(kind, {name: value for name, value in CLEAR.items() if name != "near"})  # frame on frame


def test_a_copy_with_a_part_changed_is_exact_in_the_rest():
    assert not may_prove("copy", CLEAR | {"agreeing": 0.7, "best": 2.0})
    assert may_prove("copy", CLEAR | {"agreeing": 0.7, "best": 3.5})
    assert may_prove("copy", CLEAR | {"agreeing": 0.7, "best": 2.0, "overlap": 0.5})


def test_points_of_a_copy_stay_or_its_windows_agree():
    framed = CLEAR | {"agreeing": 0.7, "best": 2.0, "overlap": 0.5}
    assert not may_prove("copy", framed | {"rigid": 0.7})
    assert may_prove("copy", framed | {"rigid": 0.7, "agreeing": 0.95})
    assert may_prove("copy", framed | {"rigid": 0.7, "best": 3.5})
    assert may_prove("scene", framed | {"rigid": 0.7})
