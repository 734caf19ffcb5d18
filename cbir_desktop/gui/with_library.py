"""How parts of the window reach the library, which is opened after they are made."""

from collections.abc import Callable

from cbir_desktop.gui.backend import Backend

WithLibrary = Callable[[Callable[[Backend], object]], None]
"""Does something with the library: now, or as soon as it is open."""
