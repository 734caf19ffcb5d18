"""The rules by which one of several copies is kept: an ordered list in a TOML file, and presets."""

import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import tomli_w

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.verification import Relation

SCHEMA = 1
Criterion: TypeAlias = Literal[
    "resolution", "whole", "format", "jpeg-quality", "sharpness", "exif", "oldest", "folder", "name", "size"
]
CRITERIA: Mapping[str, str] = {
    "resolution": "more pixels",
    "whole": "the whole picture rather than a crop of it",
    "format": "the format nearest to the camera: raw, HEIC or AVIF, JPEG, PNG and others, the web's",
    "jpeg-quality": "the higher JPEG quality",
    "sharpness": "the sharper one",
    "exif": "more of date, camera, place and time zone in its EXIF",
    "oldest": "the earliest capture date",
    "folder": "the folder that comes first in the list",
    "name": "a name that matches a pattern, or with unless = true, one that does not",
    "size": "the larger file, or with smaller = true, the smaller one",
}
_OPTIONS: Mapping[str, Mapping[str, type]] = {
    "folder": {"folders": list},
    "name": {"pattern": str, "unless": bool},
    "size": {"smaller": bool},
}
_NEEDED: Mapping[str, str] = {"folder": "folders", "name": "pattern"}
_LONGEST = 1 << 20  # bytes of a file of rules


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion. ``folders``: of ``folder``, in their order; ``pattern``, ``unless``: of ``name``, a glob;
    ``smaller``: of ``size``."""

    by: Criterion
    folders: tuple[str, ...] = ()
    pattern: str = ""
    unless: bool = False
    smaller: bool = False

    def matches_name(self, name: str) -> bool:
        """Whether the pattern says that a file of this name be kept. Case counts nowhere."""
        return bool(fnmatch.fnmatchcase(name.lower(), self.pattern.lower())) != self.unless


@dataclass(frozen=True, slots=True)
class KeepRules:
    """``relations``: a file is marked by rule only where all that it is to the kept one is among these. The first of
    ``rules`` that tells two files apart decides. No rules: nothing is decided, nothing marked."""

    relations: frozenset[Relation] = frozenset()
    rules: tuple[Rule, ...] = ()


_SAME = frozenset({Relation.IDENTICAL_BYTES, Relation.IDENTICAL_PIXELS})
_LOSSY = _SAME | {Relation.RE_ENCODED, Relation.RESIZED}
_COPY_NAMES = ("* ([0-9])*", "* ([0-9][0-9])*", "*copy*", "*kopie*", "*copia*", "*copie*", "*~*")
_BY_NAME = tuple(Rule("name", pattern=pattern, unless=True) for pattern in _COPY_NAMES)
_QUALITY = (Rule("whole"), Rule("resolution"), Rule("format"), Rule("jpeg-quality"), Rule("exif"))

PRESETS: Mapping[str, tuple[str, KeepRules]] = {
    "none": ("Nothing is marked until you do it", KeepRules()),
    "identical": (
        "Only identical files: the one with the more original name stays",
        KeepRules(_SAME, (Rule("exif"), *_BY_NAME, Rule("oldest"))),
    ),
    "best-quality": (
        "Copies that were only scaled down or compressed again: the best stays",
        KeepRules(_LOSSY, (*_QUALITY, Rule("sharpness"), Rule("size"), *_BY_NAME)),
    ),
    "originals": (
        "What comes from the camera stays; what was edited is left to you",
        KeepRules(_LOSSY, (Rule("format"), Rule("exif"), Rule("oldest"), *_QUALITY, *_BY_NAME)),
    ),
}
"""By name: what it does, in words, and the rules."""


def load_rules(path: Path) -> KeepRules:
    """Read rules. Raises ``KnownError`` (kind ``bad-rules``) that names the line."""
    try:
        if path.stat().st_size > _LONGEST:
            raise KnownError(f"{path} is too long for a file of rules", "bad-rules")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"the rules in {path} cannot be read: {error}", "bad-rules") from error
    return parse_rules(text, str(path))


def parse_rules(text: str, source: str = "the rules") -> KeepRules:
    """Rules from TOML; what is not known is refused. Raises as ``load_rules``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # it says the line itself
        raise KnownError(f"{source}: {error}", "bad-rules") from error
    parser = _Parser(text, source)
    parser.only(table, {"schema_version", "relations", "rule"}, None)
    if table.get("schema_version", SCHEMA) != SCHEMA:
        raise parser.error(f"this program knows schema_version {SCHEMA}", None, "schema_version")
    rules = table.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise parser.error("rules are written as [[rule]]", None, "rule")
    relations = frozenset(parser.relation(name) for name in parser.texts(table, "relations", None))
    return KeepRules(relations, tuple(parser.rule(rule, number) for number, rule in enumerate(rules)))


def rules_text(rules: KeepRules) -> str:
    """Rules as TOML, which ``parse_rules`` reads."""
    table: dict[str, Any] = {
        "schema_version": SCHEMA,
        "relations": sorted(relation.value for relation in rules.relations),
    }
    table["rule"] = [_as_table(rule) for rule in rules.rules]
    return tomli_w.dumps(table)


def _as_table(rule: Rule) -> dict[str, Any]:
    values = {"folders": list(rule.folders), "pattern": rule.pattern, "unless": rule.unless, "smaller": rule.smaller}
    return {"by": rule.by, **{name: value for name, value in values.items() if value}}


class _Parser:
    def __init__(self, text: str, source: str) -> None:
        self._lines, self._source = text.splitlines(), source

    def error(self, reason: str, rule: int | None, key: str) -> KnownError:
        return KnownError(f"{self._source}, line {self._line(rule, key)}: {reason}", "bad-rules")

    def only(self, table: Mapping[str, Any], known: set[str], rule: int | None) -> None:
        for key in table:
            if key not in known:
                raise self.error(f"there is no {key!r} here; known are {', '.join(sorted(known))}", rule, key)

    def relation(self, name: str) -> Relation:
        allowed = {relation.value for relation in Relation} - {Relation.SAME_SCENE.value, Relation.UNRELATED.value}
        if name not in allowed:
            raise self.error(
                f"there is no relation {name!r}; known are {', '.join(sorted(allowed))}", None, "relations"
            )
        return Relation(name)

    def texts(self, table: Mapping[str, Any], key: str, rule: int | None) -> Sequence[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(f"{key} must be a list of strings", rule, key)
        return value

    def rule(self, table: Mapping[str, Any], number: int) -> Rule:
        by = table.get("by")
        if not isinstance(by, str) or by not in CRITERIA:
            raise self.error(f"by must be one of {', '.join(CRITERIA)}", number, "by")
        options = _OPTIONS.get(by, {})
        self.only(table, {"by", *options}, number)
        for key, kind in options.items():
            if key in table and type(table[key]) is not kind:
                raise self.error(f"{key} must be of type {kind.__name__}", number, key)
        if by in _NEEDED and not table.get(_NEEDED[by]):
            raise self.error(f"{by} needs {_NEEDED[by]}", number, "by")
        folders = tuple(self.texts(table, "folders", number)) if by == "folder" else ()
        return Rule(
            cast(Criterion, by),
            folders,
            table.get("pattern", ""),
            bool(table.get("unless", False)),
            bool(table.get("smaller", False)),
        )

    def _line(self, rule: int | None, key: str) -> int:
        """Where a key of the rule with this number stands (None: above the rules), counted from 1; TOML's parser does
        not tell."""
        heads = [number for number, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
        start = 0 if rule is None else heads[rule] if rule < len(heads) else 0
        end = next((head for head in heads if head > start), len(self._lines))
        wanted = re.compile(rf"\s*(\[*\s*)?[\"']?{re.escape(key)}\b")
        return next((number for number in range(start, end) if wanted.match(self._lines[number])), start) + 1
