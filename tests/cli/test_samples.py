from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.cli.samples import COPIES, PHOTOGRAPHS, Photograph, write_samples
from cbir_desktop.core.errors import MissingPluginError


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Photograph, str]]:
    return write_samples(tmp_path_factory.mktemp("photos"))


def test_there_are_a_dozen_photographs_and_ten_copies_of_each(samples: dict[Path, tuple[Photograph, str]]):
    assert len(PHOTOGRAPHS) == 12
    assert len(samples) == 120
    folder = next(iter(samples)).parent
    assert len(list(folder.iterdir())) == 132


def test_an_original_is_the_very_file_that_the_package_ships(samples: dict[Path, tuple[Photograph, str]]):
    folder = next(iter(samples)).parent
    for photograph in PHOTOGRAPHS:
        written = folder / f"{photograph.name}{photograph.path().suffix}"
        assert written.read_bytes() == photograph.path().read_bytes()


def test_every_copy_differs_from_its_original(samples: dict[Path, tuple[Photograph, str]]):
    for path, (photograph, _) in samples.items():
        with Image.open(path) as copy, Image.open(photograph.path()) as original:
            a, b = np.asarray(copy.convert("RGB"), np.int16), np.asarray(original.convert("RGB"), np.int16)
        assert a.shape != b.shape or np.abs(a - b).mean() > 0.5, path.name


def test_names_tell_the_photograph_apart_from_the_copy():
    assert not any("_" in photograph.name for photograph in PHOTOGRAPHS)
    assert len({photograph.name for photograph in PHOTOGRAPHS}) == len(PHOTOGRAPHS)
    assert len(COPIES) == 10


def test_a_second_call_leaves_the_files_alone(tmp_path: Path):
    first = write_samples(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert write_samples(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times


@pytest.mark.parametrize(("package", "file"), [("no_such_package_here", "a.png"), ("skimage", "data/no-such.png")])
def test_a_photograph_that_is_not_installed_is_named(package: str, file: str):
    with pytest.raises(MissingPluginError, match=r"cbir-desktop\[samples\]"):
        Photograph("none", package, file, "nothing").path()
