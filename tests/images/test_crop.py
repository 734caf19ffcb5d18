import cv2
import numpy as np
import pytest

from cbir_desktop.core.region import Region
from cbir_desktop.images.crop import crop, decode_side


def gradient(width, height):
    """Red is x, green is y, in tenths of a pixel's place of a picture of 400 x 300."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x + 0.5) * 400 / width / 2, (y + 0.5) * 300 / height / 2, np.zeros((height, width))], 2).astype(
        np.uint8
    )


def check(found, image_size):
    """Each pixel of the part has the colour of the place that ``to_full`` sends it to."""
    height, width = found.image.shape[:2]
    grow = np.array([found.full_size[0] / width, found.full_size[1] / height])
    y, x = np.mgrid[2 : height - 2, 2 : width - 2]
    inner = (np.stack([x, y], -1) + 0.5) * grow
    places = inner @ found.to_full[:2, :2].T + found.to_full[:2, 2]
    colours = found.image[2 : height - 2, 2 : width - 2, :2]
    off = np.abs(colours - places / 2)
    assert off.max() <= 1.5 * 400 / image_size[0]


@pytest.mark.parametrize("size", [(400, 300), (200, 150), (134, 100)])
@pytest.mark.parametrize("angle", [0.0, 30.0, -100.0])
def test_every_pixel_knows_where_it_was(size, angle):
    found = crop(gradient(*size), (400, 300), Region(120.3, 80.7, 150, 100, angle))
    check(found, size)
    assert np.abs(np.array(found.full_size) - (150, 100)).max() <= 400 / size[0]


def test_an_upright_box_at_full_size_is_a_slice():
    image = gradient(400, 300)
    found = crop(image, (400, 300), Region(10, 20, 100, 50))
    assert (found.image == image[20:70, 10:110]).all()
    assert found.full_size == (100, 50)
    np.testing.assert_allclose(found.to_full, [[1, 0, 10], [0, 1, 20], [0, 0, 1]])


def test_a_quarter_turn_turns_the_pixels():
    image = gradient(400, 300)
    found = crop(image, (400, 300), Region(100, 100, 100, 60, angle=90)).image
    plain = image[80:180, 120:180]  # the same centre (150, 130), sides swapped
    assert found.shape == (60, 100, 3)
    np.testing.assert_allclose(found.astype(int), cv2.rotate(plain, cv2.ROTATE_90_CLOCKWISE).astype(int), atol=1)


def test_a_box_over_the_edge_and_one_beside():
    image = gradient(400, 300)
    assert crop(image, (400, 300), Region(350, 250, 100, 100)).image.shape == (50, 50, 3)
    assert crop(image, (400, 300), Region(350, 250, 100, 100, 45)).image.shape == (100, 100, 3)
    with pytest.raises(ValueError, match="outside"):
        crop(image, (400, 300), Region(500, 0, 10, 10))


def test_a_small_box_is_decoded_larger():
    assert decode_side(Region(0, 0, 1000, 1000), (4000, 3000), 480) == 1440
    assert decode_side(Region(0, 0, 100, 100), (4000, 3000), 480) is None
    assert decode_side(Region(0, 0, 4000, 3000), (4000, 3000), 480) == 480
