"""Photos, the split, and pictures decoded once."""

import os
from pathlib import Path

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.data import Photo, decode, decode_once, kept_aside, read_blobs, read_photos, squash

SHARED = Path(os.environ.get("CBIR_SHARED", "../shared")) / "data"


def photos_of(classes, each=20):
    return [Photo(f"{label}-{i}.webp", f"set/{label}", 4, 3) for label in classes for i in range(each)]


def test_whole_classes_are_kept_aside_and_some_of_the_others():
    photos = photos_of("abcdefgh")
    aside = kept_aside(photos, 0.25, seed=1)
    shares = {label: aside[[p.label == f"set/{label}" for p in photos]].mean() for label in "abcdefgh"}
    assert sum(share == 1 for share in shares.values()) == 2
    assert all(share == 1 or share < 0.4 for share in shares.values())


def test_what_is_kept_aside_depends_on_the_seed_and_not_on_the_order():
    photos = photos_of("abcdefgh")
    aside = {p.file for p, kept in zip(photos, kept_aside(photos, 0.25, 1), strict=True) if kept}
    backwards = photos[::-1]
    again = {p.file for p, kept in zip(backwards, kept_aside(backwards, 0.25, 1), strict=True) if kept}
    assert aside == again
    assert aside != {p.file for p, kept in zip(photos, kept_aside(photos, 0.25, 2), strict=True) if kept}


def test_pictures_are_decoded_once_and_in_the_order_of_the_photos(made_data, tmp_path):
    photos = read_photos(made_data)
    first = decode_once(made_data, photos, 32, tmp_path / "pictures.npy")
    stamp = (tmp_path / "pictures.npy").stat().st_mtime_ns
    again = decode_once(made_data, photos, 32, tmp_path / "pictures.npy")
    assert (tmp_path / "pictures.npy").stat().st_mtime_ns == stamp
    assert np.array_equal(first, again)
    blobs = dict(read_blobs([made_data / "train" / "photos-0.tar"]))
    assert np.array_equal(first[7], squash(decode(blobs[photos[7].file]), 32))


def test_a_cache_of_other_photos_is_refused(made_data, tmp_path):
    photos = read_photos(made_data)
    decode_once(made_data, photos, 16, tmp_path / "pictures.npy")
    with pytest.raises(KnownError, match="other pictures"):
        decode_once(made_data, photos[:-1], 16, tmp_path / "pictures.npy")


def test_missing_photos_leave_no_half_made_cache(made_data, tmp_path):
    photos = [*read_photos(made_data), Photo("absent.png", "", 4, 3)]
    with pytest.raises(KnownError, match="not in the shards"):
        decode_once(made_data, photos, 16, tmp_path / "pictures.npy")
    assert not list(tmp_path.iterdir())


def test_no_data_is_a_known_error(tmp_path):
    with pytest.raises(KnownError, match="no list of photos"):
        read_photos(tmp_path)


@pytest.mark.skipif(not (SHARED / "train").is_dir(), reason="the shared data is absent (CBIR_SHARED)")
def test_the_shared_data_gives_its_train_split():
    photos = read_photos(SHARED)
    assert len(photos) == 19_191
    withheld = {photo.label for photo in read_photos(SHARED, "withheld")}
    assert not withheld & {photo.label for photo in photos}
    share = kept_aside(photos, 0.12, 20).mean()
    assert 0.05 < share < 0.25
