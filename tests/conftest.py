"""How the tests are shared out among workers (pytest-xdist, `--dist loadgroup`)."""

from pathlib import Path

import pytest

_GUI = Path(__file__).parent / "gui"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for a file, so that its module fixtures are made once; one for all of gui/, which share the screen,
    its clipboard and its focus."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = "screen" if item.path.is_relative_to(_GUI) else str(item.path)
            item.add_marker(pytest.mark.xdist_group(group))
