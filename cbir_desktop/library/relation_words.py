"""The verdict on two pictures in words: a sentence that stands above them, and a badge that fits into a thumbnail."""

from collections.abc import Iterator

from cbir_desktop.core.verification import Relation, Verification
from cbir_desktop.core.words import say

_MOST_BADGES = 2
_GREY = 0.25
"""What is left of the saturation when a person calls it black and white."""


def sentence(verdict: Verification) -> str:
    """How B comes from A, what led to it, and "not proved" where nothing did: one to three sentences."""
    if verdict.label(Relation.IDENTICAL_BYTES):
        return say("A and B are the same file, byte for byte.")
    if verdict.label(Relation.IDENTICAL_PIXELS):
        return say("A and B have the same pixels; only the files differ.")
    if verdict.proved is None:
        told = say("Not proved: A and B have something in common, but too little to tell.")
        if verdict.label(Relation.UNRELATED):
            told = say("Not proved: nothing shows that A and B are of one picture or one place.")
        return f"{told} {agreement(verdict)}".strip()
    told = _scene(verdict) if verdict.proved == "scene" else _copy(verdict)
    return f"{told} {agreement(verdict) or say('The pixels agree, laid over each other.')}"


def agreement(verdict: Verification) -> str:
    """How many of the point matches agree on one transform; empty where there are none."""
    matches = verdict.matches
    total, agree = len(matches.inlier), matches.inliers
    if not total:
        return ""
    if not agree:
        words = say("None of {total} match agree.") if total == 1 else say("None of {total} matches agree.")
    elif total == 1:
        words = say("{agree} of {total} match agrees.")
    else:
        words = say("{agree} of {total} matches agrees.") if agree == 1 else say("{agree} of {total} matches agree.")
    return words.format(agree=agree, total=total)


def with_objects(verdict: Verification, count: int) -> str:
    """``sentence``, and how many objects both pictures show, each moved in its own way."""
    if not count:
        return sentence(verdict)
    if verdict.proved is None:
        told = say("A and B share parts, each moved in its own way; as a whole nothing is proved.")
        return f"{objects_found(count)} {told}"
    return f"{objects_found(count)} {sentence(verdict)}"


def objects_found(count: int) -> str:
    """How many objects two pictures share, each moved in its own way; empty for none."""
    if not count:
        return ""
    return say("1 object found.") if count == 1 else say("{count} objects found.").format(count=count)


def badge(verdict: Verification) -> str:
    """What B is to A in a few words, the most telling first; empty where nothing is proved."""
    if verdict.label(Relation.IDENTICAL_BYTES):
        return say("same file")
    if verdict.label(Relation.IDENTICAL_PIXELS):
        return say("same pixels")
    if verdict.proved is None:
        return ""
    if verdict.proved == "scene":
        return say("same scene")
    found = (_cropped_badge(verdict), _mirrored(verdict), _rotated_badge(verdict), _edited_badge(verdict))
    return ", ".join([words for words in found if words][:_MOST_BADGES]) or say("copy")


def percent(share: float) -> str:
    """A share from 0 to 1; what is there is never called nothing, and a part is never called all."""
    if 0 < share < 0.01:
        return say("under 1 %")
    whole = round(share * 100)
    return f"{99 if whole == 100 and share < 1 else whole} %"


def _copy(verdict: Verification) -> str:
    changes = ", ".join(filter(None, _changes(verdict)))
    if verdict.label(Relation.CROPPED) is None:
        if not changes:
            return say("B is a copy of A.")
        return say("B is a copy of A: {changes}.").format(changes=changes)
    more = f", {changes}" if changes else ""
    if verdict.contains == "a":
        return say("B is a crop of A: {share} of it{more}.").format(share=percent(verdict.coverage_a), more=more)
    if verdict.contains == "b":
        return say("A is a crop of B: {share} of it{more}.").format(share=percent(verdict.coverage_b), more=more)
    words = say("A and B are crops of one picture: B shows {share} of A{more}.")
    return words.format(share=percent(verdict.coverage_a), more=more)


def _scene(verdict: Verification) -> str:
    changes = ", ".join(filter(None, (_mirrored(verdict), _rotated(verdict))))
    if not changes:
        return say("A and B show the same scene in two exposures.")
    return say("A and B show the same scene in two exposures: B is {changes}.").format(changes=changes)


def _changes(verdict: Verification) -> tuple[str, ...]:
    encoded = say("re-encoded") if verdict.label(Relation.RE_ENCODED) else ""
    return _mirrored(verdict), _rotated(verdict), _resized(verdict), _edited(verdict), *_bordered(verdict), encoded


def _resized(verdict: Verification) -> str:
    label = verdict.label(Relation.RESIZED)
    if label is None:
        return ""
    width, height = (percent(label.numbers.get(name, verdict.scale)) for name in ("width_scale", "height_scale"))
    if width != height and abs(label.numbers["width_scale"] / label.numbers["height_scale"] - 1) > 0.02:
        words = say("stretched to {width} of its width and {height} of its height")
        return words.format(width=width, height=height)
    return say("resized to {share}").format(share=percent(verdict.scale))


def _edited(verdict: Verification) -> str:
    label = verdict.label(Relation.EDITED)
    if label is None:
        return ""
    return say("in black and white") if label.numbers.get("saturation", 1.0) < _GREY else say("edited")


def _bordered(verdict: Verification) -> Iterator[str]:
    """Something around a picture, or laid over it: there may be a label for each."""
    for label in verdict.labels:
        if label.relation is Relation.BORDERED:
            if "overlay" in label.numbers:
                yield say("with something laid over it")
            else:
                yield say("without the border of A") if verdict.contains == "a" else say("with a border or caption")


def _mirrored(verdict: Verification) -> str:
    return say("mirrored") if verdict.label(Relation.MIRRORED) else ""


def _rotated(verdict: Verification) -> str:
    """The way it is turned on the screen: left is counter-clockwise."""
    if verdict.label(Relation.ROTATED) is None:
        return ""
    degrees = round(verdict.rotation_degrees)
    if abs(degrees) == 180:
        return say("turned upside down")
    if degrees == 0:
        return say("turned by {degrees}°").format(degrees=f"{abs(verdict.rotation_degrees):.1f}")
    words = say("turned {degrees}° to the left") if degrees > 0 else say("turned {degrees}° to the right")
    return words.format(degrees=abs(degrees))


def _rotated_badge(verdict: Verification) -> str:
    if verdict.label(Relation.ROTATED) is None:
        return ""
    return say("turned {degrees}°").format(degrees=abs(round(verdict.rotation_degrees)))


def _cropped_badge(verdict: Verification) -> str:
    if verdict.label(Relation.CROPPED) is None:
        return ""
    if verdict.contains == "b":
        return say("uncropped")
    if verdict.contains == "a":
        return say("crop {share}").format(share=percent(verdict.coverage_a))
    return say("overlaps")


def _edited_badge(verdict: Verification) -> str:
    if verdict.label(Relation.EDITED):
        return say("edited")
    return say("bordered") if verdict.label(Relation.BORDERED) else ""
