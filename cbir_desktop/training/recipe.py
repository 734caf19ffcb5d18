"""The recipe of an encoder: everything that decides its weights, read from TOML."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from cbir_desktop.core.errors import KnownError

T = TypeVar("T")


@dataclass(frozen=True)
class StageShape:
    """Blocks of one stage: ``hidden`` is the wide side, ``width`` the narrow one, ``blocks`` follow the first one.

    ``depthwise`` is the kernel size of their depthwise convolutions, 0 for plain 3x3 ones; ``first`` is the wide side
    of the block that halves the picture, 0 for ``hidden``.
    """

    hidden: int
    width: int
    blocks: int
    depthwise: int = 0
    first: int = 0


@dataclass(frozen=True)
class StudentShape:
    """``stages`` are the four that halve the picture; the fifth is one 1x1 convolution to 1280 channels."""

    input_size: int
    stem: int
    dim: int
    stages: tuple[StageShape, ...]


@dataclass(frozen=True)
class DataRecipe:
    """``picture_size``: side of the squares that photos are kept as. ``validation``: share of each source's classes
    that is kept aside whole, and of the other photos."""

    picture_size: int = 224
    validation: float = 0.12


@dataclass(frozen=True)
class TeacherRecipe:
    """``inner``: the network whose inner tensors are imitated; ``pooled``: those whose pooled features are, with
    their ``weights``. ``power`` is how far principal components are whitened: 0 not at all, 1 fully."""

    inner: str
    pooled: tuple[str, ...]
    weights: tuple[float, ...]
    size: int = 224
    power: float = 0.5


@dataclass(frozen=True)
class Phase:
    """``kind``: ``apart`` (stage by stage), ``together`` (end to end on the five tensors), ``pooled`` (end to end on
    the pooled features). ``crops`` is its length, ``rounds`` the number of seeded crops a photo with known answers.

    Shares of the crops: ``mixup`` of the batches are mixed, ``edits`` of the crops slightly edited, ``hard`` of a batch
    are strongly edited copies (one of ``hard_rounds`` a photo) of photos whose crops are in it too; their answer is
    that about the photo itself. Weights of the losses besides the cosine: ``features``, ``maps`` (the teachers'
    features place by place), ``relations``, and ``copies`` (copy and crop know each other) and ``spread``.
    """

    name: str
    kind: str
    crops: int
    sizes: tuple[int, ...]
    rate: float
    rounds: int = 1
    batch: int = 64
    decay: float = 0.02
    warmup: int = 200
    mixup: float = 0.0
    edits: float = 0.0
    hard: float = 0.0
    hard_rounds: int = 1
    features: float = 0.0
    maps: float = 0.0
    relations: float = 0.0
    copies: float = 0.0
    spread: float = 0.0
    outliers: float = 0.0

    def steps(self) -> int:
        return max(1, self.crops // self.batch)


@dataclass(frozen=True)
class EndingRecipe:
    """What is fitted behind the trained network: ``dim`` dimensions; ``shrinkage`` of the covariance that is evened out
    towards even variances; ``edits``: how much of that covariance is of ``rounds`` edited copies of each photo, the
    rest of photos of a class."""

    dim: int
    shrinkage: float
    edits: float
    rounds: int = 2

    def __post_init__(self) -> None:
        if not (self.dim >= 1 and 0 < self.shrinkage <= 1 and 0 <= self.edits < 1 and self.rounds >= bool(self.edits)):
            raise ValueError(f"no ending can be fitted by {self}")


@dataclass(frozen=True)
class Recipe:
    seed: int
    student: StudentShape
    teachers: TeacherRecipe
    data: DataRecipe = field(default_factory=DataRecipe)
    phases: tuple[Phase, ...] = ()
    ending: EndingRecipe | None = None

    @property
    def dim(self) -> int:
        """That of the finished encoder's vectors."""
        return self.ending.dim if self.ending else self.student.dim


def load_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises ``KnownError`` when the file is not one."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return parse_recipe(table)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise KnownError(f"{path} is not a training recipe: {error}", "bad-recipe") from error


def parse_recipe(table: dict[str, Any]) -> Recipe:
    student = dict(table["student"])
    student["stages"] = tuple(_record(StageShape, stage) for stage in student["stages"])
    phases = tuple(_record(Phase, phase) for phase in table.get("phases", ()))
    kinds = {phase.kind for phase in phases} - {"apart", "together", "pooled"}
    if kinds:
        raise ValueError(f"unknown kinds of phase: {sorted(kinds)}")
    return Recipe(
        int(table["seed"]),
        _record(StudentShape, student),
        _record(TeacherRecipe, table["teachers"]),
        _record(DataRecipe, table.get("data", {})),
        phases,
        _record(EndingRecipe, table["ending"]) if "ending" in table else None,
    )


def _record(kind: type[T], table: dict[str, Any]) -> T:
    unknown = set(table) - {item.name for item in fields(kind)}  # type: ignore[arg-type]
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()})
