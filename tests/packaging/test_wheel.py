"""What a user gets: the wheel in a fresh environment, far from the checkout and without a compiler."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of scripts of a fresh environment with ``wheel[cpu]``."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, f"{wheel}[cpu]"], env=without_compiler(scripts), check=True, capture_output=True, text=True, timeout=1200
    )
    return scripts


def without_compiler(scripts: Path) -> dict[str, str]:
    """No tool but those of the environment can be reached, and none of this checkout's modules."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return kept | {"PATH": str(scripts), "CC": "/bin/false", "CXX": "/bin/false"}


def cbir(installed: Path, cwd: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [installed / "cbir", *arguments, "--library", str(cwd / "library"), "--json"],
        cwd=cwd,
        env=without_compiler(installed),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def make_picture(path: Path, seed: int) -> None:
    """A few large coloured shapes, different for every seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((500, 400), Image.Resampling.BICUBIC).save(path)


def test_the_wheel_carries_models_and_resources_and_no_tests(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert "cbir_desktop/_data/models/manifest.toml" in names
    assert any(name.startswith("cbir_desktop/_data/models/") and name.endswith(".onnx") for name in names)
    assert any(name.startswith("cbir_desktop/_data/resources/icons/") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_installed_wheel_finds_its_models_inside_itself(installed: Path, tmp_path: Path):
    code = "from cbir_desktop.core.resources import data_folder; print(data_folder('models'), data_folder('resources'))"
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=without_compiler(installed),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for folder in done.stdout.split():
        assert Path(folder).is_relative_to(installed.parent)


def test_hnswlib_is_not_there_so_that_the_flat_index_is_tried(installed: Path):
    command = [installed / "python", "-c", "import hnswlib"]
    done = subprocess.run(command, env=without_compiler(installed), capture_output=True, text=True, timeout=60)
    assert "ModuleNotFoundError" in done.stderr


def test_a_changed_copy_finds_its_original_from_a_folder_outside_the_checkout(installed: Path, tmp_path: Path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed in range(8):
        make_picture(photos / f"{seed}.png", seed)
    query = tmp_path / "copy.jpg"
    with Image.open(photos / "3.png") as original:
        original.resize((250, 200)).filter(ImageFilter.GaussianBlur(1)).save(query, quality=70)

    report = cbir(installed, tmp_path, "index", str(photos))
    assert (report["seen"], report["indexed"], report["failed"]) == (8, 8, [])
    results = cbir(installed, tmp_path, "search", str(query), "-k", "5")["results"]
    assert [row["rank"] for row in results] == [1, 2, 3, 4, 5]
    assert Path(results[0]["path"]) == photos / "3.png"
