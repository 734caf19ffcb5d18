"""An answer cut, ordered and counted again without a new search. Pure: safe in the main thread."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.query import Sort
from cbir_desktop.store.catalog import Photo

_FIRST, _LAST = -62_000_000_000.0, 253_000_000_000.0  # what the calendar has: the years 5 to 9987


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many scores fall between ``edges[i]`` and ``edges[i + 1]``: ``edges`` (bins + 1,), ``counts`` (bins,)."""

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]


def histogram(scores: Sequence[float], bins: int = 32) -> Histogram:
    """The scores of an answer in bins of equal width, from the lowest to the highest; of equal ones from a half below
    to a half above, of none from 0 to 1."""
    counts, edges = np.histogram(np.asarray(scores, np.float64), bins)
    return Histogram(edges, counts)


def narrow(
    answer: Answer, filters: Filters = ANY, threshold: float | None = None, sort: Sort = "score", reverse: bool = False
) -> Answer:
    """The hits that ``filters`` admit and that reach ``threshold``, in another order; they keep their scores, and ranks
    count from 1 again.

    By score the order is that of the answer, best or proved first; by date the newest first, by size the largest, by
    name as the paths' last parts are spelt, in any case; ``reverse`` turns it round. Equal ones keep their order.
    """
    hits = [hit for hit in answer.hits if (threshold is None or hit.score >= threshold) and admits(filters, hit.photo)]
    if sort != "score":
        hits.sort(key=_KEYS[sort], reverse=(sort != "name") != reverse)
    elif reverse:
        hits.reverse()
    return replace(answer, hits=[replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)])


def admits(filters: Filters, photo: Photo) -> bool:
    """Whether a photo passes; as ``store.selection`` says it of the whole library."""
    if filters == ANY:
        return True
    return (
        (not filters.folders or any(_is_below(path, filters.folders) for path in (photo.path, *photo.also)))
        and (filters.since is None or day_of(photo) >= filters.since)
        and (filters.until is None or day_of(photo) <= filters.until)
        and (not filters.cameras or (photo.camera or "").casefold() in _folded(filters.cameras))
        and (not filters.formats or photo.format.casefold() in _folded(filters.formats))
        and (not filters.states or photo.state in filters.states)
        and _is_within(photo.width * photo.height, filters.min_pixels, filters.max_pixels)
        and _is_within(photo.size_bytes, filters.min_bytes, filters.max_bytes)
    )


def day_of(photo: Photo) -> str:
    """When it was taken, else when its file was written, here: ``2024-05-01``."""
    return moment_of(photo)[:10]


def moment_of(photo: Photo) -> str:
    """``day_of`` with the time of day."""
    seconds = min(max(photo.mtime_ns / 1e9, _FIRST), _LAST)
    return photo.taken or datetime.fromtimestamp(seconds).isoformat()


_KEYS: dict[str, Callable[[Hit], str | int]] = {
    "date": lambda hit: moment_of(hit.photo),
    "size": lambda hit: hit.photo.size_bytes,
    "name": lambda hit: os.path.basename(hit.photo.path).casefold(),
}


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _folded(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}


def _is_within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
