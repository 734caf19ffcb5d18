"""The desktop entry, the AppStream metainfo and the icon agree with each other and with pyproject.toml."""

import configparser
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP_ID = "org.cbir_desktop.CbirDesktop"
ENTRY = ROOT / "resources" / "linux" / f"{APP_ID}.desktop"
METAINFO = ROOT / "resources" / "linux" / f"{APP_ID}.metainfo.xml"


def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(ENTRY, encoding="utf-8")
    return parser["Desktop Entry"]


def scripts() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {*project["scripts"], *project["gui-scripts"]}


def test_the_entry_starts_a_script_that_is_installed():
    assert entry()["Type"] == "Application"
    assert entry()["Exec"].split()[0] in scripts()


def test_the_icon_is_there_and_is_a_picture():
    icon = ROOT / "resources" / "icons" / f"{entry()['Icon']}.svg"
    assert ElementTree.parse(icon).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_metainfo_names_this_entry_and_the_installed_scripts():
    root = ElementTree.parse(METAINFO).getroot()
    assert root.findtext("id") == APP_ID
    assert root.findtext("launchable") == ENTRY.name
    assert {binary.text for binary in root.iter("binary")} == scripts()


@pytest.mark.parametrize(
    ("tool", "arguments"), [("desktop-file-validate", [ENTRY]), ("appstreamcli", ["validate", "--no-net", METAINFO])]
)
def test_the_validators_find_nothing(tool: str, arguments: list[str | Path]):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
