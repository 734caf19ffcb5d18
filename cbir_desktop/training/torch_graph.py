"""An ONNX network as a torch module whose weights can be trained: the operators of image networks, and no others."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.onnx_cut import cut_at

Run: TypeAlias = "Callable[[Sequence[Any], dict[str, Any]], Tensor]"
"""(inputs, attributes) of a node to its one output; an input that is left out is None."""


class TorchGraph(nn.Module):  # type: ignore[misc]
    """The graph of an ONNX file up to ``tensor``, node by node. Every weight of one or more axes is a parameter;
    scalars and the statistics of batch normalisation, which stay as they are, are buffers.

    Raises ``KnownError`` (kind ``untrainable``) for an operator, or a form of one, that is not known here.
    """

    def __init__(self, data: bytes, tensor: str) -> None:
        super().__init__()
        graph = self._model = _widened(onnx.load_from_string(cut_at(data, tensor)))
        self._nodes = [_Node(node) for node in graph.graph.node]
        weights = {one.name for one in graph.graph.initializer}
        self._input = next(one.name for one in graph.graph.input if one.name not in weights)
        self._output = tensor
        fixed = {name for node in self._nodes if node.kind == "BatchNormalization" for name in node.inputs[3:]}
        self._slots: dict[str, str] = {}
        for place, one in enumerate(graph.graph.initializer):
            self._keep(f"w{place}", one.name, torch.from_numpy(np.array(numpy_helper.to_array(one))), one.name in fixed)

    def _keep(self, slot: str, name: str, value: Tensor, fixed: bool) -> None:
        self._slots[name] = slot
        if value.is_floating_point() and value.ndim and not fixed:
            self.register_parameter(slot, nn.Parameter(value))
        else:
            self.register_buffer(slot, value)

    def forward(self, pixels: Tensor) -> Tensor:
        """What the tensor is for (n, 3, h, w), or as the network's own layout is."""
        found: dict[str, Tensor] = {name: getattr(self, slot) for name, slot in self._slots.items()}
        found[self._input] = pixels
        for node in self._nodes:
            inputs = [found[name] if name else None for name in node.inputs]
            found[node.output] = node.run(inputs, node.attributes)
        return found[self._output]

    def onnx(self) -> Any:
        """The graph as an ``onnx.ModelProto`` with the weights as they are now."""
        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        for one in model.graph.initializer:
            value = getattr(self, self._slots[one.name]).detach().numpy()
            one.CopyFrom(numpy_helper.from_array(value, one.name))
        return model


def _widened(model: Any) -> Any:
    """The same network with those weights in float32 that are stored as float16 and cast (``store_as_half``)."""
    weights = {one.name: one for one in model.graph.initializer}
    kept = []
    for node in model.graph.node:
        stored = weights.get(node.input[0]) if node.op_type == "Cast" else None
        if stored is None or stored.data_type != onnx.TensorProto.FLOAT16:
            kept.append(node)
        else:
            wide = numpy_helper.to_array(stored).astype(np.float32)
            stored.CopyFrom(numpy_helper.from_array(wide, node.output[0]))
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


class _Node:
    def __init__(self, node: Any) -> None:
        if node.op_type not in RUNS or node.domain not in ("", "ai.onnx") or len(node.output) != 1:
            raise KnownError(
                f"a network with the operator {node.op_type} cannot be trained here; without --train-backbone its"
                " vectors are kept as they are, and a layer behind them is learned",
                "untrainable",
            )
        self.kind, self.inputs, self.output = node.op_type, list(node.input), node.output[0]
        self.attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        self.run: Run = RUNS[node.op_type]
        if self.attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID") or self.attributes.get("ceil_mode"):
            raise KnownError(f"this form of {node.op_type} (auto_pad, ceil_mode) cannot be trained here", "untrainable")


def _conv(x: Any, a: dict[str, Any]) -> Tensor:
    padded = _padded(x[0], a, 0.0)
    return functional.conv2d(
        padded, *x[1:], stride=a.get("strides", 1), dilation=a.get("dilations", 1), groups=a.get("group", 1)
    )


def _padded(pixels: Tensor, a: dict[str, Any], value: float) -> Tensor:
    top, left, bottom, right = a.get("pads", (0, 0, 0, 0))
    return functional.pad(pixels, (left, right, top, bottom), value=value) if any(a.get("pads", ())) else pixels


def _gemm(x: Any, a: dict[str, Any]) -> Tensor:
    left, right = x[0].T if a.get("transA") else x[0], x[1].T if a.get("transB") else x[1]
    product = a.get("alpha", 1.0) * (left @ right)
    return product if len(x) < 3 or x[2] is None else product + a.get("beta", 1.0) * x[2]


def _clip(x: Any, a: dict[str, Any]) -> Tensor:
    low, high = (x[i] if len(x) > i and x[i] is not None else a.get(name) for i, name in ((1, "min"), (2, "max")))
    found = x[0] if low is None else torch.maximum(x[0], torch.as_tensor(low))
    return found if high is None else torch.minimum(found, torch.as_tensor(high))


def _axes(x: Any, a: dict[str, Any]) -> list[int]:
    if len(x) > 1 and x[1] is not None:
        return [int(axis) for axis in x[1]]
    return list(a.get("axes") or range(x[0].ndim))


def _reduced(reduce: Callable[[Tensor, list[int], bool], Tensor]) -> Run:
    return lambda x, a: reduce(x[0], _axes(x, a), bool(a.get("keepdims", 1)))


def _batch_norm(x: Any, a: dict[str, Any]) -> Tensor:
    return functional.batch_norm(x[0], x[3], x[4], x[1], x[2], eps=a.get("epsilon", 1e-5))


def _reshape(x: Any, a: dict[str, Any]) -> Tensor:
    sides = [x[0].shape[place] if side == 0 else int(side) for place, side in enumerate(x[1])]
    return torch.reshape(x[0], sides)


def _max_pool(x: Any, a: dict[str, Any]) -> Tensor:
    return functional.max_pool2d(_padded(x[0], a, float("-inf")), a["kernel_shape"], a.get("strides", 1))


def _average_pool(x: Any, a: dict[str, Any]) -> Tensor:
    if any(a.get("pads", ())) and not a.get("count_include_pad"):
        raise KnownError("an AveragePool that leaves out its padding cannot be trained here", "untrainable")
    return functional.avg_pool2d(_padded(x[0], a, 0.0), a["kernel_shape"], a.get("strides", 1))


RUNS: dict[str, Run] = {
    "Add": lambda x, a: x[0] + x[1],
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Clip": _clip,
    "Concat": lambda x, a: torch.cat([part for part in x if part is not None], a["axis"]),
    "Constant": lambda x, a: torch.from_numpy(np.array(numpy_helper.to_array(a["value"]))),
    "Conv": _conv,
    "Div": lambda x, a: x[0] / x[1],
    "Dropout": lambda x, a: x[0],
    "Erf": lambda x, a: torch.erf(x[0]),
    "Expand": lambda x, a: torch.broadcast_to(
        x[0], torch.broadcast_shapes(x[0].shape, tuple(int(side) for side in x[1]))
    ),
    "Flatten": lambda x, a: x[0].flatten(a.get("axis", 1)),
    "Gemm": _gemm,
    "GlobalAveragePool": lambda x, a: x[0].mean((2, 3), keepdim=True),
    "HardSigmoid": lambda x, a: (x[0] * a.get("alpha", 0.2) + a.get("beta", 0.5)).clamp(0, 1),
    "HardSwish": lambda x, a: functional.hardswish(x[0]),
    "Identity": lambda x, a: x[0],
    "LeakyRelu": lambda x, a: functional.leaky_relu(x[0], a.get("alpha", 0.01)),
    "MatMul": lambda x, a: x[0] @ x[1],
    "MaxPool": _max_pool,
    "Mul": lambda x, a: x[0] * x[1],
    "Pow": lambda x, a: x[0] ** x[1],
    "ReduceL2": _reduced(lambda x, axes, keep: x.square().sum(axes, keepdim=keep).sqrt()),
    "ReduceMax": _reduced(lambda x, axes, keep: x.amax(axes, keepdim=keep)),
    "ReduceMean": _reduced(lambda x, axes, keep: x.mean(axes, keepdim=keep)),
    "ReduceSum": _reduced(lambda x, axes, keep: x.sum(axes, keepdim=keep)),
    "Relu": lambda x, a: functional.relu(x[0]),
    "Reshape": _reshape,
    "Shape": lambda x, a: torch.tensor(x[0].shape[a.get("start", 0) : a.get("end", x[0].ndim)]),
    "Sigmoid": lambda x, a: torch.sigmoid(x[0]),
    "Sqrt": lambda x, a: x[0].sqrt(),
    "Sub": lambda x, a: x[0] - x[1],
    "Transpose": lambda x, a: x[0].permute(*a["perm"]),
}
"""What each operator does (onnx.ai/onnx/operators)."""
