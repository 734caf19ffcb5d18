"""Two published sets whose truth is not a class: affine sequences with homographies, a facade turned and scaled."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.verification import Prepared
from cbir_desktop.evaluation.cases import Case
from cbir_desktop.evaluation.edits import Homography
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.files import Entry, pictures
from cbir_desktop.images.decode import decode
from cbir_desktop.matchers.sift import SiftExtractor

_HALF = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])


class AffineSequences:
    """The sequences of Mikolajczyk et al. 2005: ``NAME/img1`` to ``img6``, and ``NAME/H1toNp`` beside them.

    Raises ``KnownError`` when a picture or a homography is missing.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._entries = {Path(entry.name).with_suffix("").as_posix(): entry for entry in pictures(path)}
        self.names = sorted({name.rsplit("/", 1)[0] for name in self._entries})
        self._extractor = SiftExtractor()

    def picture(self, name: str, number: int) -> Prepared:
        entry = self._entries.get(f"{name}/img{number}")
        if entry is None:
            raise KnownError(f"{self._path} has no picture {name}/img{number}", "missing")
        decoded = decode(entry.read())
        return self._extractor.prepare(decoded.image, (decoded.width, decoded.height))

    def truth(self, name: str, number: int) -> Homography:
        """From picture 1 to picture ``number``, centres at +0.5 (the files count from centres)."""
        numbers = np.array(self._text(f"{name}/H1to{number}p").split(), np.float64)
        return np.asarray(_HALF @ numbers.reshape(3, 3) @ np.linalg.inv(_HALF))

    def _text(self, member: str) -> str:
        try:
            if Path(self._path).is_dir():
                return Path(self._path, member).read_text(encoding="utf-8")
            with tarfile.open(self._path) as archive:
                stream = archive.extractfile(member)
                assert stream is not None
                return stream.read().decode()
        except (OSError, KeyError) as error:
            raise KnownError(f"{self._path} has no {member}", "missing") from error


def facade(path: str) -> Iterator[Case]:
    """``mapping/ID.jpg`` with each of ``ID_rotN`` (degrees) and ``ID_scaleX``: copies, of kind ``rot`` or ``scale``;
    and the unedited ones with each other: one scene."""
    extractor, decode_small = SiftExtractor(), decoder(512)

    def prepared(entry: Entry) -> Prepared:
        image = decode_small(entry.read())
        return extractor.prepare(image, (image.shape[1], image.shape[0]))

    plain: dict[str, Prepared] = {}
    for entry in pictures(path):
        stem = Path(entry.name).stem
        parts = stem.rsplit("_", 1)
        kind = parts[1].rstrip("0123456789.") if parts[1][0] in "rs" else ""
        side = prepared(entry)
        if not kind:
            for other in plain.values():
                yield Case("scene", "facade", 0, stem, other, side)
            plain[stem] = side
        elif parts[0] in plain:  # "mapping/" sorts before "mapping_rot/"
            yield Case("copy", kind, 0, stem, plain[parts[0]], side)
