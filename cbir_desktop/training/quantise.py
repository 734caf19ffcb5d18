"""A network's int8 variant: static QDQ quantisation by onnxruntime, checked against the float32 one.

Weights per channel, activations by what they are on calibration pictures (Jacob et al. 2018; Krishnamoorthi 2018) but
for the last ten-thousandth, which would cost all others their resolution (Wu et al. 2020, section 4: percentile).
Dynamic quantisation is out of the question: on convolutions it was two to five times slower than float32.
"""

import hashlib
import logging
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import MissingPluginError
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.onnx import OnnxEncoder, load_onnxruntime
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare

log = logging.getLogger(__name__)

COSINE = 0.99
"""What the median picture must keep, for int8 and float32 to be two variants of one encoder."""

_PERCENTILE = 99.99
WORTH_HALVING = 4096
"""Numbers: below are biases, and the scales of int8, which must be as they are."""


@dataclass(frozen=True, slots=True)
class Quantised:
    """``cosines``: (n,) of int8 and float32, a held-out picture each. ``sha256`` is that of the int8 file."""

    sha256: str
    size_bytes: int
    cosines: npt.NDArray[np.float32]

    @property
    def median(self) -> float:
        return float(np.median(self.cosines))

    @property
    def is_faithful(self) -> bool:
        return self.median >= COSINE


def quantise(
    model: Path,
    spec: ModelSpec,
    target: Path,
    calibration: Iterable[Image],
    held_out: Iterable[Image],
    keep: Collection[str] = (),
    reduce_range: bool = True,
) -> Quantised:
    """Write the int8 variant of ``model`` to ``target``, atomically, and measure it on ``held_out`` pictures.

    Both sets are training photos; a hundred of each is enough. ``keep``: names of nodes that stay as they are.
    ``reduce_range`` keeps weights to 7 bits: without it a
    processor that has AVX2 and no VNNI saturates its 16-bit sums, and would give other vectors than one that has.
    An answer that is not faithful is logged as a warning and returned: whether to ship it is the caller's. Raises
    ``MissingPluginError`` without onnx, and ValueError for no pictures.
    """
    load_onnxruntime()
    try:
        from onnxruntime import quantization
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as error:
        raise MissingPluginError(f"quantising needs onnx: pip install 'cbir-desktop[train]' ({error})") from error
    with tempfile.TemporaryDirectory() as temporary:
        simplified, quantised = Path(temporary) / "simplified.onnx", Path(temporary) / "int8.onnx"
        # Folds batch norms into convolutions first, as they would be quantised apart.
        quant_pre_process(model, simplified, skip_symbolic_shape=True)
        quantization.quantize_static(
            str(simplified),
            str(quantised),
            _reader(quantization, _input_name(model), spec, calibration),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            reduce_range=reduce_range,
            weight_type=quantization.QuantType.QInt8,
            activation_type=quantization.QuantType.QUInt8,
            nodes_to_exclude=list(keep),
            calibrate_method=quantization.CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": _PERCENTILE},
        )
        store_as_half(quantised)
        data = quantised.read_bytes()
    write_atomic(target, data)
    digest = hashlib.sha256(data).hexdigest()
    result = Quantised(digest, len(data), cosines(model, target, spec, held_out))
    if not result.is_faithful:
        log.warning("int8 keeps a cosine of %.4f to float32 in the median, not %.2f", result.median, COSINE)
    return result


def cosines(model: Path, other: Path, spec: ModelSpec, images: Iterable[Image]) -> Vectors:
    """(n,) cosine of the vectors that two variants of a network give each picture. Raises ValueError for none."""
    bare = replace(spec, sha256=None)
    one, two = OnnxEncoder(model, bare), OnnxEncoder(other, bare)
    rows = [float((one.encode([image]) * two.encode([image])).sum()) for image in images]
    if not rows:
        raise ValueError("no pictures to compare on")
    return np.array(rows, np.float32)


def store_as_half(path: Path) -> None:
    """Rewrite a network so that float32 weights are stored as float16; each is cast back as the network is loaded."""
    import onnx

    model = onnx.load(path)
    wide = {}
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and np.prod(tensor.dims) >= WORTH_HALVING:
            half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(onnx.numpy_helper.from_array(half, tensor.name))
            wide[tensor.name] = f"{tensor.name}:float32"
    for node in model.graph.node:
        node.input[:] = [wide.get(name, name) for name in node.input]
    casts = [onnx.helper.make_node("Cast", [one], [two], to=onnx.TensorProto.FLOAT) for one, two in wide.items()]
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    known = [info for info in model.graph.value_info if info.name not in wide]  # what it said of their type is over
    del model.graph.value_info[:]
    model.graph.value_info.extend(known)
    path.write_bytes(model.SerializeToString())


def _input_name(model: Path) -> str:
    session = load_onnxruntime().InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return str(session.get_inputs()[0].name)


def _reader(quantization: object, name: str, spec: ModelSpec, images: Iterable[Image]) -> object:
    """A ``CalibrationDataReader``: its base class can only be named once onnxruntime.quantization is there."""
    feeds: Iterator[dict[str, Vectors]] = ({name: prepare(image, spec)} for image in images)

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc,name-defined]
        def get_next(self) -> dict[str, Vectors] | None:
            return next(feeds, None)

    return Reader()
