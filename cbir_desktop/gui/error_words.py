"""What errors of the lower layers are called in the user's language, by their ``kind``.

Their own messages are English: they stand as they are where the window speaks English or a kind is not known here, and
in brackets behind the translated words where they tell more, as a path or what the system said.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from cbir_desktop.core.errors import KnownError

_SAY_ALL = frozenset(
    {"empty", "vanished", "timed-out", "empty-query", "no-looks", "not-indexed", "nothing-to-undo", "superseded"}
    | {
        "is-link",
        "interrupted",
        "cancelled",
        "other-bytes",
        "other-volume",
        "same-folder",
        "nothing-readable",
        "no-map",
    }
)
"""Kinds whose messages tell no more than their words here."""


def clause(error: object) -> str:
    """What is the matter, as a part of a sentence: no full stop."""
    return in_words(error.kind, str(error)) if isinstance(error, KnownError) else str(error)


def in_words(kind: str, message: str) -> str:
    """As ``clause``, of an error that was written down."""
    text = _ENGLISH.get(kind)
    told = message if text is None else _tr(text)
    if told in (text, message):
        return message
    return told if kind in _SAY_ALL else f"{told} ({message})"


def _tr(text: str) -> str:
    return QCoreApplication.translate("error_words", text)


def _known(_tr: Callable[[str], str]) -> dict[str, str]:
    return {
        "empty": _tr("the file is empty"),
        "not-an-image": _tr("this is no picture, or of a kind that is not known"),
        "unsupported": _tr("this format cannot be read here"),
        "damaged": _tr("the picture is damaged"),
        "too-large": _tr("the picture is too large"),
        "unreadable": _tr("the file cannot be read"),
        "vanished": _tr("the file is not there any more"),
        "crashed": _tr("its decoder crashed"),
        "timed-out": _tr("decoding it takes too long"),
        "out-of-memory": _tr("decoding it takes more memory than it may have"),
        "no-worker": _tr("no process for decoding can be started"),
        "offline": _tr("its drive is away"),
        "bad-region": _tr("the box does not lie on the picture"),
        "empty-query": _tr("plus and minus examples cancel out: nothing is left to search for"),
        "no-map": _tr("the map could not be made: open it once more"),
        "no-looks": _tr("the colours of no photo are known yet; look for changes in its folder again"),
        "not-indexed": _tr("this photo is not indexed yet"),
        "no-such-photo": _tr("the library does not know this photo"),
        "bad-query": _tr("this search cannot be read"),
        "bad-searches": _tr("the saved searches cannot be read"),
        "bad-name": _tr("this name cannot be used: it is empty, or taken"),
        "not-fetched": _tr("the picture was not fetched from the web"),
        "library-in-use": _tr("another process is at work on the library"),
        "disk-full": _tr("the disk is full"),
        "unwritable-library": _tr("the library cannot be written to"),
        "unwritable-catalog": _tr("the catalog cannot be written to"),
        "no-library": _tr("there is no library"),
        "no-library-folder": _tr("the folder of the library cannot be made"),
        "damaged-catalog": _tr("the catalog is damaged"),
        "damaged-file": _tr("a file of the library is damaged"),
        "newer-catalog": _tr("the library was made by a newer version of this program; nothing was changed"),
        "bad-settings": _tr("the settings cannot be used"),
        "unwritable-settings": _tr("the settings cannot be written"),
        "no-such-path": _tr("there is no such folder now"),
        "not-watched": _tr("it is not one of the library's folders"),
        "no-photos": _tr("the library has no photos there"),
        "relink-mismatch": _tr("this is another folder: the known photos are not in it"),
        "last-copy": _tr("nothing was done: no other copy would be left"),
        "trash-refused": _tr("the trash did not take it"),
        "trash-failed": _tr("moving it to the trash failed"),
        "nothing-to-undo": _tr("there is nothing to undo"),
        "volume-away": _tr("its drive is away; plug it in first"),
        "unknown-place": _tr("the system did not say where it put it: take it out of the trash"),
        "gone": _tr("it is not there any more"),
        "changed": _tr("it has changed meanwhile"),
        "taken": _tr("another file is in its place now"),
        "kept-changed": _tr("the file to keep has changed"),
        "kept-gone": _tr("the file to keep is not there any more"),
        "same-file": _tr("it is the same file by another name"),
        "same-folder": _tr("it lies in that folder already"),
        "other-bytes": _tr("only identical bytes can be replaced by a link"),
        "other-volume": _tr("a hard link cannot lead to another drive"),
        "no-links": _tr("this drive has no such links"),
        "is-link": _tr("it is a link and holds no picture itself"),
        "interrupted": _tr("interrupted before anything was done to it"),
        "cancelled": _tr("stopped before its turn"),
        "final": _tr("it was deleted for good"),
        "bad-xmp": _tr("the sidecar file cannot be used"),
        "os-error": _tr("the system reports an error"),
        "bad-rules": _tr("the rules cannot be used"),
        "bad-decisions": _tr("the decisions cannot be read"),
        "missing-plugin": _tr("a package that this needs is not installed"),
        "missing-model": _tr("the network's file cannot be read"),
        "damaged-model": _tr("the network cannot be used"),
        "wrong-model": _tr("this is not the network that is asked for"),
        "unknown-name": _tr("nothing of that name is known"),
        "superseded": _tr("another encoder was chosen meanwhile"),
        "nothing-readable": _tr("none of the photos can be read now; the library keeps its encoder"),
    }


_ENGLISH = _known(str)
