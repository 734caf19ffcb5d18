"""An encoder adapted to a collection, from its pictures to an ONNX file with a model card among the models."""

import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image
from cbir_desktop.encoders.adding import Wishes, add_model, free_name
from cbir_desktop.encoders.models import ModelEntry, build
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.onnx_cut import cut_at
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare
from cbir_desktop.evaluation.datasets import DISTRACTOR, ImageSet
from cbir_desktop.evaluation.embed import Decoding, Problem, decoder
from cbir_desktop.training.adapt import Learned, Plan, learn
from cbir_desktop.training.backbones import OWN, Backbone, Tail, Unit, described, own, trainable
from cbir_desktop.training.export_torchvision import export_onnx

TOLERANCE = 1e-3
"""Between numbers of a unit vector by torch and by onnxruntime."""
_NEW: dict[str, Any] = {"rate": 1e-3, "keep": 0.0}
_MIN_SIDE = 256
_TRIED = 8
_TORCH_OPSETS = range(9, 21)
"""What torch's exporter by tracing can write."""


@dataclass(frozen=True)
class Start:
    """What it begins from: ``backbone`` is ``mlp``, ``cnn`` or the name of a network with +POOL; ``trained``: whether a
    network's own weights are learned too (those of ``mlp`` and ``cnn`` always are)."""

    backbone: str = "default"
    trained: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it begins from random weights."""
        return self.backbone in OWN

    def plan(self, **wishes: Any) -> Plan:
        """The ready-made plan, but for ``wishes`` that are not None. A new network has nothing worth keeping, and a
        longer way to go. Raises ``KnownError``."""
        ready = _NEW if self.is_new else {}
        return Plan(**ready | {name: value for name, value in wishes.items() if value is not None})


@dataclass(frozen=True)
class Beginning:
    """``start`` with the network that it names; small enough to be sent to another process."""

    start: Start
    entry: ModelEntry | None

    @classmethod
    def of(cls, start: Start, models: Path) -> "Beginning":
        """Raises ``KnownError``: see ``described``."""
        return cls(start, None if start.is_new else described(start.backbone, models))

    @property
    def learns(self) -> bool:
        """Whether the backbone's weights are learned, not its head's alone."""
        return self.start.is_new or self.start.trained

    def backbone(self, seed: int) -> Backbone | None:
        """As it is before anything is learned; None where it is left alone. Raises ``KnownError``: see
        ``trainable``."""
        if not self.learns:
            return None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return own(self.start.backbone) if self.entry is None else trainable(self.entry)


@dataclass(frozen=True)
class Collection:
    """``pictures``: what ``adapt.learn`` takes. ``labels``: (n,) from 0 without gaps. ``tried``: some of the pictures,
    to compare torch and onnxruntime on."""

    pictures: Tensor
    labels: npt.NDArray[np.int64]
    classes: int
    tried: Sequence[Image]
    problems: Sequence[Problem]


class Adapting:
    """One backbone and the pictures it is adapted to; ``learn`` may be called with one plan after another."""

    def __init__(self, images: ImageSet, start: Start, models: Path, task: Task = NULL_TASK) -> None:
        """Reads every picture with a class. Raises ``KnownError``: see ``described`` and ``trainable``, and where there
        are under two classes."""
        self.start = start
        self.beginning = Beginning.of(start, models)
        self._entry = self.beginning.entry
        self.collection = self._read(images.subset(np.flatnonzero(images.labels != DISTRACTOR).tolist()), task)

    def _read(self, images: ImageSet, task: Task) -> Collection:
        images.require_classes()
        decoding = Decoding(images, decoder(_MIN_SIDE), task)
        encode = self._encoding()
        tried: list[Image] = []
        rows = []
        for image in decoding:
            tried += [image] if len(tried) < _TRIED else []
            rows.append(encode(image))
        usable = images.subset(decoding.rows).require_classes()
        classes, labels = np.unique(usable.labels, return_inverse=True)
        pictures = torch.from_numpy(np.stack(rows))
        return Collection(pictures, labels.astype(np.int64), len(classes), tried, decoding.problems)

    def _encoding(self) -> Callable[[Image], npt.NDArray[Any]]:
        backbone = self.beginning.backbone(0)
        if backbone is None:
            assert self._entry is not None
            encoder = build(self._entry)
            return lambda image: encoder.encode([image])[0]
        spec = backbone.spec
        # Half floats: an eighth of the step between two levels of a channel, and half the memory.
        return lambda image: prepare(image, spec)[0].astype(np.float16)

    def learn(
        self, plan: Plan, task: Task = NULL_TASK, report: Callable[[int, float], None] | None = None
    ) -> tuple[Learned, Backbone | None]:
        """What was learned, and the backbone as it is then; None where it was left alone."""
        backbone = self.beginning.backbone(plan.seed)
        network = None if backbone is None else backbone.network
        new = self.start.is_new
        found = learn(self.collection.pictures, self.collection.labels, plan, network, task, report, new)
        return found, backbone

    def write(self, folder: Path, name: str, learned: Learned, backbone: Backbone | None, told: str) -> ModelEntry:
        """NAME.onnx with its description in ``folder``. ``told``: what was trained on.

        Raises ``KnownError``, kind ``bad-export`` where onnxruntime gives other vectors than torch.
        """
        name = free_name(name, folder)
        spec = replace(backbone.spec if backbone is not None else self._spec(), pool="none", output="embedding")
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / f"{name}.onnx"
            if backbone is not None and backbone.graph is None:
                network = nn.Sequential(backbone.network, learned.head, Unit()).eval().requires_grad_(False)
                output = "embedding"
                export_onnx(network, spec.input_size, file, output)
            else:
                spec, output = replace(spec, layout=self._spec().layout), f"{name}/embedding"
                self._append(file, learned.head, None if backbone is None else backbone.graph, f"{name}/")
            self._check(OnnxEncoder(file, replace(spec, output=output, sha256=None)), learned.head, backbone)
            wishes = Wishes(spec.mean, spec.std, spec.input_size, spec.layout, spec.resize, output)
            about = {"data": told, **({} if self._entry is None else {"licence": self._entry.licence})}
            return add_model(file, folder, wishes, name, {key: value for key, value in about.items() if value})

    def _spec(self) -> ModelSpec:
        assert self._entry is not None
        return self._entry.spec

    def _append(self, file: Path, head: nn.Module, graph: Any, prefix: str) -> None:
        """The network of the entry, with the weights of ``graph`` where it was trained, and the head behind it; the
        names in the head begin with ``prefix``."""
        assert self._entry is not None
        encoder = build(self._entry)
        assert isinstance(encoder, OnnxEncoder)
        data = self._entry.path.read_bytes()
        network = onnx.load_from_string(cut_at(data, encoder.output)) if graph is None else graph.onnx()
        opset = next(one.version for one in network.opset_import if one.domain in ("", "ai.onnx"))
        if opset not in _TORCH_OPSETS:
            raise KnownError(f"a layer behind a network of opset {opset} cannot be written here", "bad-export")
        shape = encoder.output_shape()
        tail = nn.Sequential(Tail(self._spec(), shape), head, Unit()).eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch calls tracing the old way, as in export_torchvision
            torch.onnx.export(
                tail, (torch.ones(2, *shape[1:]),), str(file), input_names=["behind"], output_names=["embedding"],
                dynamic_axes={"behind": {0: "n"}, "embedding": {0: "n"}}, opset_version=opset, dynamo=False,
            )  # fmt: skip
        behind = onnx.compose.add_prefix(onnx.load(file), prefix)
        behind.ir_version = network.ir_version
        network.functions.clear()  # what torch leaves of its own operators, all inlined
        onnx.save(onnx.compose.merge_models(network, behind, [(encoder.output, f"{prefix}behind")]), file)

    def _check(self, encoder: OnnxEncoder, head: nn.Module, backbone: Backbone | None) -> None:
        rows = self.collection.pictures[: len(self.collection.tried)].float()
        with torch.inference_mode():
            vectors = rows if backbone is None else backbone.network.eval()(rows)
            wanted = nn.functional.normalize(head(vectors)).numpy()
        worst = float(np.abs(encoder.encode(self.collection.tried) - wanted).max())
        # Pictures are kept as half floats where the backbone is trained.
        if not worst <= (TOLERANCE if backbone is None else 10 * TOLERANCE):
            raise KnownError(f"onnxruntime and torch differ by {worst:.2g}", "bad-export")

    def write_card(self, entry: ModelEntry, plan: Plan, learned: Learned, measured: str = "", tried: int = 1) -> Path:
        """NAME.md beside the network. ``measured``: a table of what it reaches on pictures that it has not seen.
        ``tried``: of how many plans this one was chosen. Raises OSError."""
        weights = "learned" if self.beginning.learns else "left as they were"
        path = entry.path.with_suffix(".md")
        told = "third of the classes" if plan.aside == "classes" else "fifth of each class"
        chosen = f"epoch, and this plan among {tried}" if tried > 1 else "epoch"
        card = f"""# {entry.name}

An encoder adapted to a collection by `cbir train encoder`.

| | |
|---|---|
| begun from | {self.start.backbone}, its weights {weights} |
| data | {entry.data}: {len(self.collection.labels)} pictures in {self.collection.classes} classes |
| loss | {plan.loss}{"" if plan.loss == "classification" else f", sampling {plan.sampling}, margin {plan.margin:g}"} |
| batches | {plan.of_each} pictures of {plan.classes_at_once} classes, AdamW, rate {plan.rate:g}, weight decay \
{plan.decay:g}, seed {plan.seed} |
| mixed | {plan.keep:g} of the weights it began with, {1 - plan.keep:g} of those it learned |
| epochs | {len(learned.curve)} of at most {plan.epochs}, patience {plan.patience} |
| dimensions | {learned.head.out_features}{f", by {plan.hidden} hidden units beside" if plan.hidden else ""} |
| mAP of the {told} kept aside, among themselves | {learned.before:.4f} before, {learned.after:.4f} after |

They chose the {chosen}: that figure is a little too good. The encoder serves the classes that it was shown most, and
others like them; for pictures of other kinds it may be worse than what it began from.
"""
        card += f"\nOn pictures that it was not trained on:\n\n{measured}" if measured else ""
        write_atomic(path, card.encode())
        return path
