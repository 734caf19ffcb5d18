"""What keeping 22.9 KB of keypoints a photo costs: matches and proofs with all of them, with the 600 kept, and packed.

    python tests/bench/bench_compaction.py FOLDER [--originals 5] [--seed 0]

The planted copies of ``cbir evaluate verification`` (21 kinds of edit at three strengths) and pairs with nothing in
common, the same ones each time. "All": up to 2,000 keypoints with whole descriptors. "Kept": the 600 that are spread
best, whole. "Packed": these at two bits a value, which is what the program matches. Inliers are those that lie within
three pixels of where the true transform puts them; the unit is the picture bounded to 640 pixels.
"""

import argparse
import sys
from collections.abc import Iterator

import numpy as np

from cbir_desktop.core.types import Image, Picture
from cbir_desktop.core.verification import Prepared, Verification
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.cases import Case, Cases
from cbir_desktop.evaluation.datasets import plain
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.verifier import verify

_ALL = 2000
_NEAR = 3.0


class Whole(SiftExtractor):
    """Nothing is packed."""

    def prepare(self, image: Image, full_size: tuple[int, int], content: bytes | None = None) -> Prepared:
        small = fit_long_side(image, self.max_side)
        return Prepared(Picture(small, full_size), self.extract(small), content)


WAYS = {"all": Whole(features=_ALL), "kept": Whole(), "packed": SiftExtractor()}


def rows(folder: str, originals: int, seed: int, extractor: SiftExtractor) -> Iterator[tuple[str, int, str | None]]:
    """Of each case the truth, the number of true inliers, and what is proved."""
    cases = Cases(plain(folder), originals, seed, extractor)
    for some in (cases.planted(), cases.made(2)):
        for case in some:
            found = verify(case.a, case.b)
            planted = case.homography is not None
            yield "planted" if planted else case.truth, right(case, found), found.proved


def right(case: Case, found: Verification) -> int:
    """Inliers that the true transform agrees with."""
    matches = found.matches
    if case.homography is None or not matches.inliers:
        return 0
    true = apply(case.homography, matches.xy_a[matches.inlier].astype(np.float64))
    limit = _NEAR * max(1.0, max(case.b.picture.full_size) / 640)
    return int((np.linalg.norm(true - matches.xy_b[matches.inlier], axis=1) < limit).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--originals", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    table = []
    for name, extractor in WAYS.items():
        found = list(rows(options.folder, options.originals, options.seed, extractor))
        planted = [(count, proved) for truth, count, proved in found if truth == "planted"]
        none = [proved for truth, _, proved in found if truth == "none"]
        counts = np.array([count for count, _ in planted])
        table.append(
            [
                name,
                str(len(planted)),
                f"{np.median(counts):.0f}",
                f"{np.quantile(counts, 0.1):.0f}",
                f"{np.mean([proved == 'copy' for _, proved in planted]):.3f}",
                f"{sum(proved is not None for proved in none)} of {len(none)}",
            ]
        )
    heads = ["keypoints", "copies", "true inliers, median", "lowest tenth", "proved", "nothing in common, proved"]
    sys.stdout.write(markdown(heads, table))


if __name__ == "__main__":
    main()
