"""Descriptors by name: their measures are those that searches use, and evaluation takes them."""

import numpy as np
import pytest

from cbir_desktop.core import registry
from cbir_desktop.core.protocols import Descriptor
from cbir_desktop.encoders.looks import describe, looks_of


@pytest.mark.parametrize("name", registry.descriptors.names())
def test_a_picture_is_nearest_to_itself(name):
    descriptor = registry.descriptors.create(name)
    assert isinstance(descriptor, Descriptor)
    pictures = [np.random.default_rng(n).integers(0, 50 * n + 50, (40, 50, 3), dtype=np.uint8) for n in range(4)]
    rows = descriptor.encode(pictures)
    assert rows.shape == (4, descriptor.dim)
    assert descriptor.encode([]).shape == (0, descriptor.dim)
    scores = descriptor.similarities(rows, rows)
    assert (scores.argmax(axis=1) == np.arange(4)).all()


def test_the_measures_are_those_of_looks():
    pictures = [np.random.default_rng(n).integers(0, 256, (64, 64, 3), dtype=np.uint8) for n in range(3)]
    looks = looks_of([describe(picture) for picture in pictures])
    query = looks_of([describe(pictures[0])])
    for name, expected in (
        ("scalable-color", looks.distances("colour", query)[0]),
        ("color-layout", looks.distances("layout", query)[0]),
        ("edge-histogram", looks.distances("layout", query)[1]),
    ):
        descriptor = registry.descriptors.create(name)
        rows = descriptor.encode(pictures)
        np.testing.assert_allclose(descriptor.similarities(rows[:1], rows)[0], -expected, rtol=1e-6)
