"""Each criterion picks the right one and says why; nothing is marked that no rule and no person marked."""

import pytest

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.choosing import Context, Member, Preview, Ties, choose, preview
from cbir_desktop.library.keep_rules import PRESETS, KeepRules, Rule

ALL = frozenset(Relation) - {Relation.SAME_SCENE, Relation.UNRELATED}
X, Y, Z = b"x" * 32, b"y" * 32, b"z" * 32


def member(path, content=X, **facts):
    return Member(path, content, **{"size_bytes": 100, "width": 40, "height": 30, "format": "JPEG", **facts})


def ties(*contents, relations=(Relation.RE_ENCODED,)):
    return lambda a, b: Ties(frozenset(relations)) if {a, b} <= set(contents) else None


def states(picks):
    return [pick.state for pick in picks]


BETTER = [
    (Rule("resolution"), {"width": 80}, {}, "more pixels"),
    (Rule("format"), {"format": "HEIF"}, {}, "nearer to the camera"),
    (Rule("format"), {}, {"format": "PNG"}, "nearer to the camera"),
    (Rule("jpeg-quality"), {"jpeg_quality": 95}, {"jpeg_quality": 60}, "less compressed"),
    (Rule("sharpness"), {"sharpness": 200.0}, {"sharpness": 100.0}, "sharper"),
    (Rule("exif"), {"exif": 3}, {"exif": 1}, "EXIF says more"),
    (Rule("oldest"), {"taken": "2019-05-04T10:00:00"}, {"taken": "2021-05-04T10:00:00"}, "taken first"),
    (Rule("oldest"), {"taken": "2021-05-04T10:00:00"}, {}, "taken first"),
    (Rule("size"), {"size_bytes": 200}, {}, "larger"),
    (Rule("size", smaller=True), {}, {"size_bytes": 200}, "smaller"),
]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("rule", "better", "worse", "words"), BETTER)
def test_each_criterion(rule, better, worse, words, first):
    good, bad = member("/a/good.jpg", X, **better), member("/a/bad.jpg", Y, **worse)
    members = [good, bad] if first else [bad, good]
    picks = choose(members, KeepRules(ALL, (rule,)), Context(ties(X, Y)))
    by_path = {m.path: pick for m, pick in zip(members, picks, strict=True)}
    assert (by_path[good.path].state, by_path[bad.path].state) == ("kept", "marked")
    assert words in by_path[good.path].reason
    assert words in by_path[bad.path].reason
    assert by_path[bad.path].to == good.path


def test_a_whole_picture_over_its_crop():
    context = Context(lambda content, kept: Ties(frozenset({Relation.CROPPED}), is_crop=content == Y))
    whole, crop = member("/a/whole.jpg", X), member("/a/crop.jpg", Y, width=4000)
    rules = KeepRules(ALL, (Rule("whole"), Rule("resolution")))
    assert states(choose([crop, whole], rules, context)) == ["marked", "kept"]
    picks = choose([crop, whole], KeepRules(ALL - {Relation.CROPPED}, rules.rules), context)
    assert states(picks) == ["open", "kept"]
    assert "cropped" in picks[0].reason


def test_folders_in_their_order_and_names():
    rules = KeepRules(ALL, (Rule("folder", ("/originals", "/phone")),))
    members = [member("/phone/x.jpg"), member("/originals/sub/x.jpg"), member("/elsewhere/x.jpg")]
    assert states(choose(members, rules)) == ["marked", "kept", "marked"]
    assert states(choose([member("/originalsX/x.jpg"), member("/phone/x.jpg")], rules)) == ["marked", "kept"]
    rules = KeepRules(ALL, (Rule("name", pattern="*COPY*", unless=True),))
    assert states(choose([member("/a/x copy.jpg"), member("/copy/x.jpg")], rules)) == ["marked", "kept"]


def test_the_first_rule_that_tells_them_apart_decides():
    small, large = member("/a/small.jpg", width=10, exif=4), member("/a/large.jpg", exif=0)
    assert states(choose([small, large], KeepRules(ALL, (Rule("resolution"), Rule("exif"))))) == ["marked", "kept"]
    assert states(choose([small, large], KeepRules(ALL, (Rule("exif"), Rule("resolution"))))) == ["kept", "marked"]


def test_a_little_sharper_is_alike():
    one, other = member("/a/1.jpg", sharpness=100.0), member("/a/2.jpg", sharpness=105.0)
    assert states(choose([one, other], KeepRules(ALL, (Rule("sharpness"),)))) == ["open", "open"]


def test_nothing_is_marked_without_a_rule_or_where_the_rules_see_no_difference():
    members = [member("/a/1.jpg"), member("/a/2.jpg")]
    for rules in (KeepRules(), KeepRules(ALL), KeepRules(ALL, (Rule("resolution"),))):
        picks = choose(members, rules)
        assert states(picks) == ["open", "open"]
        assert all(pick.reason for pick in picks)


def test_a_relation_that_is_not_allowed_is_never_marked():
    members = [member("/a/1.jpg", X, width=80), member("/a/2.jpg", Y), member("/a/3.jpg", X)]
    rules = KeepRules(frozenset({Relation.IDENTICAL_BYTES}), (Rule("resolution"),))
    assert states(choose(members, rules, Context(ties(X, Y)))) == ["kept", "open", "marked"]
    assert states(choose(members, KeepRules(ALL, rules.rules))) == ["kept", "open", "marked"], "unknown relations"


def test_what_a_person_decided_comes_first():
    members = [member("/a/1.jpg", X, width=80), member("/a/2.jpg", Y), member("/a/3.jpg", Z, width=60)]
    rules = KeepRules(ALL, (Rule("resolution"),))
    context = Context(ties(X, Y, Z), preferred=[(Y, X), (Y, Z)])
    picks = choose(members, rules, context)
    assert states(picks) == ["marked", "kept", "marked"]
    assert (picks[0].reason, picks[1].reason) == ("you prefer 2.jpg", "you prefer it")
    picks = choose(members, rules, Context(ties(X, Y, Z), separate=[frozenset((X, Y))]))
    assert states(picks) == ["kept", "open", "marked"]
    picks = choose(members, rules, Context(ties(X, Y, Z), by_hand={"/a/1.jpg": False, "/a/2.jpg": True}))
    assert states(picks) == ["marked", "kept", "marked"]
    everything = Context(ties(X, Y, Z), by_hand={m.path: False for m in members})
    assert states(choose(members, rules, everything)) == ["open"] * 3


def test_what_is_protected_is_never_marked():
    reference = member("/reference/1.jpg", Y, protected="in a reference folder")
    members = [member("/a/1.jpg", X, width=800), reference]
    picks = choose(members, KeepRules(ALL, (Rule("resolution"),)), Context(ties(X, Y)))
    assert states(picks) == ["marked", "kept"]
    assert "reference" in picks[0].reason
    both = [reference, member("/reference/2.jpg", Y, protected="in a reference folder")]
    assert states(choose(both, KeepRules(ALL, (Rule("resolution"),)))) == ["kept", "kept"]


def test_the_preview_counts_what_would_go():
    rules = KeepRules(ALL, (Rule("resolution"),))
    decided = [member("/a/1.jpg", width=80), member("/a/2.jpg", size_bytes=30), member("/a/3.jpg", size_bytes=7)]
    undecided = [member("/b/1.jpg"), member("/b/2.jpg")]
    assert preview((group, choose(group, rules)) for group in (decided, undecided)) == Preview(2, 37, 1)


def test_presets():
    same = [member("/a/IMG_1 (2).jpg"), member("/a/IMG_1.jpg")]
    assert states(choose(same, PRESETS["identical"][1])) == ["marked", "kept"]
    assert states(choose(same, PRESETS["none"][1])) == ["open", "open"]
    scaled = [member("/a/web.jpg", Y, width=20), member("/a/full.jpg", X)]
    context = Context(ties(X, Y, relations=(Relation.RESIZED,)))
    assert states(choose(scaled, PRESETS["best-quality"][1], context)) == ["marked", "kept"]
    assert states(choose(scaled, PRESETS["identical"][1], context))[0] == "open"
