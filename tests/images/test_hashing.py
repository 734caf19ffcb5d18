import pytest

from cbir_desktop.images.hashing import HASH_BYTES, hash_bytes, hash_file


def test_known_answer():
    """The first test vector of the BLAKE3 specification: no input."""
    assert hash_bytes(b"").hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_files_hash_as_their_bytes(tmp_path, size):
    data = bytes(range(256)) * (size // 256 + 1)
    path = tmp_path / "file"
    path.write_bytes(data[:size])
    assert hash_file(str(path)) == hash_bytes(data[:size])
    assert len(hash_file(str(path))) == HASH_BYTES


def test_missing_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        hash_file(str(tmp_path / "gone"))
