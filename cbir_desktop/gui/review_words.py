"""Words about groups of duplicates: what they are to each other, what becomes of them."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication

from cbir_desktop.core.verification import Relation
from cbir_desktop.gui import wording
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.library.choosing import State
from cbir_desktop.library.duplicates import Group, Lookalike
from cbir_desktop.library.groups import Kind
from cbir_desktop.library.stacks import StackKind
from cbir_desktop.store.journal import ActKind
from cbir_desktop.store.proofs import Proof

_MOST = 3  # relations that a line names


def kinds() -> dict[Kind, str]:
    return {"bytes": _tr("Identical files"), "pixels": _tr("Identical pixels"), "near": _tr("Edited copies")}


def group(found: Group) -> str:
    """What the members of a group are to each other."""
    if found.kind != "near":
        return kinds()[found.kind]
    first = found.members[0]
    proofs = (found.proof(first.content, member.content) for member in found.members[1:9])
    relations = {relation for proof in proofs if proof is not None for relation in proof.relations}
    return wording.sentence(_listed(relations)) or kinds()["near"]


def proof(found: Proof | None, content: bytes) -> str:
    """What a content is to the one that it was compared with; ``found`` is None for the same bytes."""
    if found is None or Relation.IDENTICAL_BYTES in found.relations:
        return _tr("the same bytes")
    if Relation.IDENTICAL_PIXELS in found.relations:
        return _tr("the same pixels in another file")
    rest = _listed(found.relations - {Relation.CROPPED})
    if Relation.CROPPED in found.relations:
        whole = found.contains is not None and not found.is_crop(content)
        part = _tr("shows more") if whole else _tr("a crop") if found.is_crop(content) else _tr("another crop")
        return ", ".join(filter(None, (part, rest)))
    return rest or _tr("a copy")


def lookalike(pair: Lookalike) -> str:
    """What is known of two pictures that are in no common group: each may be a copy of one of a group, not of all."""
    if pair.proof.proved == "copy":
        return _tr("Copy of one: {what}").format(what=_listed(pair.proof.relations))
    return _tr("Same scene") if pair.proof.proved else _tr("Look alike")


def stack(kind: StackKind) -> str:
    return {
        "burst": _tr("Burst"),
        "raw+jpeg": _tr("Raw and JPEG"),
        "live": _tr("Live Photo"),
        "sidecar": _tr("Edited, with a sidecar"),
    }[kind]


def sureness(copy: float) -> str:
    """How likely a pair is to be copies."""
    return _tr("{n} % sure to be copies").format(n=wording.number(int(100 * copy)))


def never_selected() -> str:
    return _tr("it is not proved to be a copy of a whole group: no rule ever selects it")


def belongs_together(kind: str, beside: Sequence[str]) -> str:
    """Why the files of a stack stay together, with what lies beside them."""
    names = ", ".join(display_name(path) for path in beside)
    words = _tr("{kind}: these files belong together").format(kind=kind)
    return f"{words} ({names})" if names else words


def state(value: State) -> str:
    return {"kept": _tr("Keep"), "marked": _tr("Goes"), "open": _tr("Undecided")}[value]


def act(kind: ActKind, files: int, size: int) -> str:
    """What the button says that it will do."""
    words = {
        "trash": _tr("Move {files} ({size}) to the trash…"),
        "move": _tr("Move {files} ({size}) into a folder…"),
        "hardlink": _tr("Replace {files} ({size}) by hard links…"),
        "symlink": _tr("Replace {files} ({size}) by symbolic links…"),
        "delete": _tr("Delete {files} ({size}) for good…"),
    }[kind]
    return words.format(files=wording.files(files), size=wording.size(size))


def acted(kind: ActKind, files: int, size: int) -> str:
    """What was done."""
    words = {
        "trash": _tr("{files} ({size}) are in the trash."),
        "move": _tr("{files} ({size}) were moved."),
        "hardlink": _tr("{files} ({size}) are hard links now."),
        "symlink": _tr("{files} ({size}) are symbolic links now."),
        "delete": _tr("{files} ({size}) are deleted for good."),
    }[kind]
    return words.format(files=wording.files(files), size=wording.size(size))


def way_back(kind: ActKind) -> str:
    """How to get it back."""
    if kind == "delete":
        return _tr("This cannot be undone.")
    return _tr("Ctrl+Z brings them back, also after a restart.")


def _listed(relations: Iterable[Relation]) -> str:
    words = {
        Relation.CROPPED: _tr("cropped"),
        Relation.MIRRORED: _tr("mirrored"),
        Relation.ROTATED: _tr("turned"),
        Relation.EDITED: _tr("edited"),
        Relation.BORDERED: _tr("framed"),
        Relation.RESIZED: _tr("resized"),
        Relation.RE_ENCODED: _tr("re-encoded"),
    }
    found = set(relations)
    return ", ".join([text for relation, text in words.items() if relation in found][:_MOST])


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_words", text)
