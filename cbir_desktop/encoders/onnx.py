"""A network in an ONNX file as an encoder, by onnxruntime."""

import ctypes
import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.pooling import pool, unit_rows
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare

_CPU = "CPUExecutionProvider"
_CUDA = "CUDAExecutionProvider"
_UNKNOWN_OPERATOR = (
    "is not a registered function/op",
    "No opset import for domain",
    "NOT_IMPLEMENTED",
    "No Op registered",
)
_FATAL = 4
"""onnxruntime's log level: what matters is raised, and a missing GPU is no news for stderr."""


class OnnxEncoder:
    """One session, shared by all threads; pictures go through one at a time.

    Batches gain little on a CPU, and the last bits of a batched product depend on its size: this way the vector of a
    picture is the same in any company and in every run.
    """

    def __init__(
        self, model: Path | str, spec: ModelSpec, threads: int = 1, providers: Sequence[str] | None = None
    ) -> None:
        """``threads`` work on one picture; several callers with one thread each are faster than one with several.

        ``providers`` None: CUDA where onnxruntime has it and a device answers, else the CPU, which
        also serves where those named do not work. Raises
        ``MissingPluginError`` without onnxruntime, and ``KnownError`` of kind ``missing-model``, ``wrong-model``
        (another SHA-256 than the spec's) or ``damaged-model``.
        """
        runtime = load_onnxruntime()
        self.path, self.spec = Path(model), spec
        data = _read(self.path)
        digest = hashlib.sha256(data).hexdigest()
        if spec.sha256 is not None and digest != spec.sha256.lower():
            raise KnownError(f"{self.path} is not the model that is asked for (SHA-256 {digest})", "wrong-model")
        self.key = f"{digest[:16]}-p{spec.preprocessing_version}-{spec.pool}-{spec.fingerprint()}"
        self.network = f"{digest}-{replace(spec, pool='none').fingerprint()}"
        """The same for two that differ in their pooling only: ``output_of`` is one for both."""
        wanted = default_providers(runtime) if providers is None else providers
        # Asked for one that it does not have, onnxruntime warns.
        usable = [provider for provider in wanted if provider in runtime.get_available_providers()]
        self._session = open_session(runtime, data, self.path, threads, usable or [_CPU])
        self._input: str = self._session.get_inputs()[0].name
        self.output = self._output_name()
        self.dim = self._probe()

    @property
    def providers(self) -> list[str]:
        """What the network really runs on, first choice first."""
        return list(self._session.get_providers())

    def encode(self, images: Sequence[Image]) -> Vectors:
        """(n, dim) float32 unit rows, from RGB uint8 pictures of any size. Safe to call from several threads."""
        if not images:
            return np.empty((0, self.dim), np.float32)
        return np.concatenate([self.pooled(self.output_of(image)) for image in images])

    def output_of(self, image: Image) -> Floats:
        """What the network gives for one picture, before pooling: (1, c, h, w) or (1, dim)."""
        return self._run(prepare(image, self.spec))

    def pooled(self, output: Floats) -> Vectors:
        """(n, dim) unit rows of what ``output_of`` gives."""
        return unit_rows(pool(output, self.spec.pool))

    def _run(self, pixels: Vectors) -> Floats:
        output = np.asarray(self._session.run([self.output], {self._input: pixels})[0])
        if self.spec.layout == "NHWC" and output.ndim == 4:
            output = output.transpose(0, 3, 1, 2)
        return output

    def output_shape(self) -> tuple[int, ...]:
        """That of its output for one picture, before pooling."""
        grey = np.full((self.spec.input_size, self.spec.input_size, 3), 128, np.uint8)
        return np.shape(self._session.run([self.output], {self._input: prepare(grey, self.spec)})[0])

    def _output_name(self) -> str:
        names = [output.name for output in self._session.get_outputs()]
        if self.spec.output is None:
            return str(names[0])
        if self.spec.output not in names:
            raise KnownError(f"{self.path} has no output {self.spec.output!r}, but {names}", "damaged-model")
        return self.spec.output

    def _probe(self) -> int:
        """The length of a vector, from one run: a model that does not go with its spec fails here and not later."""
        grey = np.full((self.spec.input_size, self.spec.input_size, 3), 128, np.uint8)
        try:
            return int(pool(self.output_of(grey), self.spec.pool).shape[1])
        except runtime_errors() as error:
            raise KnownError(f"{self.path} does not go with its description: {error}", "damaged-model") from error


def load_onnxruntime() -> ModuleType:
    """The runtime, or a ``MissingPluginError`` that says how to get it."""
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingPluginError(
            "the network needs onnxruntime; install one of (never both): "
            "pip install 'cbir-desktop[cpu]', or with an NVIDIA GPU pip install 'cbir-desktop[gpu]'"
        ) from error
    runtime: ModuleType = onnxruntime
    return runtime


def default_providers(runtime: ModuleType) -> list[str]:
    """CUDA and the CPU where there is a device, else the CPU alone."""
    if _CUDA in runtime.get_available_providers() and _has_cuda_device():
        return [_CUDA, _CPU]
    return [_CPU]


@cache
def _has_cuda_device() -> bool:
    """Whether the driver knows a device: asked here, because onnxruntime complains on stderr when there is none."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


def open_session(runtime: ModuleType, data: bytes, path: Path, threads: int, providers: Sequence[str]) -> Any:
    """An ``onnxruntime.InferenceSession``. Raises ``KnownError`` (kind ``damaged-model``, or ``custom-operators``)."""
    runtime.set_default_logger_severity(_FATAL)
    # TF32 keeps 10 bits of a product: vectors would differ from those of the CPU in the third digit.
    options = [{"use_tf32": 0} if provider == _CUDA else {} for provider in providers]
    try:
        # Without the fallback, which prints on stdout.
        return runtime.InferenceSession(data, _options(runtime, threads), list(providers), options, enable_fallback=0)
    except runtime_errors() as error:
        if list(providers) != [_CPU]:
            return open_session(runtime, data, path, threads, [_CPU])
        kind = "custom-operators" if any(words in str(error) for words in _UNKNOWN_OPERATOR) else "damaged-model"
        why = "needs operators that onnxruntime does not have" if kind != "damaged-model" else "is not an ONNX model"
        raise KnownError(f"{path} cannot be used, it {why}: {error}", kind) from error


def _options(runtime: ModuleType, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _FATAL
    # Spinning threads burn the cores that decode the next pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # The arena stays on: with one input shape it stops growing after a run per thread.
    return options


def runtime_errors() -> tuple[type[Exception], ...]:
    """What a bad model raises: onnxruntime's own errors have no common base but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented", "RuntimeException")
    return (ValueError, RuntimeError, *(getattr(state, name) for name in names))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnownError(f"the model {path} cannot be read: {error}", "missing-model") from error
