"""A picture from the web, when the user says so and the setting allows it."""

import urllib.error
import urllib.request

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task

LARGEST = 64 << 20
"""Bytes; what is larger is hardly one picture for the eye."""
SECONDS = 20.0
"""Without an answer."""
_PIECE = 1 << 16
_AGENT = "cbir-desktop"


def fetch(address: str, task: Task = NULL_TASK) -> bytes:
    """The bytes at an http or https address. Raises ``KnownError`` (kind ``not-fetched``)."""
    if not address.lower().startswith(("http://", "https://")):
        raise KnownError("only http and https addresses are fetched", "not-fetched")
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT, "Accept": "image/*"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return _read(answer, task)
    except (OSError, ValueError) as error:  # URLError, a broken connection, a strange address
        raise KnownError(f"the picture was not fetched: {error}", "not-fetched") from error


def _read(answer: urllib.response.addinfourl, task: Task) -> bytes:
    pieces, total = list[bytes](), 0
    while piece := answer.read(_PIECE):
        task.check()
        pieces.append(piece)
        total += len(piece)
        if total > LARGEST:
            raise KnownError(f"the picture was not fetched: it has more than {LARGEST >> 20} MB", "not-fetched")
    return b"".join(pieces)
