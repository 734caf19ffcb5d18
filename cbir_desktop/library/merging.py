"""What a copy that goes says of the picture, added to the sidecar of the file that stays; never into a picture."""

import contextlib
import logging
import os
import stat
from pathlib import Path

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.images.xmp import MOST_BYTES, Said, said_in_picture, said_in_sidecar, with_said
from cbir_desktop.library.moving import sync_folder, temporary_in
from cbir_desktop.store.journal import Act, Journal, Merge, NewAct

_log = logging.getLogger(__name__)


def merge_into_kept(journal: Journal, act: Act) -> str | None:
    """Add the date, rating, keywords and place of the file that goes to the sidecar of the kept one, as far as that
    lacks them; journalled first. Gives the sidecar, None where there is nothing to add.

    Raises ``KnownError`` (``bad-xmp`` for a sidecar that cannot be read: then the file had better stay), OSError.
    """
    more = said_of(act.what.kept).lacks(said_of(act.what.path))
    if not more:
        return None
    sidecar = sidecar_of(act.what.kept)
    before = _read(sidecar)
    try:
        after = with_said(before, more)
    except KnownError as error:
        raise KnownError(f"{sidecar}: {error}", error.kind) from error
    journal.plan_merge(act, Merge(os.path.basename(sidecar), before, hash_bytes(after)))
    _write(sidecar, after, act.what)
    return sidecar


def take_back_merge(journal: Journal, act: Act) -> None:
    """Put the sidecar back as it was, unless somebody wrote to it since: then it stays as it is.

    Of several acts on one sidecar the last is taken back first; where it cannot be, the earlier ones stay in it.
    """
    merge = journal.merge_of(act)
    if merge is None:
        return
    sidecar = os.path.join(os.path.dirname(act.what.kept), merge.name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary_in(sidecar, act.what))
    try:
        now = _read(sidecar)
        if now is None or hash_bytes(now) != merge.after:
            return
        if merge.before is None:
            os.unlink(sidecar)
            sync_folder(sidecar)
        else:
            _write(sidecar, merge.before, act.what)
    except (KnownError, OSError) as error:  # it says more than before, and nothing is lost
        _log.warning("the sidecar %s stays as it is: %s", sidecar, error)


def said_of(path: str) -> Said:
    """What a picture says and what its sidecars say; these first. Raises ``KnownError``."""
    said = Said()
    for sidecar in _names(path):
        data = _read(sidecar)
        if data is not None:
            try:
                said = said.with_lacking(said_in_sidecar(data))
            except KnownError as error:
                raise KnownError(f"{sidecar}: {error}", error.kind) from error
    return said.with_lacking(said_in_picture(read_file(path)))


def sidecar_of(path: str) -> str:
    """The sidecar that is there, else ``a.jpg.xmp``, which belongs to that file and to no other of its stem."""
    names = _names(path)
    return next((name for name in names if os.path.lexists(name)), names[0])


def _write(sidecar: str, data: bytes, what: NewAct) -> None:
    """Put ``data`` in the place of a sidecar, in one step, with the rights of the old one, else of the kept file."""
    temporary = temporary_in(sidecar, what)
    rights = stat.S_IMODE(os.stat(sidecar if os.path.lexists(sidecar) else what.kept).st_mode)
    with open(temporary, "wb") as writer:
        writer.write(data)
        writer.flush()
        os.fsync(writer.fileno())
    os.chmod(temporary, rights)
    os.replace(temporary, sidecar)
    sync_folder(sidecar)


def _names(path: str) -> tuple[str, str]:
    return f"{path}.xmp", f"{os.path.splitext(path)[0]}.xmp"


def _read(sidecar: str) -> bytes | None:
    """None where there is none. Raises ``KnownError`` (``bad-xmp``) for a link or a giant: neither is written to."""
    if not os.path.lexists(sidecar):
        return None
    if os.path.islink(sidecar) or not os.path.isfile(sidecar) or os.path.getsize(sidecar) > MOST_BYTES:
        raise KnownError(f"{sidecar} is a link, or too long for a sidecar", "bad-xmp")
    return Path(sidecar).read_bytes()
