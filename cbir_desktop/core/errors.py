"""Errors that are the world's fault, in words for the user. Anything else that is raised is a bug of ours."""


class KnownError(Exception):
    """Something outside the program is not as it should be; the message says what, and what to do.

    ``kind`` is a short stable name in kebab-case: it is what ``--json`` prints and what tests look at.
    """

    kind = "error"

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        if kind is not None:
            self.kind = kind


class DecodeError(KnownError):
    """A file that cannot be turned into a picture: its reason is kept in the catalog and shown to the user.

    Kinds: ``empty``, ``not-an-image``, ``unsupported`` (a plug-in is missing), ``damaged``, ``too-large``,
    ``unreadable``, ``vanished``; and of decoding in a process of its own: ``crashed``, ``timed-out``,
    ``out-of-memory``.
    """

    kind = "damaged"


class LibraryInUseError(KnownError):
    """Another process is writing to this library."""

    kind = "library-in-use"


class DamagedError(KnownError):
    """A derived file (index, cache) does not agree with its checksum or header; it is rebuilt."""

    kind = "damaged-file"


class MissingPluginError(KnownError):
    """An optional package that a plug-in needs is not installed."""

    kind = "missing-plugin"
