"""How parts of the window reach the library, which is opened after they are made."""

from collections.abc import Callable

from cbir_desktop.gui.backend import Backend

WithLibrary = Callable[[Callable[[Backend], object]], None]
"""Does something with the library: now, or as soon as it is open."""


class LibraryDoor:
    """Shut until ``open``; what was wished for by then is done in order."""

    def __init__(self) -> None:
        self._backend: Backend | None = None
        self._waiting: list[Callable[[Backend], object]] = []

    @property
    def is_open(self) -> bool:
        return self._backend is not None

    @property
    def library(self) -> Backend:
        if self._backend is None:  # nothing that asks is enabled before it is open
            raise RuntimeError("the library is not open")
        return self._backend

    def open(self, backend: Backend) -> None:
        self._backend = backend
        for wish in self._waiting:
            wish(backend)
        self._waiting.clear()

    def with_library(self, wish: Callable[[Backend], object]) -> None:
        if self._backend is None:
            self._waiting.append(wish)
        else:
            wish(self._backend)
