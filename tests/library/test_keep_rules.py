"""Rules are read strictly, and say the line."""

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.verification import Relation
from cbir_desktop.library.keep_rules import PRESETS, KeepRules, Rule, load_rules, parse_rules, rules_text

TEXT = """
# my rules
relations = ["identical-bytes", "resized"]

[[rule]]
by = "folder"
folders = ["/originals", "/phone"]

[[rule]]
by = "name"
pattern = "*copy*"
unless = true

[[rule]]
by = "size"
smaller = true
"""


def test_rules_are_read_in_their_order():
    assert parse_rules(TEXT) == KeepRules(
        frozenset({Relation.IDENTICAL_BYTES, Relation.RESIZED}),
        (
            Rule("folder", ("/originals", "/phone")),
            Rule("name", pattern="*copy*", unless=True),
            Rule("size", smaller=True),
        ),
    )


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_from_their_text(name):
    rules = PRESETS[name][1]
    assert parse_rules(rules_text(rules)) == rules


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ('relations = ["identical-bytes", "resized"]', 'relations = ["same-scene"]', 3, "same-scene"),
        ('relations = ["identical-bytes", "resized"]', "relations = 3", 3, "list of strings"),
        ('by = "size"', 'by = "beauty"', 15, "by must be one of"),
        ("smaller = true", 'smaller = "yes"', 16, "type bool"),
        ("smaller = true", "smallest = true", 16, "smallest"),
        ('folders = ["/originals", "/phone"]', "folders = []", 6, "needs folders"),
        ('folders = ["/originals", "/phone"]', "folders = [3]", 7, "list of strings"),
        ("# my rules", "delete = true", 2, "delete"),
        ("# my rules", "schema_version = 9", 2, "schema_version"),
        ("unless = true", "unless = tru", 12, "line 12"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, line, word):
    file = tmp_path / "rules.toml"
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(KnownError) as caught:
        load_rules(file)
    assert caught.value.kind == "bad-rules"
    assert f"line {line}" in str(caught.value)
    assert word in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(KnownError, match="cannot be read"):
        load_rules(tmp_path / "none.toml")
    with pytest.raises(KnownError, match=r"\[\[rule\]\]"):
        parse_rules("rule = 3")
