"""The door to the decoders for a program that must go on: plain pictures here, all others in processes apart."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from cbir_desktop.images.decode import Decoded, decode_plain, read_file
from cbir_desktop.images.in_flight import InFlight, key_of
from cbir_desktop.images.isolated import DECODER, DecodePool, Limits

_log = logging.getLogger(__name__)


class SafeDecoder:
    """Owns the worker processes; ``decode`` may be called from any thread. Close it when all of them are done."""

    def __init__(self, workers: int, limits: Limits | None = None, decoder: str = DECODER) -> None:
        self._pool = DecodePool(workers, limits, decoder)
        self._in_flight: InFlight | None = None

    def decode(self, data: bytes, min_side: int | None = None) -> Decoded:
        """As ``images.decode.decode``; no file can hang, crash or fill this process. Raises ``DecodeError``.

        The same bytes give the same pixels wherever they are decoded. While a journal is kept, a plain picture that
        was being decoded when the process died is from then on decoded apart, like those that are not plain.
        """
        decoded = self._decode_here(data, min_side)
        return self._pool.decode(data, min_side) if decoded is None else decoded

    def decode_file(self, path: str, min_side: int | None = None) -> Decoded:
        return self.decode(read_file(path), min_side)

    def set_low(self, low: bool) -> None:
        """Whether the worker processes yield to everybody else; from each one's next file on."""
        self._pool.low = low

    @contextlib.contextmanager
    def journal(self, path: Path) -> Iterator[None]:
        """Keep a note of what is being decoded in the file ``path``; one process at a time."""
        try:
            self._in_flight = InFlight(path)
        except OSError as error:  # a full disk: what needs room on it will say so
            _log.warning("what is being decoded is not noted: %s", error)
        try:
            yield
        finally:
            self._in_flight = None  # a thread that is in the middle of a picture still holds it

    def close(self) -> None:
        self._pool.close()

    def _decode_here(self, data: bytes, min_side: int | None) -> Decoded | None:
        in_flight = self._in_flight
        if in_flight is None:
            return decode_plain(data, min_side)
        key = key_of(data)
        if key in in_flight.suspects:
            return None
        with in_flight.noted(key):
            return decode_plain(data, min_side)
