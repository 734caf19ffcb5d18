import shutil

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.images.decode import decode_file
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_contents, search_files, search_images


@pytest.fixture
def indexed(session, photos):
    index_paths(session, [str(photos)])
    return session


def test_a_changed_copy_finds_its_original(indexed, photos, tmp_path):
    copy = tmp_path / "copy.png"
    Image.open(photos / "a" / "05.jpg").resize((90, 70)).save(copy)
    answer = search_files(indexed, [str(copy)], k=3)
    assert answer.hits[0].photo.path == str(photos / "a" / "05.jpg")
    assert [hit.rank for hit in answer.hits] == [1, 2, 3]
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert 0.9 < scores[0] <= 1.0001


def test_a_query_of_the_library_is_left_out_unless_asked_for(indexed, photos, tmp_path):
    query = str(photos / "a" / "05.jpg")
    assert query not in [hit.photo.path for hit in search_files(indexed, [query], k=20).hits]
    first = search_files(indexed, [query], k=20, include_self=True).hits[0]
    assert (first.photo.path, first.score) == (query, pytest.approx(1, abs=1e-4))
    outside = tmp_path / "same bytes.jpg"
    shutil.copy(query, outside)
    assert search_files(indexed, [str(outside)]).hits[0].photo.path == query


def test_one_row_a_content_with_its_other_paths(indexed, photos, tmp_path):
    shutil.copy(photos / "a" / "05.jpg", photos / "a" / "twin.jpg")
    index_paths(indexed, [str(photos)])
    hits = search_files(indexed, [str(photos / "b" / "04.jpg")], k=20).hits
    (hit,) = [hit for hit in hits if hit.photo.path.endswith("05.jpg")]
    assert hit.photo.also == (str(photos / "a" / "twin.jpg"),)
    assert len(hits) == 11


def test_several_pictures_are_one_query(indexed, photos):
    together = search_files(indexed, [str(photos / "a" / "01.jpg"), str(photos / "b" / "02.jpg")], k=20)
    assert len(together.hits) == 10
    alone = search_files(indexed, [str(photos / "a" / "01.jpg")], k=20)
    assert [hit.score for hit in together.hits] != [hit.score for hit in alone.hits]


def test_pictures_from_memory_and_contents_of_the_library_agree(indexed, photos):
    path = str(photos / "a" / "05.jpg")
    content = next(p.content_id for p in indexed.catalog.photos(indexed.catalog.photo_ids()) if p.path == path)
    by_content = search_contents(indexed, [content], k=5)
    by_image = search_images(indexed, [decode_file(path).image], k=5, exclude=[content])
    assert [hit.photo.path for hit in by_content.hits] == [hit.photo.path for hit in by_image.hits]
    np.testing.assert_allclose([hit.score for hit in by_content.hits], [hit.score for hit in by_image.hits], atol=2e-3)


def test_missing_photos_make_room_for_others(indexed, photos):
    for path in (photos / "a").iterdir():
        path.unlink()
    index_paths(indexed, [str(photos)])
    hits = search_files(indexed, [str(photos / "b" / "02.jpg")], k=5).hits
    assert len(hits) == 5
    assert all("/b/" in hit.photo.path for hit in hits)


def test_an_empty_library_says_so(session, photos):
    with pytest.raises(KnownError, match="index a folder first") as caught:
        search_files(session, [str(photos / "a" / "01.jpg")])
    assert caught.value.kind == "empty-library"


def test_a_library_whose_model_was_replaced_says_what_to_do(open_session, photos):
    session = open_session()
    index_paths(session, [str(photos)])
    session.catalog.set_meta("encoder", "phash")  # as if hsv gave other vectors now
    with pytest.raises(KnownError, match="another encoder"):
        search_files(session, [str(photos / "a" / "01.jpg")])


def test_an_unreadable_query_is_an_error(indexed, tmp_path):
    with pytest.raises(DecodeError):
        search_files(indexed, [str(tmp_path / "nothing.jpg")])


def test_a_cancelled_search_stops(indexed, photos):
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        search_files(indexed, [str(photos / "a" / "01.jpg")], task=task)


def test_a_content_without_a_vector_is_an_error(indexed):
    with pytest.raises(KnownError) as caught:
        search_contents(indexed, [12345])
    assert caught.value.kind == "not-indexed"
