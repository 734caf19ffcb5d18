"""Everyday photographs that are on the machine already: scikit-image and scikit-learn ship them inside their wheels."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from zlib import crc32

import numpy as np
from PIL import Image

from cbir_desktop.core.errors import MissingPluginError
from cbir_desktop.evaluation.edits import edit


@dataclass(frozen=True, slots=True)
class Photograph:
    """``package`` and ``file``: where it lies in an installed wheel. ``name`` holds no underscore."""

    name: str
    package: str
    file: str
    title: str

    @property
    def source(self) -> str:
        return f"{self.package}/{self.file}"

    def path(self) -> Path:
        """The file. Raises ``MissingPluginError`` when the package, or the picture in it, is not there."""
        spec = find_spec(self.package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            if (found := Path(folder) / self.file).is_file():
                return found
        hint = "install it with: pip install 'cbir-desktop[samples]'"
        raise MissingPluginError(f"the sample photograph {self.source} is not installed; {hint}")


PHOTOGRAPHS = (
    Photograph("astronaut", "skimage", "data/astronaut.png", "Eileen Collins, NASA"),
    Photograph("brick", "skimage", "data/brick.png", "a brick wall"),
    Photograph("camera", "skimage", "data/camera.png", "a photographer"),
    Photograph("cat", "skimage", "data/chelsea.png", "Chelsea the cat"),
    Photograph("china", "sklearn", "datasets/images/china.jpg", "a temple in China, by danielbuechele, CC BY 2.0"),
    Photograph("clock", "skimage", "data/clock_motion.png", "a clock on a wall, moved"),
    Photograph("coffee", "skimage", "data/coffee.png", "a cup of coffee"),
    Photograph("coins", "skimage", "data/coins.png", "coins from Pompeii"),
    Photograph("flower", "sklearn", "datasets/images/flower.jpg", "a dahlia, by vultilion, CC BY 2.0"),
    Photograph("gravel", "skimage", "data/gravel.png", "gravel"),
    Photograph("motorcycle", "skimage", "data/motorcycle_left.png", "a motorcycle in a workshop"),
    Photograph("rocket", "skimage", "data/rocket.jpg", "a rocket on its pad, SpaceX"),
)


COPIES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "crop": ("crop-off-centre", 1),
        "quarter-turn": ("quarter-turn", 1),
        "mirror": ("mirror", 1),
        "small": ("shrink", 2),
        "gray": ("grayscale", 2),
        "border": ("border", 2),
        "blur": ("blur", 2),
        "light": ("light", 2),
        "text": ("text", 1),
        "jpeg": ("jpeg", 2),
    }
)
"""The ten copies by name: kind and strength as ``evaluation.edits`` counts them."""

_QUALITY = 85  # of every copy; "jpeg" went through a lower one before


def write_samples(folder: Path) -> dict[Path, tuple[Photograph, str]]:
    """Write every photograph (its very bytes) and its copies; the copies by path, with what each was made of.

    A file is named ``cat.png``, a copy ``cat_mirror.jpg``. What is there already stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copies = {}
    for photograph in PHOTOGRAPHS:
        source = photograph.path()
        original = folder / f"{photograph.name}{source.suffix}"
        if not original.exists():
            original.write_bytes(source.read_bytes())
        for name in COPIES:
            copy = folder / f"{photograph.name}_{name}.jpg"
            if not copy.exists():
                _write_copy(source, name, copy)
            copies[copy] = (photograph, name)
    return copies


def _write_copy(source: Path, name: str, copy: Path) -> None:
    kind, strength = COPIES[name]
    with Image.open(source) as picture:
        original = np.ascontiguousarray(picture.convert("RGB"))
    # chances by name, the same in every run: the ranks of two runs can be compared
    chances = np.random.default_rng(crc32(copy.stem.encode()))
    edited = edit(kind, strength, original, chances).image
    Image.fromarray(edited).save(copy, quality=_QUALITY)
