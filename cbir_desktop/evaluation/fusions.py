"""The classifiers of early fusion, chosen by cross-validation on pictures that are sorted into classes."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Vectors

FOLDS = 5


def classifiers(seed: int) -> Mapping[str, tuple[Any, dict[str, list[Any]]]]:
    """By name: a classifier, and the grid that it is chosen from."""
    return {
        "bayes": (GaussianNB(), {"var_smoothing": [1e-9, 1e-5, 1e-3, 1e-1]}),
        "logistic": (LogisticRegression(max_iter=300), {"C": [1.0, 10.0, 100.0]}),
        "knn": (
            KNeighborsClassifier(algorithm="brute"),
            {"n_neighbors": [1, 5, 15], "weights": ["uniform", "distance"]},
        ),
        # A linear SVM says no probabilities: Platt's logistic fit behind it does.
        "svm": (
            CalibratedClassifierCV(LinearSVC(random_state=seed), ensemble=False),
            {"estimator__C": [0.1, 1.0, 10.0]},
        ),
        "forest": (RandomForestClassifier(200, random_state=seed), {"max_depth": [None, 12]}),
    }


@dataclass(frozen=True)
class Chosen:
    """``accuracy``: the mean over the folds, of the best of the grid; ``settings``: which that is."""

    classifier: Any
    accuracy: float
    settings: Mapping[str, Any]


def choose(fused: Vectors, labels: npt.NDArray[np.int64], name: str, seed: int = 0) -> Chosen:
    """The best of the grid by five folds, fitted on all (n, d) rows. Raises ``KnownError`` where there are not two
    classes of five pictures."""
    sizes = np.unique(labels, return_counts=True)[1]
    if (sizes >= FOLDS).sum() < 2:
        raise KnownError(f"two classes of {FOLDS} pictures are needed at least", "too-few-pictures")
    classifier, grid = classifiers(seed)[name]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # Classes of fewer than five lie in some folds only, and a fit may end before it is settled: both cost accuracy,
        # which is told.
        warnings.simplefilter("ignore")
        search = GridSearchCV(classifier, grid, cv=folds, error_score="raise").fit(fused, labels)
    return Chosen(search.best_estimator_, float(search.best_score_), search.best_params_)
