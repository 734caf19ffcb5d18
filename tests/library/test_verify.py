import shutil

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.core.verification import Verification
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.overlay import draw_overlay
from cbir_desktop.library.search import search_files
from cbir_desktop.library.verify import Ahead, prepare, proved_first, verify_files, verify_many, verify_photos

CHELSEA, COFFEE = skimage.data.chelsea(), skimage.data.coffee()


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """A photo, its crop, a mirrored copy, the same pixels in another file, and another photo."""
    folder = tmp_path_factory.mktemp("album")
    Image.fromarray(CHELSEA).save(folder / "cat.png")
    Image.fromarray(CHELSEA).save(folder / "cat-again.png", compress_level=1)
    Image.fromarray(CHELSEA[40:260, 90:400]).save(folder / "crop.jpg", quality=90)
    Image.fromarray(np.ascontiguousarray(CHELSEA[:, ::-1])).save(folder / "mirror.jpg", quality=90)
    Image.fromarray(COFFEE).save(folder / "coffee.jpg", quality=90)
    return folder


def names(verdict):
    return {label.relation.value for label in verdict.labels}


def ids(session):
    """Numbers of the photos by file name."""
    photos = session.catalog.photos(session.catalog.content_ids())
    return {photo.path.rsplit("/", 1)[1]: photo.content_id for photo in photos}


@pytest.fixture
def library(session, album, tmp_path):
    shutil.copytree(album, tmp_path / "photos")
    index_paths(session, [str(tmp_path / "photos")])
    return session


def test_files_need_no_library(album):
    found = verify_files(str(album / "cat.png"), str(album / "crop.jpg"))
    assert found.proved == "copy"
    assert "cropped" in names(found)
    assert found.contains == "a"
    assert verify_files(str(album / "cat.png"), str(album / "coffee.jpg")).proved is None


def test_the_same_pixels_in_two_files_are_told_from_a_copy_that_is_near(album):
    assert names(verify_files(str(album / "cat.png"), str(album / "cat-again.png"))) == {"identical-pixels"}
    Image.fromarray(CHELSEA).save(album / "near.jpg", quality=98)
    assert "identical-pixels" not in names(verify_files(str(album / "cat.png"), str(album / "near.jpg")))
    (album / "near.jpg").unlink()


def test_a_file_that_cannot_be_read_is_named(album, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    for bad in ("broken.jpg", "absent.jpg"):
        with pytest.raises(DecodeError, match=bad):
            verify_files(str(album / "cat.png"), str(tmp_path / bad))


def test_photos_of_the_library_fill_the_cache_and_come_from_it(library):
    numbers = ids(library)
    first = verify_photos(library, numbers["cat.png"], numbers["mirror.jpg"])
    assert first.matches.mirrored
    photo = library.catalog.photos([numbers["cat.png"]])[0]
    assert photo.hash in library.features
    again = verify_photos(library, numbers["cat.png"], numbers["mirror.jpg"])
    assert (again.proved, names(again)) == (first.proved, names(first))
    np.testing.assert_allclose(again.matches.homography, first.matches.homography, rtol=0.05, atol=0.6)


def test_what_is_cached_is_verified_while_its_drive_is_away(library, tmp_path):
    numbers = ids(library)
    verify_photos(library, numbers["cat.png"], numbers["crop.jpg"])
    shutil.rmtree(tmp_path / "photos")
    assert verify_photos(library, numbers["cat.png"], numbers["crop.jpg"]).proved == "copy"
    with pytest.raises(KnownError, match=r"coffee\.jpg"):
        verify_photos(library, numbers["cat.png"], numbers["coffee.jpg"])


def test_a_file_that_changed_since_it_was_indexed_is_not_taken_for_the_old_one(library, tmp_path):
    path = tmp_path / "photos" / "coffee.jpg"
    prepare(library, str(path))
    Image.fromarray(CHELSEA[::2, ::2].copy()).save(path, quality=90)
    assert verify_files(str(path), str(tmp_path / "photos" / "cat.png"), library).proved == "copy"


def test_a_damaged_cache_is_rebuilt(library):
    numbers = ids(library)
    verify_photos(library, numbers["cat.png"], numbers["crop.jpg"])
    library.features.close()
    (path,) = (library.folders.cache / "features").glob("*.sqlite")
    path.write_bytes(b"damaged" * 1000)
    assert verify_photos(library, numbers["cat.png"], numbers["crop.jpg"]).proved == "copy"
    photo = library.catalog.photos([numbers["cat.png"]])[0]
    assert library.features.get(photo.hash) is not None


def test_an_unknown_photo_is_an_error(library):
    with pytest.raises(KnownError, match="12345"):
        verify_photos(library, 12345, 12346)


def test_a_query_against_many_gives_each_its_verdict_in_order(library, album):
    numbers = ids(library)
    wanted = [numbers["coffee.jpg"], numbers["crop.jpg"], numbers["mirror.jpg"]]
    steps = []
    task = Task(lambda done, total: steps.append((done, total)), per_second=1e9)
    found = list(verify_many(library, str(album / "cat.png"), wanted, task))
    assert [photo for photo, _ in found] == wanted
    assert [verdict.proved for _, verdict in found] == [None, "copy", "copy"]
    assert steps[-1] == (3, 3)
    pixels = list(verify_many(library, CHELSEA, wanted))
    assert [verdict.proved for _, verdict in pixels] == [None, "copy", "copy"]


def test_a_photo_that_cannot_be_read_does_not_stop_the_others(library, album, tmp_path):
    numbers = ids(library)
    (tmp_path / "photos" / "coffee.jpg").unlink()
    wanted = [numbers["coffee.jpg"], numbers["crop.jpg"]]
    (_, gone), (_, there) = verify_many(library, str(album / "cat.png"), wanted)
    assert isinstance(gone, KnownError)
    assert isinstance(there, Verification)


def test_verifying_many_can_be_cancelled_and_left(library, album):
    numbers = list(ids(library).values())
    task = Task()
    stream = verify_many(library, str(album / "cat.png"), numbers, task)
    next(stream)
    task.cancel()
    with pytest.raises(Cancelled):
        list(stream)
    for _ in verify_many(library, str(album / "cat.png"), numbers):
        break  # what was begun ends with it: the session of the fixture closes


def test_proved_results_come_first(library, album):
    answer = search_files(library, [str(album / "crop.jpg")], k=5)
    ranked, verdicts = proved_first(library, [str(album / "crop.jpg")], answer, 5)
    assert {hit.photo.content_id for hit in ranked.hits} == {hit.photo.content_id for hit in answer.hits}
    assert [hit.rank for hit in ranked.hits] == list(range(1, len(ranked.hits) + 1))
    proofs = [verdicts[hit.photo.content_id].proved is not None for hit in ranked.hits]
    assert proofs == sorted(proofs, reverse=True)
    assert any(proofs)
    assert not all(proofs)
    assert ranked.hits[-1].photo.path.endswith("coffee.jpg")
    one, few = proved_first(library, [str(album / "crop.jpg")], answer, 1)
    assert len(few) == 1
    assert len(one.hits) == len(answer.hits)


def test_filling_ahead_works_in_slices_and_sees_what_is_new(library, tmp_path):
    ahead = Ahead(library)
    assert ahead.work(seconds=0.0)  # time for nothing: all is left
    while ahead.work(seconds=0.2):
        pass
    photos = library.catalog.photos(library.catalog.content_ids())
    assert all(photo.hash in library.features for photo in photos)
    Image.fromarray(CHELSEA[50:].copy()).save(tmp_path / "photos" / "new.png")
    index_paths(library, [str(tmp_path / "photos")])
    while ahead.work(seconds=0.2):
        pass
    photos = library.catalog.photos(library.catalog.content_ids())
    assert len(photos) == 6
    assert all(photo.hash in library.features for photo in photos)


def test_filling_ahead_leaves_room_and_can_be_cancelled(library):
    prepare(library, ids(library)["cat.png"])
    library.features.max_bytes = round(1.1 * library.features.held())
    assert not Ahead(library).work()
    task = Task()
    task.cancel()
    library.features.max_bytes = 1 << 30
    with pytest.raises(Cancelled):
        Ahead(library).work(task)


def test_filling_ahead_passes_over_what_cannot_be_read(library, tmp_path):
    (tmp_path / "photos" / "coffee.jpg").unlink()
    ahead = Ahead(library)
    while ahead.work(seconds=0.2):
        pass
    held = [photo.hash in library.features for photo in library.catalog.photos(library.catalog.content_ids())]
    assert sum(held) == len(held) - 1


def test_the_overlay_draws_both_pictures_and_what_agrees(album):
    verdict = verify_files(str(album / "cat.png"), str(album / "crop.jpg"))
    part = CHELSEA[40:260, 90:400]
    drawn = draw_overlay(CHELSEA, part, verdict)
    plain = draw_overlay(CHELSEA, COFFEE, verify_files(str(album / "cat.png"), str(album / "coffee.jpg")))
    assert drawn.shape[1] == CHELSEA.shape[1] + part.shape[1] + 12
    assert (drawn[:300, :451] != CHELSEA).any()  # lines
    np.testing.assert_array_equal(plain[:300, :451], CHELSEA)  # none where nothing is proved
