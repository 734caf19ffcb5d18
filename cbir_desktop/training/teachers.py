"""Teachers: ONNX networks read with onnxruntime, their inner tensors, and their answers kept on disk."""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
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
from cbir_desktop.training.augment import Views, look
from cbir_desktop.training.data import Pictures

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]


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

    def pooled(self, x: Tensor) -> Floats:
        """Average-pooled features (n, c)."""
        return np.asarray(self.tensors(x)[-1].mean((2, 3)).cpu().numpy(), np.float32)


def _session(path: Path, options: Any) -> Any:
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def pooled_views(teacher: Teacher, pictures: Pictures, views: Views, size: int, batch: int = 64) -> Floats:
    """Pooled features (n, c) of all pictures, each through its view."""
    parts = []
    for start in range(0, len(pictures), batch):
        rows = np.arange(start, min(start + batch, len(pictures)))
        x = look(torch.from_numpy(np.array(pictures[start : start + batch])), views.of(rows), size)
        parts.append(teacher.pooled(x * 2 - 1))
    return np.concatenate(parts)


def answers(
    folder: Path, teacher: Path, pictures: Pictures, views: Views, size: int, name: str
) -> npt.NDArray[np.float16]:
    """Pooled features (n, c) float16 of every picture through its view, kept in ``folder`` under ``name``."""
    path = folder / f"answers-{teacher.stem}-{size}-{name}.npy"
    if not path.exists():
        log.info("asking %s about %d crops (%s)", teacher.stem, len(pictures), name)
        found = pooled_views(Teacher(teacher), pictures, views, size).astype(np.float16)
        replace_atomic(path, lambda temporary: _save(temporary, found))
    kept: npt.NDArray[np.float16] = np.load(path)
    if len(kept) != len(pictures):
        raise KnownError(f"{path} holds answers about other photos: remove it", "stale-cache")
    return kept


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
