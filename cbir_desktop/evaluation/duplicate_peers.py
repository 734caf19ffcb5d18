"""Other duplicate finders on the same files, each in a process of its own, for the tables only.

Each is an adapter of some lines over what is installed; what is not, is passed over with the reason.
"""

import importlib
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from cbir_desktop.core.errors import DecodeError, MissingPluginError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.evaluation.processes import peak_children_mb, peak_resident_mb
from cbir_desktop.images.decode import decode

_HASH_DISTANCE = 10  # of 64 bits: imagededup's default; imagehash has none
_PDQ_DISTANCE = 31  # of 256 bits: what PDQ's authors advise (ThreatExchange, hashing.pdf)
_PDQ_SIDE = 512  # pixels: theirs are made of pictures of at most this
_FINDIMAGEDUPES = "90%"
_DUPEGURU = 95
_CZKAWKA = 10  # of its scale of 0 to 50: "high" similarity, the default of its window
_SYSTEM_PYTHON, _DUPEGURU_HOME = "/usr/bin/python3", "/usr/share/dupeguru"


@dataclass(frozen=True, slots=True)
class PeerResult:
    """``pairs``: what a program calls duplicates, by twos, files relative to the folder. ``skipped``: why it did not
    run, else empty. ``megabytes``: peak resident of the process and of the largest of its children."""

    name: str
    setting: str
    pairs: Sequence[tuple[str, str]] = field(default=())
    seconds: float = 0.0
    megabytes: float = 0.0
    skipped: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


Pairs = Iterable[tuple[str, str]]
"""Two paths each."""


@dataclass(frozen=True, slots=True)
class _Peer:
    setting: str
    find: Callable[[Path], Pairs]


def run_peers(pictures: Path, results: Path, names: Sequence[str], task: Task = NULL_TASK) -> list[PeerResult]:
    """Each of the peers once: what lies in the folder ``results`` is not run anew, unless it was skipped."""
    results.mkdir(parents=True, exist_ok=True)
    found: list[PeerResult] = []
    for done, name in enumerate(names):
        task.step(done, len(names))
        file = results / f"{name}.json"
        if not file.exists() or json.loads(file.read_text(encoding="utf-8"))["skipped"]:
            command = [sys.executable, "-m", __name__, name, str(pictures), str(file)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        document = json.loads(file.read_text(encoding="utf-8"))
        found.append(PeerResult(**{**document, "pairs": [(a, b) for a, b in document["pairs"]]}))
    return found


def _imagehash(pictures: Path) -> Pairs:
    phash = _package("imagehash").phash

    def bits(path: str) -> Vectors:
        with Pillow.open(path) as picture:
            return np.asarray(phash(picture).hash, np.float32).ravel()

    return _near(pictures, bits, _HASH_DISTANCE)


def _pdq(pictures: Path) -> Pairs:
    compute = _package("pdqhash").compute

    def bits(path: str) -> Vectors:
        image = Pillow.fromarray(decode(Path(path).read_bytes(), _PDQ_SIDE).image)
        image.thumbnail((_PDQ_SIDE, _PDQ_SIDE))
        return np.asarray(compute(np.asarray(image))[0], np.float32)

    return _near(pictures, bits, _PDQ_DISTANCE)


def _imagededup(method: str) -> Callable[[Path], Pairs]:
    def find(pictures: Path) -> Pairs:
        hasher = getattr(_package("imagededup.methods"), method)(verbose=False)
        found = hasher.find_duplicates(image_dir=str(pictures), recursive=True)
        return ((str(pictures / a), str(pictures / b)) for a, others in found.items() for b in others)

    return find


def _czkawka(pictures: Path) -> Pairs:
    finder = _package("czkawka").ImageSimilarity()
    finder.set_directories([pictures])
    finder.set_similarity(_CZKAWKA)
    return _within(map(str, group) for group in finder.find_similar())


def _findimagedupes(pictures: Path) -> Pairs:
    command = ["findimagedupes", "-0", "-q", "-t", _FINDIMAGEDUPES, "-"]
    names = "\0".join(_files(pictures)).encode()
    said = _output(command, names).decode()
    return _within(line.split(" ") for line in said.splitlines())


def _dupeguru(scaled: bool) -> Callable[[Path], Pairs]:
    def find(pictures: Path) -> Pairs:
        script = Path(__file__).with_name("dupeguru_scan.py")
        command = [_SYSTEM_PYTHON, str(script), _DUPEGURU_HOME, str(_DUPEGURU), str(int(scaled))]
        said = _output(command, "\n".join(_files(pictures)).encode())
        return [(a, b) for a, b in json.loads(said)]

    return find


PEERS: Mapping[str, _Peer] = {
    "imagehash-phash": _Peer(f"distance {_HASH_DISTANCE} of 64", _imagehash),
    "pdq": _Peer(f"distance {_PDQ_DISTANCE} of 256", _pdq),
    "imagededup-phash": _Peer("its default, distance 10 of 64", _imagededup("PHash")),
    "imagededup-dhash": _Peer("its default, distance 10 of 64", _imagededup("DHash")),
    "czkawka": _Peer(f"its Python binding, similarity {_CZKAWKA}", _czkawka),
    "findimagedupes": _Peer(f"its default, {_FINDIMAGEDUPES}", _findimagedupes),
    "dupeguru": _Peer(f"its default, {_DUPEGURU}", _dupeguru(scaled=False)),
    "dupeguru-scaled": _Peer(f"{_DUPEGURU}, of any sizes", _dupeguru(scaled=True)),
}


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        raise MissingPluginError(f"{name.split('.')[0]} cannot be imported: {error}") from error


def _output(command: Sequence[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise MissingPluginError(f"{command[0]} is not installed") from error
    if done.returncode and not done.stdout:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise MissingPluginError(f"{command[0]} does not run: {''.join(last)}")
    return done.stdout


def _files(pictures: Path) -> list[str]:
    return sorted(str(path) for path in pictures.rglob("*.jpg"))


def _near(pictures: Path, bits: Callable[[str], Vectors], limit: int) -> Iterator[tuple[str, str]]:
    """Every two files whose hashes, (bits,) of 0 and 1, differ in ``limit`` bits at most. Exact, in blocks."""
    files, hashes = [], []
    for path in _files(pictures):
        try:
            hashes.append(bits(path))
            files.append(path)
        except (OSError, DecodeError):  # it finds no duplicate of what it cannot read
            continue
    signs = 2 * np.stack(hashes) - 1
    least = signs.shape[1] - 2 * limit
    for start in range(0, len(files), 1024):
        rows, others = np.nonzero(signs[start : start + 1024] @ signs.T >= least)
        for row, other in zip((rows + start).tolist(), others.tolist(), strict=True):
            if row < other:
                yield files[row], files[other]


def _within(groups: Iterable[Iterable[str]]) -> Iterator[tuple[str, str]]:
    for group in groups:
        yield from itertools.combinations(sorted(group), 2)


def _measured(name: str, pictures: Path) -> PeerResult:
    peer, started = PEERS[name], time.monotonic()
    try:
        found = {(a, b) if a < b else (b, a) for a, b in peer.find(pictures)}
    except MissingPluginError as error:
        return PeerResult(name, peer.setting, skipped=str(error))
    seconds = time.monotonic() - started
    names = sorted((str(Path(a).relative_to(pictures)), str(Path(b).relative_to(pictures))) for a, b in found)
    return PeerResult(name, peer.setting, names, round(seconds, 2), max(peak_resident_mb(), peak_children_mb()))


if __name__ == "__main__":
    name, folder, target = sys.argv[1:]
    Path(target).write_text(json.dumps(_measured(name, Path(folder)).to_json()), encoding="utf-8")
