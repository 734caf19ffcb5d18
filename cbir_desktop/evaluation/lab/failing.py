"""What may go wrong with one method and is no bug of ours: its row tells it, and the run goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from cbir_desktop.core.errors import KnownError

_NO_MEMORY = ("bad_alloc", "Insufficient memory", "Failed to allocate memory", "Not enough memory")
"""C++, OpenCV, onnxruntime, hnswlib: each has an error of its own for it."""


@contextmanager
def told() -> Iterator[None]:
    """What fails for want of memory or of room on the disk, or because numbers do not converge, comes out as
    ``KnownError`` (kinds ``out-of-memory``, ``no-room``, ``no-solution``)."""
    try:
        yield
    except KnownError:
        raise
    except OSError as error:
        raise KnownError(str(error), "no-room") from error
    except np.linalg.LinAlgError as error:
        raise KnownError(str(error), "no-solution") from error
    except Exception as error:  # all but those that say that memory is short go on
        if not isinstance(error, MemoryError) and not any(words in str(error) for words in _NO_MEMORY):
            raise
        raise KnownError(f"it needs more memory than there is: {error}".rstrip(": "), "out-of-memory") from error
