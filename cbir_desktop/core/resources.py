"""Where ``models/`` and ``resources/`` are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """The folder ``name`` ("models" or "resources"). Raises FileNotFoundError when the installation is incomplete."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of CBIR Desktop ({_PACKAGE})")
