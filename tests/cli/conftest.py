import json

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.cli.main import main
from cbir_desktop.settings import Settings, save_settings


@pytest.fixture
def library(tmp_path):
    """A library folder whose encoder needs no model."""
    folder = tmp_path / "library"
    save_settings(Settings(encoder="hsv"), folder / "settings.toml")
    return folder


@pytest.fixture
def write_photos():
    def write(folder, count, start=0):
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(start, start + count):
            small = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
            picture = Image.fromarray(small).resize((96, 72), Image.Resampling.BICUBIC)
            picture.save(folder / f"{seed:04}.jpg", quality=90)
        return folder

    return write


@pytest.fixture
def cbir(capsys):
    """Runs a command in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def cbir_json(cbir):
    """Runs a command with --json: (exit code, the documents)."""

    def run(*arguments):
        code, out, _ = cbir(*arguments, "--json")
        return code, [json.loads(line) for line in out.splitlines()]

    return run
