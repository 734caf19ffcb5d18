"""Teachers: ONNX networks read with onnxruntime, their inner tensors, and their answers kept on disk."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from torch import Tensor

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.augment import Views, look, whole
from cbir_desktop.training.data import Pictures

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
MAP_DIM = 128
"""Principal components kept of each teacher's 1280 channels at each place."""


def inner_names(model: Any) -> list[str]:
    """Names of the tensors to imitate in a network of inverted residuals (Sandler et al. 2018).

    The last linear tensor (made by Conv or Add, not clipped) before each convolution that halves the picture, from
    stride 4 on; the last linear tensor of all; and the network's ``features``. Raises ``KnownError`` when the graph
    has other than five.
    """
    linear: str | None = None
    names: list[str] = []
    clipped = {node.input[0] for node in model.graph.node if node.op_type == "Clip"}
    strides = 0
    for node in model.graph.node:
        if node.op_type == "GlobalAveragePool":
            break
        if node.op_type == "Conv" and _stride(node) == 2:
            strides += 1
            if strides > 2 and linear is not None:
                names.append(linear)
        if node.op_type == "Add" or (node.op_type == "Conv" and node.output[0] not in clipped):
            linear = node.output[0]
    if linear is not None:
        names.append(linear)
    names.append("features")
    if len(names) != 5:
        raise KnownError(f"the teacher has {len(names)} tensors to imitate, not five", "bad-teacher")
    return names


def _stride(node: Any) -> int:
    return next((int(a.ints[0]) for a in node.attribute if a.name == "strides"), 1)


class Teacher:
    """``size``-agnostic network with input (n, 3, s, s) in -1..1 and output ``features`` (n, c, h, w)."""

    def __init__(self, path: Path, *, inner: bool = False, threads: int = 0) -> None:
        if not path.is_file():
            raise KnownError(f"the teacher {path} is missing", "no-teacher")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or torch.get_num_threads()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.name = path.stem
        self.outputs = ["features"]
        if inner:
            model = onnx.load(path)
            self.outputs = inner_names(model)
            known = {output.name for output in model.graph.output}
            model.graph.output.extend(onnx.ValueInfoProto(name=n) for n in self.outputs if n not in known)
            with tempfile.TemporaryDirectory() as folder:  # weights of a teacher never stay anywhere else
                onnx.save(model, f"{folder}/inner.onnx")
                self._session = _session(Path(folder) / "inner.onnx", options)
        else:
            self._session = _session(path, options)

    def tensors(self, x: Tensor) -> list[Tensor]:
        """Its ``outputs`` for (n, 3, s, s) in -1..1."""
        answers = self._session.run(self.outputs, {"input": x.float().contiguous().cpu().numpy()})
        return [torch.from_numpy(answer).to(x.device) for answer in answers]


def _session(path: Path, options: Any) -> Any:
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def map_views(teacher: Teacher, pictures: Pictures, views: Views, size: int, batch: int = 64) -> Iterator[Tensor]:
    """Features (batch, c, h, w) of all pictures in turn, each through its view."""
    for start in range(0, len(pictures), batch):
        rows = np.arange(start, min(start + batch, len(pictures)))
        x = look(torch.from_numpy(np.array(pictures[start : start + batch])), views.of(rows), size)
        yield teacher.tensors(x * 2 - 1)[-1]


@dataclass(frozen=True)
class Answers:
    """What one teacher says of every picture through one view of it: ``pooled`` (n, c) float16, and ``maps``
    (n, ``MAP_DIM``, h, w) float16, its features place by place, by principal components."""

    pooled: npt.NDArray[np.float16]
    maps: npt.NDArray[np.float16]


def answers(folder: Path, teacher: Path, pictures: Pictures, views: Views, size: int, name: str) -> Answers:
    """The teacher's answers, kept in ``folder`` under ``name`` and mapped from there."""
    paths = [folder / f"{kind}-{teacher.stem}-{size}-{name}.npy" for kind in ("answers", "maps")]
    if not all(path.exists() for path in paths):
        log.info("asking %s about %d crops (%s)", teacher.stem, len(pictures), name)
        _ask(Teacher(teacher), components(folder, teacher, pictures, size), pictures, views, size, paths)
    kept = [np.load(path, mmap_mode="r") for path in paths]
    if any(len(part) != len(pictures) for part in kept):
        raise KnownError(f"{paths[0]} holds answers about other photos: remove it", "stale-cache")
    return Answers(*kept)


def _ask(
    teacher: Teacher, basis: "Whitening", pictures: Pictures, views: Views, size: int, paths: Sequence[Path]
) -> None:
    pooled, maps = [], []
    for features in map_views(teacher, pictures, views, size):
        pooled.append(features.mean((2, 3)).numpy().astype(np.float16))
        places = basis.apply(features.permute(0, 2, 3, 1).numpy())
        maps.append(places.astype(np.float16).transpose(0, 3, 1, 2))
    for path, parts in zip(paths, (pooled, maps), strict=True):
        replace_atomic(path, partial(_save, array=np.concatenate(parts)))


def components(folder: Path, teacher: Path, pictures: Pictures, size: int, count: int = 512) -> "Whitening":
    """Half-whitened principal components of a teacher's features place by place, (c,) to (``MAP_DIM``,)."""
    path = folder / f"components-{teacher.stem}-{size}.npz"
    if not path.exists():
        rows = np.sort(np.random.default_rng(0).permutation(len(pictures))[:count])
        sample = np.concatenate(
            [
                features.permute(0, 2, 3, 1).flatten(0, 2).numpy()
                for features in map_views(Teacher(teacher), pictures[rows], whole(len(rows)), size)
            ]
        )
        found = Whitening.fit(sample, MAP_DIM, 0.5)
        replace_atomic(path, partial(_save_components, found=found))
    with np.load(path) as kept:
        return Whitening(kept["mean"], kept["matrix"])


def _save_components(path: Path, found: "Whitening") -> None:
    with path.open("wb") as stream:
        np.savez(stream, mean=found.mean, matrix=found.matrix)


def _save(path: Path, array: npt.NDArray[Any]) -> None:
    with path.open("wb") as stream:  # np.save appends .npy to a name
        np.save(stream, array)


def unit(x: Floats) -> Floats:
    """Rows of length one."""
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9), np.float32)


def joined(parts: Sequence[npt.NDArray[Any]], weights: Sequence[float]) -> Floats:
    """Unit features of several teachers side by side: (n, sum of c)."""
    columns = [unit(part.astype(np.float32)) * weight for part, weight in zip(parts, weights, strict=True)]
    return np.concatenate(columns, 1)


@dataclass(frozen=True)
class Whitening:
    """Principal components, each divided by a power of its standard deviation (Jegou & Chum 2012).

    ``mean``: (c,), ``matrix``: (c, dim).
    """

    mean: Floats
    matrix: Floats

    @classmethod
    def fit(cls, sample: Floats, dim: int, power: float) -> "Whitening":
        mean = sample.mean(0)
        centred = (sample - mean).astype(np.float64)
        values, vectors = np.linalg.eigh(centred.T @ centred / len(sample))
        order = np.argsort(values)[::-1][:dim]
        spread = np.maximum(values[order], 1e-12) ** (0.5 * power)
        return cls(mean, (vectors[:, order] / spread).astype(np.float32))

    def apply(self, x: Floats) -> Floats:
        """(n, c) to (n, dim), not normalised: linear, so that mixed features have mixed targets."""
        return np.asarray((x - self.mean) @ self.matrix, np.float32)
