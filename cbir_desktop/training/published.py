"""Weights that others published: fetched once when the user asks, and verified at every use."""

import hashlib
import pickle
import re
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import torch

from cbir_desktop.core.errors import KnownError

_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,})\.")
"""torchvision's files carry the beginning of their SHA-256 in their name."""


def fetch(url: str, folder: Path) -> Path:
    """The file at ``url``, from ``folder`` if it is there whole; with a progress bar on stderr.

    Raises ``KnownError``: kind ``no-network``, or ``wrong-checksum``.
    """
    name = url.rsplit("/", 1)[-1]
    found = _HASH_IN_NAME.search(name)
    if found is None:
        raise KnownError(f"{url} does not carry its checksum in its name", "wrong-checksum")
    target = folder / name
    if target.is_file() and _sha256(target).startswith(found[1]):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    try:
        torch.hub.download_url_to_file(url, str(target), hash_prefix=found[1], progress=True)
    except RuntimeError as error:  # torch's word for a wrong hash
        raise KnownError(f"what {url} gives is not what was published: {error}", "wrong-checksum") from error
    except (OSError, HTTPException) as error:
        raise KnownError(
            f"the weights cannot be fetched from {url}: {error}. Without a network here, download that file elsewhere"
            " and give it by --weights FILE",
            "no-network",
        ) from error
    return target


def read_weights(file: Path) -> Mapping[str, torch.Tensor]:
    """A state dict; nothing in the file is executed (``weights_only``). Raises ``KnownError``."""
    try:
        weights = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise KnownError(f"there is no file {file}", "no-such-path") from error
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise KnownError(f"{file} cannot be read as weights: {error}", "wrong-weights") from error
    if not isinstance(weights, Mapping) or not all(isinstance(value, torch.Tensor) for value in weights.values()):
        raise KnownError(f"{file} holds no plain state dict (names and tensors)", "wrong-weights")
    return weights


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
