"""An inner tensor of an ONNX file as the output of the network, without the package ``onnx`` and without running
anything: the graph's bytes are copied field by field, less what that tensor does not need."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.onnx_file import fields

# Field numbers of onnx.proto3.
_MODEL_GRAPH = 7
_NODE, _INITIALIZER, _OUTPUT, _VALUE_INFO = 1, 5, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_ATTRIBUTE = 1, 2, 5
_ATTRIBUTE_GRAPHS = (6, 11)
_TENSOR_NAME, _VALUE_NAME = 8, 1
_BYTES = 2


def inner_tensors(data: bytes) -> list[str]:
    """What the nodes of the graph give, in their order. ``data`` must have passed ``check_complete``."""
    return [name for node in _nodes(_graph(data)) for name in _texts(node, _NODE_OUTPUT)]


def cut_at(data: bytes, tensor: str) -> bytes:
    """The network of ``data`` with ``tensor`` as its only output, bare of all nodes and weights behind it.

    Raises ``KnownError`` (kind ``unsupported-network``) where no node gives it.
    """
    known = inner_tensors(data)
    if tensor not in known:
        near = get_close_matches(tensor, known, 8, 0.3) or known[-8:]
        raise KnownError(
            f"the network has no tensor {tensor!r}; among others: {', '.join(near)}", "unsupported-network"
        )
    graph = _graph(data)
    needed = _needed(list(_nodes(graph)), tensor)
    kept = b"".join(_kept(graph, needed))
    output = _field(_OUTPUT, _field(_VALUE_NAME, tensor.encode()))
    rest = (bytes(raw) for number, _, _, raw in fields(memoryview(data)) if number != _MODEL_GRAPH)
    return b"".join([*rest, _field(_MODEL_GRAPH, kept + output)])


def _kept(graph: memoryview, needed: set[str]) -> Iterator[bytes]:
    for number, _, part, raw in fields(graph):
        if number in (_OUTPUT, _VALUE_INFO):
            continue
        if part is not None and number == _NODE and not needed.intersection(_texts(part, _NODE_OUTPUT)):
            continue
        if part is not None and number == _INITIALIZER and not needed.intersection(_texts(part, _TENSOR_NAME)):
            continue
        yield bytes(raw)


def _needed(nodes: list[memoryview], tensor: str) -> set[str]:
    """All tensors that ``tensor`` is made of: nodes stand behind those that feed them (onnx.proto3, GraphProto)."""
    needed = {tensor}
    for node in reversed(nodes):
        if needed.intersection(_texts(node, _NODE_OUTPUT)):
            needed.update(_fed(node))
    return needed


def _fed(node: memoryview) -> Iterable[str]:
    """What a node reads, also from inside the graphs of a loop or a branch."""
    yield from _texts(node, _NODE_INPUT)
    for number, _, attribute, _ in fields(node):
        if number == _NODE_ATTRIBUTE and attribute is not None:
            for inside, _, graph, _ in fields(attribute):
                if inside in _ATTRIBUTE_GRAPHS and graph is not None:
                    yield from _texts(graph, _OUTPUT, _VALUE_NAME)  # a branch may hand on what lies outside
                    for inner in _nodes(graph):
                        yield from _fed(inner)


def _graph(data: bytes) -> memoryview:
    """Raises ValueError where there is none: ``check_complete`` looks first."""
    found = [part for number, _, part, _ in fields(memoryview(data)) if number == _MODEL_GRAPH and part is not None]
    if len(found) != 1:
        raise ValueError(f"a model has one graph, not {len(found)}")
    return found[0]


def _nodes(graph: memoryview) -> Iterator[memoryview]:
    return (part for number, _, part, _ in fields(graph) if number == _NODE and part is not None)


def _texts(message: memoryview, number: int, inside: int | None = None) -> list[str]:
    """The texts in field ``number``, or in field ``inside`` of the messages there."""
    parts = [part for found, _, part, _ in fields(message) if found == number and part is not None]
    if inside is not None:
        return [text for part in parts for text in _texts(part, inside)]
    return [bytes(part).decode(errors="replace") for part in parts]


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
