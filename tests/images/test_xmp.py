import io

import pytest
from PIL import Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.xmp import Said, said_in_picture, said_in_sidecar, with_said

ATTRIBUTES = b"""<?xpacket begin="" id="x"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- kept -->
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:q="http://ns.adobe.com/xap/1.0/" xmlns:my="urn:mine" q:Rating="4" my:thing="7"
    xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="52,31.2N" exif:GPSLongitude="13,24,36W">
   <dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sea</rdf:li>
   <rdf:li>Z\xc3\xbcrich</rdf:li></rdf:Bag></dc:subject>
   <q:CreateDate>2020-01-02T03:04:05</q:CreateDate>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""


def test_attributes_elements_and_any_prefix_are_read():
    said = said_in_sidecar(ATTRIBUTES)
    assert said == Said("2020-01-02T03:04:05", 4, ("sea", "Zürich"), (pytest.approx(52.52), pytest.approx(-13.41)))


def test_only_what_is_lacking_is_added():
    own = Said("2020", None, ("sea",), None)
    more = own.lacks(Said("1999", 3, ("sun", "sea"), (1.0, 2.0)))
    assert more == Said(None, 3, ("sun",), (1.0, 2.0))
    assert own.with_lacking(Said("1999", 3, ("sun",))) == Said("2020", 3, ("sea", "sun"), None)
    assert not Said("x").lacks(Said("y"))


def test_a_new_sidecar_says_it_all():
    said = Said("2021-05-06T07:08:09", 5, ("a & b", "<c>"), (-33.8568, 151.2153))
    back = said_in_sidecar(with_said(None, said))
    assert back == Said(said.taken, 5, said.keywords, (pytest.approx(-33.8568), pytest.approx(151.2153)))


def test_what_a_sidecar_says_already_stays():
    grown = with_said(ATTRIBUTES, Said(keywords=("sun",)))
    assert said_in_sidecar(grown).keywords == ("sea", "Zürich", "sun")
    assert said_in_sidecar(grown).rating == 4
    assert b"<!-- kept -->" in grown
    assert b'my:thing="7"' in grown
    assert grown.count(b"subject") == 2, "one list of keywords"
    assert with_said(grown, Said(keywords=("wind",))).count(b"<dc:subject") == 1


@pytest.mark.parametrize("form", [b'q:Rating="0"', b'q:Rating="4.0"'])
def test_no_stars_are_none_and_give_way(form):
    data = ATTRIBUTES.replace(b'q:Rating="4"', form)
    said = said_in_sidecar(data)
    assert said.rating == (None if b'0"' in form and b"4" not in form else 4)
    if said.rating is None:
        assert said_in_sidecar(with_said(data, Said(rating=2))).rating == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY e "x">]>' + ATTRIBUTES,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + ATTRIBUTES[ATTRIBUTES.index(b"<x:") :],
        ATTRIBUTES[:-30],
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b" " * ((1 << 24) + 1),
    ],
)
def test_what_is_no_xmp_is_refused(data):
    for ask in (said_in_sidecar, lambda data: with_said(data, Said(rating=1))):
        with pytest.raises(KnownError) as error:
            ask(data)
        assert error.value.kind == "bad-xmp"


def picture(exif=None, **options):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", **({"exif": exif} if exif else {}), **options)
    return buffer.getvalue()


def test_a_picture_says_it_in_exif_or_in_its_packet():
    exif = Image.Exif()
    exif[0x4746] = 3
    exif.get_ifd(0x8769)[0x9003] = "2018:02:03 04:05:06"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 30.0, 36.0), 3: "E", 4: (151.0, 0.0, 0.0)})
    assert said_in_picture(picture(exif)) == Said("2018-02-03T04:05:06", 3, (), (pytest.approx(-33.51), 151.0))
    packet = said_in_picture(picture(exif, xmp=ATTRIBUTES))
    assert packet.rating == 4, "the packet is what people wrote last"
    assert packet.keywords == ("sea", "Zürich")
    assert said_in_picture(picture()) == Said()
    assert said_in_picture(picture(xmp=ATTRIBUTES.replace(b"</rdf:RDF>", b"</oops>"))) == Said()
