"""The verdict on two pictures in words: a sentence that stands above them, and a badge that fits into a thumbnail."""

from cbir_desktop.core.verification import Relation, Verification

_SAME_FILE = "A and B are the same file, byte for byte."
_SAME_PIXELS = "A and B have the same pixels; only the files differ."
_NOT_PROVED = "Not proved: nothing shows that A and B are of one picture or one place."
_MOST_BADGES = 2


def sentence(verdict: Verification) -> str:
    """How B comes from A, what led to it, and "not proved" where nothing did: one to three sentences."""
    if verdict.label(Relation.IDENTICAL_BYTES):
        return _SAME_FILE
    if verdict.label(Relation.IDENTICAL_PIXELS):
        return _SAME_PIXELS
    if verdict.proved is None:
        return f"{_NOT_PROVED} {agreement(verdict)}".strip()
    told = _scene(verdict) if verdict.proved == "scene" else _copy(verdict)
    return f"{told} {agreement(verdict) or 'The pixels agree, laid over each other.'}"


def agreement(verdict: Verification) -> str:
    """How many of the point matches agree on one transform; empty where there are none."""
    matches = verdict.matches
    total, agree = len(matches.inlier), matches.inliers
    if not total:
        return ""
    return f"{agree or 'None'} of {total} {'match' if total == 1 else 'matches'} {'agree' if agree != 1 else 'agrees'}."


def badge(verdict: Verification) -> str:
    """What B is to A in a few words, the most telling first; empty where nothing is proved."""
    if verdict.label(Relation.IDENTICAL_BYTES):
        return "same file"
    if verdict.label(Relation.IDENTICAL_PIXELS):
        return "same pixels"
    if verdict.proved is None:
        return ""
    if verdict.proved == "scene":
        return "same scene"
    found = (_cropped_badge(verdict), _mirrored(verdict), _rotated_badge(verdict), _edited_badge(verdict))
    return ", ".join([words for words in found if words][:_MOST_BADGES]) or "copy"


def percent(share: float) -> str:
    """A share from 0 to 1; what is there is never called nothing, and a part is never called all."""
    if 0 < share < 0.01:
        return "under 1 %"
    whole = round(share * 100)
    return f"{99 if whole == 100 and share < 1 else whole} %"


def _copy(verdict: Verification) -> str:
    changes = ", ".join(filter(None, _changes(verdict)))
    if verdict.label(Relation.CROPPED) is None:
        return f"B is a copy of A{': ' + changes if changes else ''}."
    more = f", {changes}" if changes else ""
    if verdict.contains == "a":
        return f"B is a crop of A: {percent(verdict.coverage_a)} of it{more}."
    if verdict.contains == "b":
        return f"A is a crop of B: {percent(verdict.coverage_b)} of it{more}."
    return f"A and B are crops of one picture: B shows {percent(verdict.coverage_a)} of A{more}."


def _scene(verdict: Verification) -> str:
    changes = ", ".join(filter(None, (_mirrored(verdict), _rotated(verdict))))
    return f"A and B show the same scene in two exposures{': B is ' + changes if changes else ''}."


def _changes(verdict: Verification) -> tuple[str, ...]:
    resized = f"resized to {percent(verdict.scale)}" if verdict.label(Relation.RESIZED) else ""
    edited = "edited in colour or light" if verdict.label(Relation.EDITED) else ""
    bordered = "with a border, a caption or something laid over it" if verdict.label(Relation.BORDERED) else ""
    encoded = "re-encoded" if verdict.label(Relation.RE_ENCODED) else ""
    return _mirrored(verdict), _rotated(verdict), resized, edited, bordered, encoded


def _mirrored(verdict: Verification) -> str:
    return "mirrored" if verdict.label(Relation.MIRRORED) else ""


def _rotated(verdict: Verification) -> str:
    """The way it is turned on the screen: left is counter-clockwise."""
    if verdict.label(Relation.ROTATED) is None:
        return ""
    degrees = round(verdict.rotation_degrees)
    if abs(degrees) == 180:
        return "turned upside down"
    if degrees == 0:
        return f"turned by {abs(verdict.rotation_degrees):.1f}°"
    return f"turned {abs(degrees)}° to the {'left' if degrees > 0 else 'right'}"


def _rotated_badge(verdict: Verification) -> str:
    if verdict.label(Relation.ROTATED) is None:
        return ""
    return f"turned {abs(round(verdict.rotation_degrees))}°"


def _cropped_badge(verdict: Verification) -> str:
    if verdict.label(Relation.CROPPED) is None:
        return ""
    if verdict.contains == "b":
        return "uncropped"
    return f"crop {percent(verdict.coverage_a)}" if verdict.contains == "a" else "overlaps"


def _edited_badge(verdict: Verification) -> str:
    if verdict.label(Relation.EDITED):
        return "edited"
    return "bordered" if verdict.label(Relation.BORDERED) else ""
