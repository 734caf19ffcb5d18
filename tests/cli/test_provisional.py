"""What the command line says of photos that are known by their previews only."""

import pytest
from PIL import Image

from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library import previewing
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session
from tests.images.camera_files import with_thumbnail


@pytest.fixture
def half_indexed(library, write_photos, tmp_path, monkeypatch):
    """A library of eight photos of which none was read when its indexing was cancelled."""
    photos = write_photos(tmp_path / "photos", 8)
    for path in photos.iterdir():
        small = tmp_path / "small.jpg"
        Image.open(path).resize((160, 120)).save(small, quality=90)
        path.write_bytes(with_thumbnail(path.read_bytes(), small.read_bytes()))
    monkeypatch.setattr(previewing, "WORTH_BYTES", 0)
    monkeypatch.setattr(previewing, "WORTH_FILES", 2)
    task = Task(lambda done, total: task.cancel() if done == 8 else None, per_second=1e9)
    with Session.open(library) as session, pytest.raises(Cancelled):
        index_paths(session, [str(photos)], task)
    return photos


def test_search_and_status_tell_what_is_provisional(cbir, cbir_json, half_indexed, library, tmp_path):
    query = tmp_path / "query.png"
    Image.open(half_indexed / "0003.jpg").resize((200, 150)).save(query)
    code, (answer,) = cbir_json("search", query, "--library", library)
    assert code == 0
    assert len(answer["results"]) == 8
    assert all(result["provisional"] for result in answer["results"])
    assert answer["results"][0]["path"] == str(half_indexed / "0003.jpg")
    _, out, _ = cbir("search", query, "--library", library)
    assert out.count(" ~") == 8
    _, (status,) = cbir_json("status", "--library", library)
    assert (status["provisional"], status["contents"], status["files"]["online"]) == (8, 0, 8)
    assert [vectors["count"] for vectors in status["vectors"]] == [0]
    assert "8 photos are searched by their previews" in cbir("status", "--library", library)[1]

    assert cbir_json("index", half_indexed, "--library", library)[1][0]["indexed"] == 8
    _, (answer,) = cbir_json("search", query, "--library", library)
    assert not any(result["provisional"] for result in answer["results"])
    assert "~" not in cbir("search", query, "--library", library)[1].replace(str(tmp_path), "")
    assert cbir_json("status", "--library", library)[1][0]["provisional"] == 0
