"""What people say of a picture: date, rating, keywords and place, in XMP (ISO 16684-1), read and added to a sidecar.

Parsed without entities and document types (defusedxml): a sidecar comes from anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.dom.minidom import Document, Element
from xml.parsers.expat import ExpatError

import defusedxml.minidom
from defusedxml.common import DefusedXmlException

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.capture import capture_of, location_of, rating_of

MOST_BYTES = 1 << 24
"""Of a sidecar: the largest that editors write, with all their steps, are some megabytes."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {
    "rdf": _RDF,
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}
_DATES = (("exif", "DateTimeOriginal"), ("photoshop", "DateCreated"), ("xmp", "CreateDate"))
_PLACE = re.compile(r"(\d{1,3}),(?:(\d{1,2})(?:\.(\d+))?|(\d{1,2}),(\d{1,2}))([NSEW])")
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
)
_PACKET = re.compile(rb"<x:xmpmeta\b.*?</x:xmpmeta>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """``taken``: ISO 8601. ``rating``: 1 to 5, or -1 for rejected; None for none. ``place``: latitude and longitude in
    degrees, north and east positive."""

    taken: str | None = None
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    place: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        return self != Said()

    def lacks(self, other: "Said") -> "Said":
        """What the other says and this one does not: nothing that this one says is ever changed."""
        return Said(
            other.taken if self.taken is None else None,
            other.rating if self.rating is None else None,
            tuple(word for word in other.keywords if word not in self.keywords),
            other.place if self.place is None else None,
        )

    def with_lacking(self, other: "Said") -> "Said":
        more = self.lacks(other)
        return Said(
            self.taken or more.taken,
            more.rating if self.rating is None else self.rating,
            (*self.keywords, *more.keywords),
            self.place or more.place,
        )


def said_in_picture(data: bytes) -> Said:
    """What a picture file says itself: its XMP packet, then its EXIF. What is damaged is as if it were not there."""
    packet = _PACKET.search(data)
    try:
        said = Said() if packet is None else said_in_sidecar(packet[0])
    except KnownError:
        said = Said()
    return said.with_lacking(Said(capture_of(data).taken, rating_of(data), (), location_of(data)))


def said_in_sidecar(data: bytes) -> Said:
    """Raises ``KnownError`` (kind ``bad-xmp``) for what is no XMP, is too long, or has entities."""
    document = _parsed(data)
    dates = (value for space, name in _DATES if (value := _value(document, space, name)))
    return Said(
        next(dates, None),
        _rating(_value(document, "xmp", "Rating")),
        tuple(dict.fromkeys(_keywords(document))),
        _place(_value(document, "exif", "GPSLatitude"), _value(document, "exif", "GPSLongitude")),
    )


def with_said(sidecar: bytes | None, more: Said) -> bytes:
    """A sidecar (None: a new one) with ``more`` added, which it lacks; all else in it stays. Raises as
    ``said_in_sidecar``."""
    document = _parsed(_EMPTY.encode() if sidecar is None else sidecar)
    target = _descriptions(document)[0]
    if more.taken is not None:
        _add(document, target, "exif", "DateTimeOriginal").appendChild(document.createTextNode(more.taken))
    if more.rating is not None:
        for old in _elements(document, "xmp", "Rating"):  # 0: not rated
            old.parentNode.removeChild(old)
        for description in _descriptions(document):
            if description.hasAttributeNS(_SPACES["xmp"], "Rating"):
                description.removeAttributeNS(_SPACES["xmp"], "Rating")
        _add(document, target, "xmp", "Rating").appendChild(document.createTextNode(str(more.rating)))
    if more.keywords:
        _add_keywords(document, target, more.keywords)
    if more.place is not None:
        for name, degrees, sides in (("Latitude", more.place[0], "NS"), ("Longitude", more.place[1], "EW")):
            text = document.createTextNode(_degrees(degrees, sides))
            _add(document, target, "exif", f"GPS{name}").appendChild(text)
    return bytes(document.toxml(encoding="utf-8"))


def _parsed(data: bytes) -> Document:
    if len(data) > MOST_BYTES:
        raise KnownError("it is too long for a sidecar", "bad-xmp")
    try:
        document: Document = defusedxml.minidom.parseString(data, forbid_dtd=True)
    except (ExpatError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise KnownError(f"it is no XMP: {error}", "bad-xmp") from error
    if not _descriptions(document):
        raise KnownError("it is no XMP: it describes nothing", "bad-xmp")
    return document


def _descriptions(document: Document) -> list[Element]:
    """The outermost: those of one picture, not of a structure in it."""
    return [
        node
        for rdf in document.getElementsByTagNameNS(_RDF, "RDF")
        for node in rdf.childNodes
        if node.nodeType == node.ELEMENT_NODE and (node.namespaceURI, node.localName) == (_RDF, "Description")
    ]


def _elements(document: Document, space: str, name: str) -> list[Any]:
    """The elements of a property, directly in the descriptions."""
    key = (_SPACES[space], name)
    return [
        node
        for description in _descriptions(document)
        for node in description.childNodes
        if node.nodeType == node.ELEMENT_NODE and (node.namespaceURI, node.localName) == key
    ]


def _value(document: Document, space: str, name: str) -> str:
    """A simple property: an attribute or an element (ISO 16684-1, 7.4 and 7.9.2.2); empty where it is absent."""
    for description in _descriptions(document):
        if value := description.getAttributeNS(_SPACES[space], name).strip():
            return value
    return next((text for node in _elements(document, space, name) if (text := _text(node))), "")


def _text(node: Any) -> str:
    return "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE).strip()


def _keywords(document: Document) -> Iterator[str]:
    for node in _elements(document, "dc", "subject"):
        yield from (text for item in node.getElementsByTagNameNS(_RDF, "li") if (text := _text(item)))


def _rating(text: str) -> int | None:
    try:
        number = round(float(text))
    except (ValueError, OverflowError):
        return None
    return number if number in (-1, 1, 2, 3, 4, 5) else None


def _place(latitude: str, longitude: str) -> tuple[float, float] | None:
    found = [_angle(text) for text in (latitude, longitude)]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _angle(text: str) -> float | None:
    """Degrees of "52,31.2N" or "52,31,12N" (Exif for XMP, GPSCoordinate)."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    degrees, minutes, fraction, whole, seconds, side = match.groups()
    angle = float(degrees) + (
        float(f"{minutes}.{fraction or 0}") / 60 if minutes is not None else float(whole) / 60 + float(seconds) / 3600
    )
    return -angle if side in "SW" else angle


def _degrees(angle: float, sides: str) -> str:
    whole, part = divmod(abs(angle), 1)
    minutes = min(round(part * 60, 6), 59.999999)
    return f"{int(whole)},{minutes:.6f}{sides[angle < 0]}"


def _add(document: Document, target: Element, space: str, name: str) -> Element:
    """A new element of a property, its prefix declared on itself: another one may be in use in the sidecar."""
    element = document.createElementNS(_SPACES[space], f"{space}:{name}")
    element.setAttribute(f"xmlns:{space}", _SPACES[space])
    target.appendChild(element)
    return element


def _add_keywords(document: Document, target: Element, words: tuple[str, ...]) -> None:
    lists = [bag for node in _elements(document, "dc", "subject") for bag in node.childNodes if bag.localName]
    bag = lists[0] if lists else _add(document, _add(document, target, "dc", "subject"), "rdf", "Bag")
    for word in words:
        _add(document, bag, "rdf", "li").appendChild(document.createTextNode(word))
