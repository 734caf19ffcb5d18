import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError, LibraryInUseError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library import indexing
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.moved import NewFile
from cbir_desktop.store.places import Place, Volume


def run(session, *paths, **options):
    report = index_paths(session, [str(path) for path in paths], **options)
    return report.seen, report.indexed, report.reused, report.unchanged, report.missing, len(report.failed)


def paths_of(session):
    return [photo.path for photo in session.catalog.photos(session.catalog.photo_ids())]


def vectors_of(session):
    """Path -> vector: what two libraries must agree on."""
    photos = session.catalog.photos(session.catalog.photo_ids())
    vectors = session.catalog.vectors
    return {photo.path: vectors.of([photo.content_id], session.encoder_id)[1][0].tobytes() for photo in photos}


def test_a_folder_is_indexed_once(session, photos):
    assert run(session, photos) == (12, 12, 0, 0, 0, 0)
    assert run(session, photos) == (12, 0, 0, 12, 0, 0)
    assert len(session.index) == 12
    assert session.catalog.watched() == [str(photos)]
    (photo,) = session.catalog.photos(session.catalog.photo_ids()[:1])
    assert (photo.width, photo.height, photo.format) == (160, 120, "JPEG")
    assert session.thumbs.get(photo.hash).startswith(b"\xff\xd8")


def test_files_that_are_handed_over_together_come_out_as_alone(open_session, photos, tmp_path):
    (photos / "a" / "00.jpg").write_bytes(b"not a picture")
    sessions = [open_session(tmp_path / name) for name in ("together", "alone")]
    for session, threads in zip(sessions, (1, 8), strict=True):  # few files are handed over alone to many threads
        session.settings = replace(session.settings, decode_threads=threads)
        assert run(session, photos) == (13, 12, 0, 0, 0, 1)
    assert vectors_of(sessions[0]) == vectors_of(sessions[1])


def test_small_files_are_handed_over_together_and_large_ones_alone():
    place = Place(Volume("v", "/"), "p")
    sizes = [90_000, 300_000, 200_000, 4_000_000, 10, 10, 10, 10]
    files = [NewFile(f"/p/{number}", place, size, 0, 0) for number, size in enumerate(sizes)]
    groups = [[new.size for new in group] for group in indexing._groups(files, 3)]
    assert groups == [[90_000, 300_000], [200_000], [4_000_000], [10, 10, 10], [10]]
    assert [len(group) for group in indexing._groups(files, 1)] == [1] * len(files)


def test_copies_and_renamed_files_are_not_decoded_again(session, photos):
    shutil.copy(photos / "a" / "01.jpg", photos / "a" / "copy.jpg")
    assert run(session, photos) == (13, 12, 1, 0, 0, 0)
    (photos / "b" / "02.jpg").rename(photos / "a" / "renamed.jpg")
    assert run(session, photos) == (13, 0, 1, 12, 0, 0)
    assert len(session.index) == 12
    assert str(photos / "a" / "renamed.jpg") in paths_of(session)
    assert str(photos / "b" / "02.jpg") not in paths_of(session)


def test_a_replaced_file_is_noticed_also_by_an_older_one(session, photos, write_photo):
    run(session, photos)
    before = vectors_of(session)
    changed = photos / "a" / "01.jpg"
    write_photo(changed, 99)
    os.utime(changed, (1_000_000, 1_000_000))
    assert run(session, photos) == (12, 1, 0, 11, 0, 0)
    after = vectors_of(session)
    assert {path for path in after if after[path] != before[path]} == {str(changed)}


def test_bad_files_are_listed_with_a_reason_and_again_until_they_change(session, photos, write_photo):
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "text.png").write_text("not a picture")
    (photos / "cut.jpg").write_bytes((photos / "a" / "01.jpg").read_bytes()[:700])
    (photos / "notes.txt").write_text("left alone")
    report = index_paths(session, [str(photos)])
    assert [os.path.basename(problem.path) for problem in report.failed] == ["cut.jpg", "empty.jpg", "text.png"]
    assert all(problem.reason for problem in report.failed)
    assert (report.seen, report.indexed) == (15, 12)
    assert run(session, photos) == (15, 0, 0, 12, 0, 3)
    write_photo(photos / "text.png", 50)
    assert run(session, photos) == (15, 1, 0, 12, 0, 2)
    (photos / "empty.jpg").unlink()
    assert run(session, photos)[4:] == (1, 1)


def test_a_root_that_vanished_keeps_its_photos(session, photos):
    run(session, photos)
    photos.rename(photos.with_name("unplugged"))
    report = index_paths(session, [str(photos)])
    assert (report.seen, report.missing) == (0, 0)
    assert report.failed[0].kind == "offline"
    assert len(paths_of(session)) == 12
    assert session.catalog.counts()["offline"] == 12
    photos.with_name("unplugged").rename(photos)
    assert run(session, photos) == (12, 0, 0, 12, 0, 0)
    assert session.catalog.counts()["online"] == 12


def test_a_root_that_suddenly_reads_empty_keeps_its_photos(session, photos):
    run(session, photos)
    shutil.move(photos / "a", photos.parent / "a")
    shutil.move(photos / "b", photos.parent / "b")
    report = index_paths(session, [str(photos)])
    assert [problem.kind for problem in report.failed] == ["offline"]
    assert len(paths_of(session)) == 12


def test_a_single_file_can_be_given_and_taken_away(session, photos):
    one = photos / "a" / "01.jpg"
    assert run(session, one) == (1, 1, 0, 0, 0, 0)
    one.unlink()
    assert run(session, one) == (0, 0, 0, 0, 1, 0)
    assert paths_of(session) == []
    assert session.catalog.watched() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_an_unreadable_folder_does_not_make_its_photos_missing(session, photos):
    run(session, photos)
    (photos / "a").chmod(0)
    try:
        assert run(session, photos) == (6, 0, 0, 6, 0, 1)
    finally:
        (photos / "a").chmod(0o700)
    assert len(paths_of(session)) == 12


def test_a_path_that_never_was_is_an_error_and_changes_nothing(session, photos, tmp_path):
    with pytest.raises(KnownError, match="does not exist") as caught:
        index_paths(session, [str(photos), str(tmp_path / "no")])
    assert caught.value.kind == "no-such-path"
    assert paths_of(session) == []


def test_cancelling_keeps_what_was_finished_and_a_second_run_goes_on(session, photos, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH_FILES", 2)
    task = Task(lambda done, total: task.cancel() if done >= 5 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        index_paths(session, [str(photos)], task)
    kept = len(paths_of(session))
    assert 5 <= kept < 12
    assert run(session, photos) == (12, 12 - kept, 0, kept, 0, 0)


def test_two_libraries_of_the_same_photos_agree(open_session, photos, tmp_path):
    one, two = open_session(tmp_path / "one"), open_session(tmp_path / "two")
    run(one, photos)
    run(two, photos / "b")
    run(two, photos)
    assert vectors_of(one) == vectors_of(two)


def test_one_library_is_indexed_by_one_process_at_a_time(open_session, photos):
    first, second = open_session(), open_session()
    with first.writing(), pytest.raises(LibraryInUseError) as caught:
        index_paths(second, [str(photos)])
    assert caught.value.kind == "library-in-use"
    assert run(second, photos)[1] == 12


def test_what_another_process_added_is_found(open_session, photos, write_photo):
    reader, writer = open_session(), open_session()
    run(writer, photos / "a")
    assert len(reader.index) == 6
    run(writer, photos / "b")
    query = np.zeros((1, reader.encoder.dim), np.float32)
    reader.index.search(query, 3)
    assert len(reader.index) == 12


@pytest.mark.parametrize("harm", ["delete", "truncate", "garbage", "header"])
def test_a_damaged_index_is_made_again_from_the_catalog(open_session, photos, harm):
    session = open_session()
    run(session, photos)
    folder = session.index.folder
    session.close()
    data = next(path for path in folder.iterdir() if path.suffix != ".json")
    if harm == "delete":
        shutil.rmtree(folder)
    elif harm == "truncate":
        data.write_bytes(data.read_bytes()[:-10])
    elif harm == "garbage":
        data.write_bytes(b"x" * data.stat().st_size)
    else:
        (folder / "index.json").write_text("{")
    session = open_session()
    assert len(session.index) == 12
    assert (session.index.rebuilt is not None) == (harm != "delete")


def test_another_encoder_is_refused_once_there_are_vectors(open_session, photos):
    assert open_session().encoder_name == "hsv"
    assert open_session(encoder="phash").encoder_name == "phash"  # nothing in it yet
    run(open_session(encoder="hsv"), photos)
    with pytest.raises(KnownError, match="cbir reembed --encoder phash") as caught:
        open_session(encoder="phash")
    assert caught.value.kind == "other-encoder"
    assert open_session(encoder=None).encoder_name == "hsv"
    with pytest.raises(KnownError, match=r"known: .*default, .*hsv"):
        open_session(encoder="nothing")


def test_a_library_keeps_the_encoder_that_it_began_with(open_session, photos, tmp_path):
    run(open_session(tmp_path / "new", encoder="phash"), photos)
    assert open_session(tmp_path / "new", encoder=None).encoder_name == "phash"


def test_seen_is_the_sum_of_its_parts(session, photos):
    (photos / "empty.jpg").write_bytes(b"")
    run(session, photos / "a")
    report = index_paths(session, [str(photos)])
    assert report.seen == report.indexed + report.reused + report.unchanged + len(report.failed)
