"""What only the bytes of a file tell about its worth: read for the members of groups, and only where a rule asks."""

from collections.abc import Sequence
from dataclasses import replace

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.quality import jpeg_quality, sharpness
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.keep_rules import KeepRules
from cbir_desktop.library.session import Session

_SIDE = 512  # sharpness is measured at this long side: a picture decoded to it as its short side is large enough


def measured(session: Session, members: Sequence[Member], rules: KeepRules) -> list[Member]:
    """The members with JPEG quality and sharpness, where the rules look at them; each content is read once. What cannot
    be read stays unknown."""
    asked = {rule.by for rule in rules.rules} & {"jpeg-quality", "sharpness"}
    if not asked or len({member.content for member in members}) == 1:
        return list(members)

    def facts(member: Member) -> tuple[int | None, float | None]:
        try:
            data = read_file(member.path)
            sharp = sharpness(session.decoder.decode(data, _SIDE).image) if "sharpness" in asked else None
        except DecodeError:
            return None, None
        return jpeg_quality(data), sharp

    one_each = {member.content: member for member in reversed(members)}
    found = bounded_map(session.decoders, facts, one_each.values(), 2 * session.settings.threads)
    by_content = dict(zip(one_each, found, strict=True))
    return [
        replace(member, jpeg_quality=by_content[member.content][0], sharpness=by_content[member.content][1])
        for member in members
    ]
