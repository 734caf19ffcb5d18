"""A look inside an ONNX file without running anything: is it one, and is it complete in itself?

The runtime needs no ``onnx`` package, and onnxruntime looks for external data before it says anything. So the few
fields that matter are read here, by the protobuf wire format and the field numbers of onnx.proto3.
"""

from collections.abc import Iterator

from cbir_desktop.core.errors import KnownError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST = 32
"""Graphs inside attributes of graphs; real networks nest two or three deep."""

# Which fields of a message hold which messages: ModelProto, GraphProto, NodeProto, ...
_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_TENSOR_EXTERNAL_DATA, _TENSOR_LOCATION = 13, 14
_MODEL_IR_VERSION, _MODEL_GRAPH = 1, 7


def check_complete(data: bytes) -> None:
    """Raise ``KnownError``: kind ``not-onnx``, or ``external-data`` where weights lie in other files."""
    try:
        found = {number for number, _, _, _ in fields(memoryview(data))}
        if not {_MODEL_IR_VERSION, _MODEL_GRAPH} <= found:
            raise ValueError("it holds no graph")
        external = _has_external_data(memoryview(data), "model", 0)
    except (ValueError, IndexError) as error:
        raise KnownError(f"this is not an ONNX file: {error}", "not-onnx") from error
    if external:
        raise KnownError(
            "the network keeps its weights in other files beside it; save it as one file"
            " (onnx.save_model(..., save_as_external_data=False))",
            "external-data",
        )


def _has_external_data(message: memoryview, kind: str, depth: int) -> bool:
    if depth > _DEEPEST * 3:
        raise ValueError("it is nested too deeply")
    if kind == "tensor":
        return any(
            number == _TENSOR_EXTERNAL_DATA or (number == _TENSOR_LOCATION and value == 1)
            for number, value, _, _ in fields(message)
        )
    inside = _INSIDE[kind]
    return any(
        _has_external_data(part, inside[number], depth + 1)
        for number, _, part, _ in fields(message)
        if number in inside and part is not None
    )


def fields(message: memoryview) -> Iterator[tuple[int, int, memoryview | None, memoryview]]:
    """(field number, value of a varint, bytes of a length-delimited field, the whole field as it stands) one after the
    other. Raises ValueError or IndexError for what is no message."""
    at = 0
    while at < len(message):
        start = at
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        value, part = 0, None
        if kind == _VARINT:
            value, at = _varint(message, at)
        elif kind == _BYTES:
            length, at = _varint(message, at)
            part, at = message[at : at + length], at + length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"an unknown wire type {kind}")
        if number == 0 or at > len(message):
            raise ValueError("it is cut off or damaged")
        yield number, value, part, message[start:at]


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
