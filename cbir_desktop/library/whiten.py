"""PCA-whitening fitted on a library's own photos or on a sample, as an encoder more (what SPoC is completed by)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tomli_w

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.adding import free_name, table_of
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import ModelEntry, build, describe, find_entry
from cbir_desktop.encoders.whitening import PcaWhitening
from cbir_desktop.library.session import Session

SAMPLE = 20_000
"""Photos at most: a covariance of 2,048 dimensions is settled by ten times as many, and takes 160 MB of vectors."""


def whiten(session: Session, model: str, dim: int = 256, name: str | None = None) -> tuple[ModelEntry, int, int]:
    """Fit on the stored vectors of ``model`` and describe the whitened encoder beside it; nothing is decoded.

    Returns it, how many photos it was fitted on and how many dimensions it has. The library goes on as it was:
    re-embedding switches to it. Raises ``KnownError`` as ``whiten_by``.
    """
    return whiten_by(lambda encoder: _stored(session, encoder.key), session.folders.models, model, dim, name)


def whiten_by(
    sample_of: Callable[[Encoder], Vectors], folder: Path, model: str, dim: int = 256, name: str | None = None
) -> tuple[ModelEntry, int, int]:
    """The same, fitted on what ``sample_of`` gives for the encoder: (n, d) unit rows. ``folder``: the models.

    Raises ``KnownError``: kind ``not-added`` for an encoder that is not in a models folder, ``sample-too-small`` where
    there are no vectors of it, and as ``free_name`` does.
    """
    choice = Choice.parse(model)
    found = find_entry(choice.name, folder)
    if found is None or found.whitening is not None or not (found.path.parent / f"{found.name}.toml").is_file():
        raise KnownError(f"{choice.name} is not an added network; whitening is for those", "not-added")
    entry, place = found.chosen(choice), found.path.parent
    name = free_name(name or f"{choice.name}-w{dim}", place)
    encoder = build(entry)
    sample = sample_of(encoder)
    if dim < 1 or len(sample) < 2:
        raise KnownError(
            f"there are {len(sample)} vectors of {model}: index by it first, or --sample", "sample-too-small"
        )
    whitening = PcaWhitening(dim).fit(sample)
    whitening.save(place / f"{name}.npz")
    about = {key: value for key in ("licence", "data", "version") if (value := getattr(entry, key))}
    table = table_of(entry.path.name, entry.spec, encoder.dim, about) | {"whitening": f"{name}.npz"}
    write_atomic(place / f"{name}.toml", tomli_w.dumps(table).encode())
    return describe(place / f"{name}.toml"), len(sample), whitening.dim


def _stored(session: Session, key: str) -> Vectors:
    vectors = session.catalog.vectors
    for name, stored_key, dim, count in vectors.encoders():
        if stored_key == key and count:
            ids = vectors.ids(vectors.encoder_id(key, name, dim))
            if len(ids) > SAMPLE:
                ids = np.random.default_rng(0).choice(ids, SAMPLE, replace=False)
            return vectors.of(ids.tolist(), vectors.encoder_id(key, name, dim))[1]
    return np.empty((0, 0), np.float32)
