"""Searches that are kept: the history, and pins with a name. One file in the library's folder."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.kept import drop_unused, keep_pictures
from cbir_desktop.library.query import SearchQuery
from cbir_desktop.library.query_json import from_json, to_json
from cbir_desktop.library.session import Session

SCHEMA = 1
HISTORY = 200
"""Searches that the history keeps, the newest ones."""
_LOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pin:
    """A search with a name, which no other pin has."""

    name: str
    query: SearchQuery


@dataclass(frozen=True, slots=True)
class _Kept:
    pins: tuple[Pin, ...] = ()
    history: tuple[SearchQuery, ...] = ()  # newest first


class SavedSearches:
    """Reads and writes ``searches.json``; every call reads it anew, for another process may have written. Safe in
    threads. Every method raises ``KnownError``: ``bad-searches`` for a file that cannot be read, which stays as it is,
    ``unwritable-library`` where it cannot be written; those that take a query as ``kept.keep_pictures`` does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._path = session.folder / "searches.json"
        self._lock = threading.Lock()
        self._file_lock = FileLock(session.folder / "searches.lock", timeout=_LOCK_SECONDS, thread_local=False)

    def pins(self) -> list[Pin]:
        """In the order in which they were made."""
        return list(_read(self._path).pins)

    def history(self) -> list[SearchQuery]:
        """The newest first, each once."""
        return list(_read(self._path).history)

    def visited(self, query: SearchQuery) -> None:
        """It becomes the newest of the history; its pictures are kept."""
        query = keep_pictures(self._session, query)

        def change(kept: _Kept) -> _Kept:
            others = tuple(other for other in kept.history if other != query)
            return replace(kept, history=(query, *others)[:HISTORY])

        self._change(change)

    def pin(self, name: str, query: SearchQuery) -> None:
        """Keep it under this name, in place of what had it. Raises ``KnownError`` (kind ``bad-name``) for an empty
        name."""
        if not name.strip():
            raise KnownError("a pin needs a name", "bad-name")
        pin = Pin(name, keep_pictures(self._session, query))

        def change(kept: _Kept) -> _Kept:
            if any(other.name == name for other in kept.pins):
                return replace(kept, pins=tuple(pin if other.name == name else other for other in kept.pins))
            return replace(kept, pins=(*kept.pins, pin))

        self._change(change)

    def unpin(self, name: str) -> None:
        """Forget it, where there is one."""
        self._change(lambda kept: replace(kept, pins=tuple(pin for pin in kept.pins if pin.name != name)))

    def rename(self, old: str, new: str) -> None:
        """Raises ``KnownError`` (kind ``bad-name``) for an empty name, or one that another pin has."""

        def change(kept: _Kept) -> _Kept:
            if not new.strip() or any(pin.name == new for pin in kept.pins if new != old):
                raise KnownError(f"a pin cannot be called {new!r}: there is one, or it is empty", "bad-name")
            return replace(kept, pins=tuple(replace(pin, name=new) if pin.name == old else pin for pin in kept.pins))

        self._change(change)

    def clear_history(self) -> None:
        self._change(lambda kept: replace(kept, history=()))

    def _change(self, change: Callable[[_Kept], _Kept]) -> None:
        try:
            with self._lock, self._file_lock:
                kept = change(_read(self._path))
                write_atomic(self._path, json.dumps(_document(kept), indent=1).encode())
        except (OSError, Timeout) as error:
            raise KnownError(f"searches cannot be kept in {self._path}: {error}", "unwritable-library") from error
        queries = [*kept.history, *(pin.query for pin in kept.pins)]
        used = {example.hash for query in queries for example in query.examples if example.hash is not None}
        drop_unused(self._session, used)


def _document(kept: _Kept) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "pins": [{"name": pin.name, "query": to_json(pin.query)} for pin in kept.pins],
        "history": [to_json(query) for query in kept.history],
    }


def _read(path: Path) -> _Kept:
    try:
        document = json.loads(path.read_bytes())
        if set(document) != {"schema", "pins", "history"} or document["schema"] != SCHEMA:
            raise ValueError(f"this program knows schema {SCHEMA}")
        pins = tuple(_pin(pin) for pin in document["pins"])
        return _Kept(pins, tuple(from_json(query) for query in document["history"]))
    except FileNotFoundError:
        return _Kept()
    except (OSError, ValueError, TypeError, KeyError, RecursionError, KnownError) as error:
        raise KnownError(f"the searches in {path} cannot be read: {error}", "bad-searches") from error


def _pin(document: Any) -> Pin:
    if set(document) != {"name", "query"} or not isinstance(document["name"], str):
        raise ValueError("a pin has a name and a query")
    return Pin(document["name"], from_json(document["query"]))
