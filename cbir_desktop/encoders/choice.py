"""The name under which a library keeps its encoder: which one, how its feature map is pooled, in which precision."""

import os
import re
from dataclasses import dataclass

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.pooling import MAP_POOLS

PRECISIONS = ("float32", "int8")
_PATTERN = re.compile(
    rf"(?P<name>.+?)(?:\+(?P<pool>{'|'.join(MAP_POOLS)}))?(?:@(?P<precision>{'|'.join(PRECISIONS)}))?"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """``NAME[+POOL][@PRECISION]``, as in ``resnet50+rmac`` or ``default@int8``; None: as the model's description says.

    ``name`` is one of the registry, of an added model, or the path of a ``.toml`` description.
    """

    name: str
    pool: str | None = None
    precision: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Choice":
        """Raises ``KnownError`` (kind ``unknown-name``) for an empty name."""
        found = _PATTERN.fullmatch(text)
        if found is None:
            raise KnownError("an encoder needs a name", "unknown-name")
        return cls(found["name"], found["pool"], found["precision"])

    @property
    def is_description(self) -> bool:
        return self.name.lower().endswith(".toml")

    def anchored(self) -> "Choice":
        """With the path of a description made absolute, so that it means the same wherever the program starts."""
        return Choice(os.path.abspath(self.name), self.pool, self.precision) if self.is_description else self

    def __str__(self) -> str:
        pool = f"+{self.pool}" if self.pool else ""
        return f"{self.name}{pool}" + (f"@{self.precision}" if self.precision else "")
