import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

settings.register_profile("busy", deadline=None)  # other work on the machine is no failure
settings.load_profile("busy")


def jpeg(seed=0, size=(64, 48)):
    """A smooth random picture of its own seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def write_tar(path: Path, members):
    """``members``: name -> bytes, or a TarInfo (a link, say)."""
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                archive.addfile(info)
    return path


def write_folder(path: Path, members):
    for name, content in members.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path


@pytest.fixture(params=["folder", "tar"])
def make_set(request, tmp_path):
    """Writes name -> bytes as a folder or as a tar file and gives its path as str."""

    def make(members):
        if request.param == "tar":
            return str(write_tar(tmp_path / "set.tar", members))
        return str(write_folder(tmp_path / "set", members))

    return make


def decode(data):
    """A local decoder, so that these tests stand without the product's."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.ascontiguousarray(picture.convert("RGB"))
