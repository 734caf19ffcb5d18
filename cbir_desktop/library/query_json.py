"""Queries as JSON documents, for history, pins and scripts. Read strictly: what is not as it should be is refused."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.filters import STATES, Filters
from cbir_desktop.core.region import Region
from cbir_desktop.library.query import BYS, LOOKS, SORTS, Example, SearchQuery

SCHEMA = 1

T = TypeVar("T")
_EXAMPLE = {"path", "hash", "minus", "weight", "region"}
_QUERY = {"schema", "examples", "by", "blend", "blend_with", "filters", "sort", "reverse", "threshold"}


def to_json(query: SearchQuery) -> dict[str, Any]:
    """A document for ``json.dumps``. Paths are ``str`` as Python gives them; a lone surrogate is written escaped."""
    document = asdict(query)
    for example in document["examples"]:
        example["hash"] = example["hash"] and example["hash"].hex()
    return {"schema": SCHEMA, **document}


def from_json(document: Any) -> SearchQuery:
    """What ``to_json`` wrote, after a journey through JSON. Raises ``KnownError`` (kind ``bad-query``)."""
    try:
        return _query(document)
    except (ValueError, OverflowError) as error:
        raise KnownError(f"this is no search: {error}", "bad-query") from error


def _query(document: Any) -> SearchQuery:
    table = _table(document, _QUERY)
    if table["schema"] != SCHEMA or isinstance(table["schema"], bool):
        raise ValueError(f"its schema is {table['schema']!r}; this program knows {SCHEMA}")
    return SearchQuery(
        examples=tuple(_example(one) for one in _list(table["examples"])),
        by=_one_of(BYS, table["by"]),
        blend=_number(table["blend"]),
        blend_with=_one_of(LOOKS, table["blend_with"]),
        filters=_filters(table["filters"]),
        sort=_one_of(SORTS, table["sort"]),
        reverse=_truth(table["reverse"]),
        threshold=_perhaps(_number, table["threshold"]),
    )


def _example(document: Any) -> Example:
    table = _table(document, _EXAMPLE)
    return Example(
        path=_perhaps(_text, table["path"]),
        hash=_perhaps(lambda value: bytes.fromhex(_text(value)), table["hash"]),
        minus=_truth(table["minus"]),
        weight=_number(table["weight"]),
        region=_perhaps(_region, table["region"]),
    )


def _region(document: Any) -> Region:
    table = _table(document, {"x", "y", "width", "height", "angle"})
    return Region(**{name: _number(value) for name, value in table.items()})


def _filters(document: Any) -> Filters:
    table = _table(document, set(asdict(Filters())))
    return Filters(
        folders=_texts(table["folders"]),
        since=_perhaps(_text, table["since"]),
        until=_perhaps(_text, table["until"]),
        cameras=_texts(table["cameras"]),
        formats=_texts(table["formats"]),
        states=tuple(_one_of(STATES, state) for state in _list(table["states"])),
        **{name: _perhaps(_count, table[name]) for name in ("min_pixels", "max_pixels", "min_bytes", "max_bytes")},
    )


def _table(value: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise ValueError(f"a table with {', '.join(sorted(names))} is needed")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _one_of(known: tuple[T, ...], value: Any) -> T:
    for name in known:
        if name == value:
            return name
    raise ValueError(f"{value!r} is none of {', '.join(map(str, known))}")


def _perhaps(read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)
