"""What is tried out: one way of describing, finding and re-ranking, and the grid of all ways that were asked for."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import find_entry

Value: TypeAlias = int | float
Knobs: TypeAlias = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A registered plug-in with some of its query-time knobs set."""

    name: str
    knobs: Knobs = ()

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{name}={value:g}" for name, value in self.knobs)])


FLAT = Part("flat")


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table. ``encoder``: an encoder's full name or a descriptor's; ``whiten``: dimensions that PCA with
    whitening keeps, fitted on the set's own pictures, None without."""

    encoder: str
    whiten: int | None = None
    index: Part = FLAT
    reranker: Part | None = None

    @property
    def name(self) -> str:
        parts = [self.encoder, f"w{self.whiten}" if self.whiten else "", "" if self.index == FLAT else str(self.index)]
        return " / ".join(part for part in [*parts, str(self.reranker or "")] if part)

    def to_json(self) -> dict[str, Any]:
        def part(one: Part | None) -> dict[str, Any] | None:
            return None if one is None else {"name": one.name, "knobs": dict(one.knobs)}

        ways = {"index": part(self.index), "reranker": part(self.reranker)}
        return {"encoder": self.encoder, "whiten": self.whiten, **ways}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Method":
        """Raises KeyError or TypeError for what ``to_json`` did not write."""

        def part(one: dict[str, Any] | None) -> Part | None:
            return None if one is None else Part(one["name"], tuple(one["knobs"].items()))

        index = part(document["index"])
        return cls(document["encoder"], document["whiten"], index or FLAT, part(document["reranker"]))


def parse_parts(text: str) -> list[Part]:
    """``NAME[:KNOB=VALUE,VALUE...]...``: a part for each combination of values, as in ``hnsw:ef=100,200,400``.

    Raises ``KnownError`` (kind ``usage``).
    """
    name, *sweeps = text.split(":")
    ways: list[list[tuple[str, Value]]] = []
    for sweep in sweeps:
        knob, _, values = sweep.partition("=")
        try:
            ways.append([(knob, _number(value)) for value in values.split(",")])
        except ValueError as error:
            raise KnownError(f"{text!r}: NAME:KNOB=NUMBER,NUMBER is wanted, not {sweep!r}", "usage") from error
    return [Part(name, knobs) for knobs in itertools.product(*ways)]


def _number(text: str) -> Value:
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def with_poolings(name: str, poolings: Sequence[str], models: Path | None = None) -> list[str]:
    """An encoder by each pooling, where it is a network that gives a feature map and no pooling is named already."""
    choice = Choice.parse(name)
    entry = None if name in registry.descriptors.names() else find_entry(choice.name, models)
    if entry is None or entry.spec.pool == "none" or entry.whitening is not None or choice.pool is not None:
        return [name]
    return [str(Choice(choice.name, pool, choice.precision)) for pool in poolings] or [name]


def grid(
    encoders: Iterable[str],
    whitenings: Sequence[int | None] = (None,),
    indexes: Sequence[Part] = (FLAT,),
    rerankers: Sequence[Part | None] = (None,),
) -> list[Method]:
    """Every combination, what shares an encoder, a whitening and an index standing together.

    A descriptor has a measure of its own: it is searched exactly, without whitening and re-ranking.
    """
    methods = []
    for encoder in dict.fromkeys(encoders):
        if encoder in registry.descriptors.names():
            methods.append(Method(encoder))
            continue
        ways = itertools.product(whitenings, indexes, rerankers)
        methods += [Method(encoder, whiten, index, reranker) for whiten, index, reranker in ways]
    return list(dict.fromkeys(methods))


def set_knobs(thing: object, part: Part) -> None:
    """Set the query-time knobs of an index or a re-ranker; nothing is rebuilt.

    Raises ``KnownError`` (kind ``unknown-knob``) for one that it does not have.
    """
    for name, value in part.knobs:
        if name.startswith("_") or not isinstance(getattr(thing, name, None), int | float):
            known = sorted(key for key, now in vars(thing).items() if isinstance(now, int | float) and key[0] != "_")
            raise KnownError(f"{part.name} has no knob {name!r}; known: {', '.join(known)}", "unknown-knob")
        setattr(thing, name, value)
