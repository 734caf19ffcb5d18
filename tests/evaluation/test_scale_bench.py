import numpy as np
import pytest

from cbir_desktop.evaluation.scale_bench import make_library, measure_scale
from cbir_desktop.library.session import Session


@pytest.fixture
def real():
    vectors = np.random.default_rng(0).random((20, 128)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_made_library_is_filled_up_and_measured(tmp_path, real):
    with Session.open(tmp_path / "library", "hsv") as session:
        session.catalog.settle_meta("encoder", "hsv")
        make_library(session, 500, lambda: real)
        make_library(session, 1200, lambda: real)
        make_library(session, 1200, pytest.fail)  # nothing is lacking
        assert len(session.index) == 1200
        assert len(session.catalog.photo_ids()) == 1200
    result = measure_scale(tmp_path / "library", tmp_path / "corpus", 1200)
    assert result.photos == 1200
    assert 0 < result.open_to_first_search < result.with_imports
    assert 0 < result.query_ms[0] <= result.query_ms[1]
    assert set(result.resident_mb) == {"searching", "indexing and searching"}
    assert result.bytes_a_photo["together"] > 128 * 2
    assert result.to_json()["dim"] == 128
    assert result.index_saves == 1  # for five batches
