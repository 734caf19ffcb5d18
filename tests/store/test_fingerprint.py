"""The fingerprint is another one whenever duplicates may be."""

from pathlib import Path

import pytest

from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session
from cbir_desktop.store.decisions import PairDecision
from cbir_desktop.store.fingerprint import fingerprint
from tests.library.drawn import save, scene


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(3):
        save(tmp_path / "photos" / f"{number}.jpg", scene(number))
    return tmp_path / "photos"


def test_what_came_went_or_moved_and_what_was_decided(tmp_path: Path, photos: Path):
    with Session.open(tmp_path / "library", "hsv") as session:
        index_paths(session, [str(photos)])
        seen = [fingerprint(session.catalog.db)]

        def changed() -> bool:
            seen.append(fingerprint(session.catalog.db))
            return seen[-1] not in seen[:-1]

        index_paths(session, [str(photos)])
        assert not changed(), "nothing happened"
        (photos / "0.jpg").rename(photos / "9.jpg")
        index_paths(session, [str(photos)])
        assert changed()
        (photos / "1.jpg").unlink()
        index_paths(session, [str(photos)])
        assert changed()
        save(photos / "2.jpg", scene(7))
        index_paths(session, [str(photos)])
        assert changed()
        decisions = session.catalog.decisions
        decisions.put(PairDecision("ignore", hash_bytes(b"a"), hash_bytes(b"b")))
        assert changed()
        assert decisions.revoke(decisions.all()[0].id)
        assert changed(), "made and revoked is not as if it never was: what is on show may know of it"
