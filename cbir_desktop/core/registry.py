"""Plug-ins by name: a dotted factory and its default arguments, imported on first use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.core.protocols import Descriptor, Encoder, Index, Matcher, Reranker

P = TypeVar("P")


@dataclass(frozen=True)
class Plugin:
    """``factory`` is ``package.module:callable``; ``extra`` is the optional dependency group that it needs."""

    factory: str
    summary: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    extra: str | None = None


class Registry(Generic[P]):
    """Plug-ins of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._plugins: dict[str, Plugin] = {}

    def register(self, name: str, plugin: Plugin) -> None:
        if name in self._plugins:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        self._plugins[name] = plugin

    def names(self) -> list[str]:
        return sorted(self._plugins)

    def plugin(self, name: str) -> Plugin:
        try:
            return self._plugins[name]
        except KeyError:
            known = ", ".join(self.names())
            raise KnownError(f"there is no {self.kind} named {name!r}; known: {known}", "unknown-name") from None

    def create(self, name: str, **arguments: Any) -> P:
        """Import and build a plug-in; ``arguments`` win over its defaults.

        Raises ``MissingPluginError`` when the package it stands on is not installed.
        """
        return self.factory(name)(**{**self.plugin(name).arguments, **arguments})

    def factory(self, name: str) -> Callable[..., P]:
        """What builds a plug-in, imported; its signature says what it needs. Raises as ``create`` does."""
        plugin = self.plugin(name)
        module_name, _, attribute = plugin.factory.partition(":")
        try:
            made: Callable[..., P] = getattr(import_module(module_name), attribute)
        except ImportError as error:
            hint = f"; install it with: pip install 'cbir-desktop[{plugin.extra}]'" if plugin.extra else ""
            raise MissingPluginError(f"{self.kind} {name!r} needs a package that is missing: {error}{hint}") from error
        return made


def imported(module: str, extra: str, what: str = "this") -> Any:
    """A module whose needs are an extra, or take seconds to import. Raises ``MissingPluginError`` that says what needs
    them."""
    try:
        return import_module(module)
    except ImportError as error:
        hint = f"pip install 'cbir-desktop[{extra}]'"
        raise MissingPluginError(f"{what} needs a package that is missing ({error}): {hint}") from error


encoders: Registry[Encoder] = Registry("encoder")
descriptors: Registry[Descriptor] = Registry("descriptor")
indexes: Registry[Index] = Registry("index")
matchers: Registry[Matcher] = Registry("matcher")
rerankers: Registry[Reranker] = Registry("reranker")

indexes.register("flat", Plugin("cbir_desktop.indexes.flat:FlatIndex", "exact search by one matrix product"))
indexes.register(
    "hnsw", Plugin("cbir_desktop.indexes.hnsw:HnswIndex", "HNSW graph (Malkov & Yashunin 2018)", extra="hnsw")
)
indexes.register(
    "inverted", Plugin("cbir_desktop.indexes.inverted:InvertedIndex", "inverted file for sparse vectors", extra="lab")
)
encoders.register("default", Plugin("cbir_desktop.encoders.models:embedded", "the embedded convolutional network"))
encoders.register("hsv", Plugin("cbir_desktop.encoders.classic:HsvHistogram", "128-bin HSV colour histogram"))
encoders.register("phash", Plugin("cbir_desktop.encoders.classic:PerceptualHash", "64-bit DCT perceptual hash"))
encoders.register(
    "pdq", Plugin("cbir_desktop.encoders.pdq:Pdq", "256-bit perceptual hash PDQ, for comparison", extra="bench")
)
for _name, _made, _summary in (
    ("gray", "hand_made:gray_histogram", "64-bin histogram of gray levels"),
    ("lab", "hand_made:lab_histogram", "256-bin L*a*b* colour histogram"),
    ("blocks", "hand_made:block_means", "means of 8 x 8 blocks in L*a*b*"),
    ("gist", "gist:Gist", "GIST, the spatial envelope (Oliva & Torralba 2001)"),
):
    encoders.register(_name, Plugin(f"cbir_desktop.encoders.{_made}", _summary))
encoders.register(
    "hog",
    Plugin("cbir_desktop.encoders.hog:hog", "histograms of oriented gradients (Dalal & Triggs 2005)", extra="lab"),
)
_LOOKS = "cbir_desktop.encoders.measured"
descriptors.register("scalable-color", Plugin(f"{_LOOKS}:ScalableColor", "MPEG-7 Scalable Color, 64 coefficients"))
descriptors.register("color-layout", Plugin(f"{_LOOKS}:ColorLayout", "MPEG-7 Color Layout, 12 coefficients"))
descriptors.register("edge-histogram", Plugin(f"{_LOOKS}:EdgeHistogram", "MPEG-7 Edge Histogram, 80 bins"))
descriptors.register("layout", Plugin(f"{_LOOKS}:Layout", "Color Layout and Edge Histogram together"))
matchers.register("sift", Plugin("cbir_desktop.matchers.sift:SiftMatcher", "RootSIFT and USAC_MAGSAC"))
rerankers.register(
    "patches",
    Plugin("cbir_desktop.rerankers.patches:PatchMatching", "parts with parts, mean distance (Razavian et al. 2014)"),
)
rerankers.register(
    "patches-best",
    Plugin(
        "cbir_desktop.rerankers.patches:PatchMatching",
        "the one pair of parts that is nearest",
        MappingProxyType({"by": "best"}),
    ),
)
rerankers.register("spatial", Plugin("cbir_desktop.rerankers.spatial:SpatialReranker", "verified inliers first"))
rerankers.register(
    "aqe", Plugin("cbir_desktop.rerankers.expansion:QueryExpansion", "average query expansion (Chum et al. 2007)")
)
rerankers.register(
    "alpha-qe",
    Plugin(
        "cbir_desktop.rerankers.expansion:QueryExpansion",
        "query expansion weighted by likeness (Radenovic et al. 2018)",
        MappingProxyType({"alpha": 3.0}),
    ),
)
rerankers.register(
    "k-reciprocal", Plugin("cbir_desktop.rerankers.k_reciprocal:KReciprocal", "shared neighbours (Zhong et al. 2017)")
)
rerankers.register(
    "diffusion",
    Plugin("cbir_desktop.rerankers.diffusion:Diffusion", "diffusion on neighbours (Iscen et al. 2017)", extra="lab"),
)
for _name, _summary in (
    ("sift-votes", "number of local matches"),
    ("wgc", "weak geometric consistency (Jégou et al. 2008)"),
    ("hpm", "Hough pyramid matching (Avrithis & Tolias 2014)"),
    ("pgm", "pairwise geometric matching (Li et al. 2015)"),
    ("vote-verify", "vote and verify (Schönberger et al. 2016)"),
    ("os2os", "objects shared with a collage (Brogan et al. 2021)"),
):
    rerankers.register(
        _name, Plugin("cbir_desktop.rerankers.local:LocalReranker", _summary, MappingProxyType({"method": _name}))
    )

BY_LOCAL_MATCHES = ("hpm", "os2os", "pgm", "sift-votes", "vote-verify", "wgc")
"""Re-rankers that look at keypoints: they take ``prepared_of``."""
BY_PARTS = ("patches", "patches-best")
"""Re-rankers that describe parts of pictures: they take ``encoder`` and ``image_of``."""
BY_VECTORS = ("alpha-qe", "aqe", "diffusion", "k-reciprocal")
"""Re-rankers that look at nothing but vectors: they take ``vectors_of``."""
