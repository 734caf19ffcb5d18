"""Searches whose answer is put into another order, in a real library."""

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.registry import rerankers
from cbir_desktop.library import reranking
from cbir_desktop.library.indexing import index_paths, rescan
from cbir_desktop.library.keypoints import update_keypoints
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.searching import find
from tests.collages import ASTRONAUT, CAT, COFFEE, background, collage, pasted


@pytest.fixture
def folder(tmp_path, write_photo):
    made = tmp_path / "photos"
    for seed in range(6):
        write_photo(made / f"{seed}.jpg", seed)
    pictures = {"astronaut": ASTRONAUT, "cat": CAT, "coffee": COFFEE, "rocket": background()}
    for name, image in pictures.items():
        Image.fromarray(image).save(made / f"{name}.jpg", quality=92)
    Image.fromarray(collage()[0]).save(tmp_path / "collage.jpg", quality=92)
    return made


@pytest.fixture
def asked(folder, tmp_path):
    return SearchQuery((Example(str(tmp_path / "collage.jpg")),))


def names(answer):
    return [hit.photo.path.rsplit("/", 1)[1].removesuffix(".jpg") for hit in answer.hits]


@pytest.mark.parametrize("name", rerankers.names())
def test_every_reranker_loses_nobody(session, folder, asked, name):
    index_paths(session, [str(folder)])
    plain, found = find(session, asked, 20)[0], find(session, asked, 20, rerank=name)[0]
    assert sorted(names(found)) == sorted(names(plain))
    assert [hit.rank for hit in found.hits] == list(range(1, 11))


def test_what_a_collage_was_made_of_comes_first(session, folder, asked):
    index_paths(session, [str(folder)])
    found = find(session, asked, 3, rerank="os2os")[0]
    assert set(names(found)) == {"rocket", "astronaut", "cat"}
    assert found.hits[0].score >= found.hits[1].score >= found.hits[2].score > 5


def test_keypoints_bring_in_what_content_does_not(session, folder, tmp_path, monkeypatch):
    """Of a large library content names only the first: here two, and the donor is not among them."""
    canvas = background().copy()
    pasted(canvas, COFFEE, (250, 50, 250, 250), 0.0, 0.5, (200, 330))
    Image.fromarray(canvas).save(tmp_path / "one.jpg")
    asked = SearchQuery((Example(str(tmp_path / "one.jpg")),))
    index_paths(session, [str(folder)])
    monkeypatch.setattr(reranking, "DEPTH", 2)
    assert "coffee" not in names(find(session, asked, 2, rerank="os2os")[0])
    assert update_keypoints(session) == (10, 0)
    assert set(names(find(session, asked, 2, rerank="os2os")[0])) == {"rocket", "coffee"}


def test_the_index_of_keypoints_follows_the_library_on_command(session, folder, asked, write_photo):
    index_paths(session, [str(folder)])
    update_keypoints(session)
    Image.fromarray(np.ascontiguousarray(skimage.data.stereo_motorcycle()[0])).save(folder / "bike.jpg")
    (folder / "cat.jpg").unlink()
    rescan(session)
    assert update_keypoints(session)[0] >= 10
    query = SearchQuery((Example(str(folder / "bike.jpg")),))
    assert names(find(session, query, 1, include_self=True, rerank="sift-votes")[0]) == ["bike"]
    assert "cat" not in names(find(session, asked, 20, rerank="os2os")[0])


def test_another_session_uses_what_one_has_made(open_session, folder, asked):
    first, second = open_session(), open_session()
    index_paths(first, [str(folder)])
    descriptors = np.ones((3, 128), np.float32)
    assert second.keypoints.search(descriptors, 3) is None
    update_keypoints(first)
    assert second.keypoints.search(descriptors, 3) is not None


def test_a_damaged_index_of_keypoints_is_done_without(session, folder, asked, caplog):
    index_paths(session, [str(folder)])
    update_keypoints(session)
    part = next(session.keypoints.folder.glob("rows-*.bin"))
    part.write_bytes(b"")
    assert len(find(session, asked, 20, rerank="os2os")[0].hits) == 10
    assert "keypoints cannot be used" in caplog.text
    assert update_keypoints(session) == (10, 0)  # made again


def test_a_library_without_pictures_has_no_keypoints(session, tmp_path):
    assert update_keypoints(session) == (0, 0)
    assert not session.keypoints.folder.exists()


def test_what_does_not_go_together_is_said(session, folder, tmp_path):
    index_paths(session, [str(folder)])
    example = (Example(str(tmp_path / "collage.jpg")),)
    with pytest.raises(KnownError, match="threshold"):
        find(session, SearchQuery(example, threshold=0.5), rerank="os2os")
    with pytest.raises(KnownError, match="vectors of content"):
        find(session, SearchQuery(example, by="colour"), rerank="diffusion")
    with pytest.raises(KnownError, match="no reranker named"):
        find(session, SearchQuery(example), rerank="nothing")
    assert find(session, SearchQuery(example, by="colour"), 3, rerank="os2os")[0].hits
