from dataclasses import replace
from pathlib import Path

import skimage.data
from PIL import Image

from cbir_desktop.images.decode import decode
from cbir_desktop.library.facts import Facts, better, facts_of, format_class

JPEG = Facts(1000, 0, 400, 300, "JPEG", 90, 100.0, "2024-07-02T14:03:00", "Canon EOS 7D")


def test_the_facts_of_a_file(tmp_path: Path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0110] = "Canon EOS 7D"
    exif.get_ifd(0x8769)[0x9003] = "2024:07:02 14:03:00"
    Image.fromarray(skimage.data.astronaut()).crop((0, 0, 512, 400)).save(path, quality=77, exif=exif)
    data = path.read_bytes()
    facts = facts_of(data, decode(data, min_side=100), 5)
    assert (facts.width, facts.height, facts.format, facts.size_bytes) == (512, 400, "JPEG", len(data))
    assert (facts.jpeg_quality, facts.taken, facts.camera) == (77, "2024-07-02T14:03:00", "Canon EOS 7D")
    assert facts.sharpness > 0
    assert facts.mtime_ns == 5


def test_a_file_is_no_better_than_itself():
    assert better(JPEG, JPEG) == {}


def test_each_fact_has_its_own_better_one():
    other = replace(JPEG, width=800, size_bytes=800, jpeg_quality=95, sharpness=80.0, taken=None, camera=None)
    assert better(JPEG, other) == {
        "pixels": "b",
        "size_bytes": "a",
        "jpeg_quality": "b",
        "sharpness": "a",
        "taken": "a",
        "camera": "a",
    }
    assert {name: "a" if side == "b" else "b" for name, side in better(JPEG, other).items()} == better(other, JPEG)


def test_bytes_and_qualities_of_different_formats_are_not_compared():
    png = replace(JPEG, format="PNG", size_bytes=9000, jpeg_quality=None)
    assert better(JPEG, png) == {"format": "a"}


def test_noise_is_no_difference():
    assert better(JPEG, replace(JPEG, sharpness=105.0)) == {}
    assert better(JPEG, replace(JPEG, sharpness=115.0)) == {"sharpness": "b"}
    assert better(JPEG, replace(JPEG, size_bytes=1050)) == {}


def test_the_earlier_capture_is_better():
    assert better(JPEG, replace(JPEG, taken="2024-07-02T14:02:59.50")) == {"taken": "b"}
    assert better(JPEG, replace(JPEG, taken="2024-07-02T14:03:00.50")) == {}


def test_formats_are_ordered_from_the_camera_to_the_web():
    order = [format_class(name) for name in ("RAW", "HEIF", "JPEG", "PNG", "WEBP")]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == 5
