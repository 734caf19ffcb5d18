"""Take a network of the user's own into a folder of models: look at it, describe it, copy it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from cbir_desktop.core import registry
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.models import ModelEntry, describe
from cbir_desktop.encoders.onnx import load_onnxruntime, open_session, runtime_errors
from cbir_desktop.encoders.onnx_cut import cut_at
from cbir_desktop.encoders.onnx_file import check_complete
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare

IMAGENET_MEAN, IMAGENET_STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Per channel R, G, B of ImageNet's photos on the 0 to 255 scale: what most published networks are trained with."""
DEFAULT_SIZE = 224
DEFAULT_POOL = "avg"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CPU = "CPUExecutionProvider"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user said about a network; None: read from it, or the default."""

    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None
    size: int | None = None
    layout: str | None = None
    resize: str | None = None
    output: str | None = None
    pool: str | None = None


def add_model(
    file: Path, folder: Path, wishes: Wishes, name: str | None = None, about: dict[str, str] | None = None
) -> ModelEntry:
    """Copy ``file`` into ``folder`` as NAME.onnx, with its SHA-256 and how to feed it in NAME.toml.

    The description comes last, and a network without one is not a model: a kill in between leaves nothing behind that
    is used. ``name`` None: the file's. ``about``: licence, data and version. Raises ``KnownError`` (kinds ``not-onnx``,
    ``external-data``, ``custom-operators``, ``unsupported-network``, ``bad-name``, ``name-taken``,
    ``unwritable-folder``).
    """
    name = free_name(file.stem if name is None else name, folder)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error}", "missing-model") from error
    data = _until(data, file, wishes.output)
    spec, dim = inspect(data, file, wishes)
    table = table_of(f"{name}.onnx", spec, dim, about or {})
    try:
        write_atomic(folder / f"{name}.onnx", data)
        write_atomic(folder / f"{name}.toml", tomli_w.dumps(table).encode())
    except OSError as error:
        raise KnownError(f"the model cannot be written to {folder}: {error}", "unwritable-folder") from error
    return describe(folder / f"{name}.toml")


def _until(data: bytes, file: Path, output: str | None) -> bytes:
    """``data`` with ``output`` among its outputs. Raises ``KnownError`` where no node gives it."""
    if output is None:
        return data
    check_complete(data)
    session = open_session(load_onnxruntime(), data, file, 1, [_CPU])
    return data if output in [found.name for found in session.get_outputs()] else cut_at(data, output)


def free_name(name: str, folder: Path) -> str:
    """``name``, if a model in ``folder`` can have it. Raises ``KnownError`` (kind ``bad-name`` or ``name-taken``)."""
    if not _NAME.fullmatch(name) or name.lower().endswith(".toml"):
        raise KnownError(f"{name!r} cannot be a name: letters, digits, '.', '_' and '-' only; give --name", "bad-name")
    if name in registry.encoders.names():
        raise KnownError(f"{name} is a name of the program itself; choose another by --name", "name-taken")
    if (folder / f"{name}.toml").exists():
        there = folder / f"{name}.toml"
        raise KnownError(f"there is a model named {name} ({there}); choose another name, or delete it", "name-taken")
    return name


def inspect(data: bytes, file: Path, wishes: Wishes) -> tuple[ModelSpec, int]:
    """How to feed a network and what to take from it, tried on one grey picture; and the length of its vector.

    Nothing of the network is executed but by onnxruntime, without custom operators. Raises ``KnownError``.
    """
    check_complete(data)
    session = open_session(load_onnxruntime(), data, file, 1, [_CPU])
    layout, size = _input(session, wishes)
    try:
        spec = ModelSpec(
            size,
            _three(wishes.mean, IMAGENET_MEAN),
            _three(wishes.std, IMAGENET_STD),
            layout,
            wishes.resize or "squash",
            sha256=hashlib.sha256(data).hexdigest(),
        )
    except ValueError as error:
        raise KnownError(str(error), "usage") from error
    if max(spec.std) <= 1 and max(spec.mean) <= 1 and min(spec.std) < 1:
        raise KnownError("mean and std are wanted on the 0 to 255 scale: multiply yours by 255", "usage")
    return _with_output(session, spec, wishes)


def _input(session: Any, wishes: Wishes) -> tuple[str, int]:
    """(layout, side): what the network says wins, and contradicting it is an error."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise _unsupported(f"it has {len(inputs)} inputs and not one")
    shape, kind = list(inputs[0].shape), inputs[0].type
    if kind != "tensor(float)" or len(shape) != 4:
        raise _unsupported(f"its input is a {kind} of shape {shape}; a float32 batch of pictures is needed")
    batch, *sides = (side if isinstance(side, int) else None for side in shape)
    if batch not in (None, 1):
        raise _unsupported(f"it takes {batch} pictures at a time, and only so; export it with a dynamic batch")
    layouts = {"NCHW": (sides[0], sides[1:]), "NHWC": (sides[2], sides[:2])}
    fitting = [name for name, (channels, _) in layouts.items() if channels == 3] or [
        name for name, (channels, _) in layouts.items() if channels is None
    ]
    if not fitting:
        raise _unsupported(f"its input of shape {shape} does not hold pictures of three channels")
    if wishes.layout is not None and wishes.layout not in fitting:
        raise _unsupported(f"its input of shape {shape} is not {wishes.layout}")
    layout = wishes.layout or fitting[0]
    return layout, _side(layouts[layout][1], wishes.size, shape)


def _side(sides: Sequence[int | None], wished: int | None, shape: Sequence[object]) -> int:
    fixed = {side for side in sides if side is not None}
    if len(fixed) > 1:
        raise _unsupported(f"its input of shape {list(shape)} is not square")
    if fixed and wished not in (None, *fixed):
        raise _unsupported(f"its input of shape {list(shape)} has a side of {fixed.pop()}, not of {wished}")
    return fixed.pop() if fixed else wished or DEFAULT_SIZE


def _with_output(session: Any, spec: ModelSpec, wishes: Wishes) -> tuple[ModelSpec, int]:
    """The output asked for; else the first vector, else the first feature map."""
    names = [output.name for output in session.get_outputs()]
    grey = np.full((spec.input_size, spec.input_size, 3), 128, np.uint8)
    try:
        values = session.run(None, {session.get_inputs()[0].name: prepare(grey, spec)})
    except runtime_errors() as error:
        raise _unsupported(f"it cannot be run on a picture of side {spec.input_size} (--size): {error}") from error
    shapes = {name: np.shape(value) for name, value in zip(names, values, strict=True)}
    wanted = [wishes.output] if wishes.output is not None else names
    ranks = (4, 2) if wishes.pool not in (None, "none") else (2, 4)
    for rank in ranks:
        for name in wanted:
            if len(shapes[name]) == rank and shapes[name][0] == 1:
                return _pooled(spec, name, shapes[name], wishes.pool)
    listed = ", ".join(f"{name} {list(shapes[name])}" for name in wanted)
    raise _unsupported(f"no output is a vector (1, n) or a feature map of four axes: {listed}")


def _pooled(spec: ModelSpec, output: str, shape: tuple[int, ...], pool: str | None) -> tuple[ModelSpec, int]:
    if len(shape) == 2:
        if pool not in (None, "none"):
            raise _unsupported(f"its output {output} is one vector a picture: there is nothing to pool")
        return replace(spec, output=output), shape[1]
    chosen = DEFAULT_POOL if pool in (None, "none") else pool
    try:
        spec = replace(spec, output=output, pool=chosen)
    except ValueError as error:
        raise KnownError(str(error), "usage") from error
    return spec, shape[3 if spec.layout == "NHWC" else 1]


def _three(wish: Sequence[float] | None, default: tuple[float, float, float]) -> tuple[float, float, float]:
    if wish is None:
        return default
    if len(wish) not in (1, 3):
        raise KnownError("mean and std are one number, or three for R, G and B", "usage")
    r, g, b = wish if len(wish) == 3 else (wish[0],) * 3
    return float(r), float(g), float(b)


def table_of(file: str, spec: ModelSpec, dim: int, about: dict[str, str]) -> dict[str, Any]:
    """What a description file holds."""
    return {
        "file": file,
        "sha256": spec.sha256,
        "dim": dim,
        "input_size": spec.input_size,
        "layout": spec.layout,
        "mean": list(spec.mean),
        "std": list(spec.std),
        "resize": spec.resize,
        "preprocessing_version": spec.preprocessing_version,
        "output": spec.output,
        "pool": spec.pool,
        **about,
    }


def _unsupported(reason: str) -> KnownError:
    return KnownError(f"this network cannot serve as an encoder: {reason}", "unsupported-network")
