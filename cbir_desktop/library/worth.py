"""What only the bytes of a file tell about its worth: read for the members of groups, and only where a rule asks."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.quality import sharpness
from cbir_desktop.images.resaved import quality_left
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.keep_rules import KeepRules
from cbir_desktop.library.session import Session

_SIDE = 512  # sharpness is measured at this long side: a picture decoded to it as its short side is large enough

_JPEGS = ("JPEG", "MPO")


def measured(session: Session, members: Sequence[Member], rules: KeepRules) -> list[Member]:
    """The members with JPEG quality and sharpness, where the rules look at them; each content is read once, and not
    again when other rules ask. What cannot be read stays unknown."""
    asked = {rule.by for rule in rules.rules} & {"jpeg-quality", "sharpness"}
    unknown = [member for member in members if _is_unknown(member, asked)]
    if not unknown or len({member.content for member in members}) == 1:
        return list(members)

    def facts(member: Member) -> tuple[int | None, float | None]:
        try:
            data = read_file(member.path)
            sharp = sharpness(session.decoder.decode(data, _SIDE).image) if "sharpness" in asked else None
        except DecodeError:
            return None, None
        return quality_left(data), sharp

    one_each = {member.content: member for member in reversed(unknown)}
    found = bounded_map(session.decoders, facts, one_each.values(), 2 * session.settings.threads)
    by_content = dict(zip(one_each, found, strict=True))

    def filled(member: Member) -> Member:
        quality, sharp = by_content.get(member.content, (None, None))
        known = member.sharpness if sharp is None else sharp
        return replace(member, jpeg_quality=member.jpeg_quality if quality is None else quality, sharpness=known)

    return [filled(member) for member in members]


def _is_unknown(member: Member, asked: Collection[str]) -> bool:
    lossy = member.format in _JPEGS and "jpeg-quality" in asked
    return (lossy and member.jpeg_quality is None) or ("sharpness" in asked and member.sharpness is None)
