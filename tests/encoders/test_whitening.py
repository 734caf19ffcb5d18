import numpy as np
import pytest

from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.protocols import Transform
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.encoders.whitening import PcaWhitening


@pytest.fixture
def sample():
    random = np.random.default_rng(0)
    mixed = random.standard_normal((500, 8)) @ random.standard_normal((8, 8)) + 3
    return mixed.astype(np.float32)


def test_two_points_on_an_axis_by_hand():
    # mean (1, 0); variance of the first axis (1 + 1) / 1 = 2, of the second 0
    whitening = PcaWhitening(2).fit(np.array([[0, 0], [2, 0]], np.float32))
    assert whitening.dim == 1
    assert whitening.apply(np.array([[0, 5], [9, 1]], np.float32)).tolist() == [[-1], [1]]


def test_the_sample_becomes_white(sample):
    whitening = PcaWhitening(8).fit(sample)
    white = (sample - sample.mean(axis=0)) @ whitening._axes.T
    np.testing.assert_allclose(np.cov(white.T), np.eye(8), atol=1e-3)
    np.testing.assert_allclose(whitening.apply(sample), unit_rows(white), atol=1e-4)
    assert isinstance(whitening, Transform)


def test_the_first_axes_are_those_of_the_largest_variance(sample):
    np.testing.assert_allclose(PcaWhitening(3).fit(sample)._axes, PcaWhitening(8).fit(sample)._axes[:3])


def test_a_sample_smaller_than_its_vectors_has_the_same_axes():
    rows = np.random.default_rng(0).standard_normal((12, 30)).astype(np.float32)
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    variances, axes = np.linalg.eigh(centred.T @ centred / 11)  # the whole covariance, which has eleven directions
    found = PcaWhitening(30).fit(rows)
    assert found.dim == 11
    wanted = (centred @ axes / np.sqrt(np.maximum(variances, 1e-12)))[:, ::-1][:, :11]
    np.testing.assert_allclose(np.abs(centred @ found._axes.T), np.abs(wanted), atol=1e-4)


def test_vectors_of_very_many_numbers_can_be_whitened():
    rows = np.random.default_rng(0).standard_normal((20, 64_000)).astype(np.float32)
    assert PcaWhitening(8).fit(rows).apply(rows).shape == (20, 8)


def test_the_key_is_of_what_was_fitted(sample):
    one, again, other = (PcaWhitening(4).fit(rows) for rows in (sample, sample.copy(), sample[:400]))
    assert one.key == again.key != other.key


def test_it_survives_the_disk(sample, tmp_path):
    whitening = PcaWhitening(4).fit(sample)
    whitening.save(tmp_path / "w.npz")
    loaded = PcaWhitening.load(tmp_path / "w.npz")
    assert loaded.key == whitening.key
    np.testing.assert_array_equal(loaded.apply(sample), whitening.apply(sample))
    (tmp_path / "w.npz").write_bytes(b"PK\x03\x04")
    for damaged in ("w.npz", "absent.npz"):
        with pytest.raises(DamagedError):
            PcaWhitening.load(tmp_path / damaged)


def test_what_cannot_be_whitened_is_an_error(sample, tmp_path):
    for rows in (sample[:1], np.repeat(sample[:1], 5, axis=0)):
        with pytest.raises(KnownError):
            PcaWhitening(4).fit(rows)
    with pytest.raises(ValueError):
        PcaWhitening(4).apply(sample)
    with pytest.raises(ValueError):
        PcaWhitening(4).save(tmp_path / "w.npz")
