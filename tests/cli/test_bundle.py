"""A bug report holds no name: files with names of their own are indexed, and every byte of it is searched."""

import contextlib
import json
import logging
import os
import re
import shutil
import zipfile

import pytest

from cbir_desktop.library.logfile import log_file, log_path
from cbir_desktop.settings import Folders, Settings, save_settings

NAMES = [
    "Zwetschgendatschi 1987.jpg",
    "quokka & numbat; wombat.jpg",
    "x'ylo\"phone (3).jpeg",
    "⟦axolotl⟧ ⟧ capybara.png",
    "pangolin: it is damaged: tarsier.webp",
    "Größenwahn-ÆØ.heic",
    "line\nbreak-narwhal.tif",
    os.fsdecode(b"latin-\xe9\xe8-okapi.jpg"),
    "2011-08-17T04:05:06Z 7 indexer INFO cbir_desktop.x: fossa.jpg",
]
FOLDERS = ["Geheimsache Kürbis", "album\\back⟦slash"]
WORDS = {
    word.lower()
    for name in [*NAMES, *FOLDERS, "Musterfrau", "kakapo", "wobbegong", "dugong"]
    for word in re.findall(r"[^\W\d_]{4,}", name)
} - {"line", "break", "album", "back", "slash", "damaged", "indexer", "info", "cbir", "desktop", "jpeg", "webp", "heic"}


@pytest.fixture
def photos(tmp_path, write_photos):
    made = sorted(write_photos(tmp_path / "made", len(NAMES)).iterdir())
    top = tmp_path / "Musterfrau" / "photos"
    for number, (name, source) in enumerate(zip(NAMES, made, strict=True)):
        folder = top / FOLDERS[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        if number % 3:
            (folder / name).write_bytes(b"no picture at all")
        else:
            shutil.copy(source, folder / name)
    return top


@pytest.fixture
def troubled(cbir, tmp_path, photos):
    """A library, in a folder with a name, in which much went wrong."""
    library = tmp_path / "Musterfrau" / "kakapo library"
    save_settings(Settings(encoder="hsv", excludes=("*wobbegong*", "/data/[dD]ugong/**")), library / "settings.toml")
    assert cbir("index", photos, "--library", library)[0] == 1
    for part in (library / "index").glob("*/*.bin"):
        part.write_bytes(b"damaged")
    sound = photos / FOLDERS[0] / NAMES[0]
    cbir("search", sound, "--library", library)
    cbir("search", photos / "dugong.jpg", "--library", library)
    cbir("index", photos / "wobbegong", "--library", library)
    cbir("problems", "--ignore", photos / "numbat.jpg", "--library", library)
    (photos / FOLDERS[0] / "fresh okapi.jpg").write_bytes(sound.read_bytes() + b"0")
    (library / "catalog.sqlite").write_bytes(b"not a database, says Musterfrau" * 500)
    cbir("status", "--library", library)
    folders = Folders.of(library)
    with contextlib.suppress(RuntimeError), log_file(folders, "test"):
        logging.getLogger("cbir_desktop.x").warning(f"{photos} stands in {sound}")  # as one should not
        raise RuntimeError(f"of {sound}, says {NAMES[3]}")
    with log_path(folders).open("a") as file:
        file.write(
            "from elsewhere: Zwetschgendatschi\n2026-11-21T09:21:06Z 1 x INFO cbir_desktop.x: cut ⟦/home/Musterfrau/kak"
        )
    return library


def unpacked(bundle):
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def found(data):
    """Which of the words are in there, in any of the ways to write them."""
    text = data.decode(errors="replace").lower()
    ways = {
        word: {word, word.encode("ascii", "backslashreplace").decode(), json.dumps(word)[1:-1].lower()}
        for word in WORDS
    }
    return {word for word, written in ways.items() if any(way in text for way in written)}


def test_no_name_of_a_file_or_folder_is_in_it(cbir, troubled, tmp_path):
    assert "okapi" in WORDS
    assert cbir("doctor", "--library", troubled, "--bundle", tmp_path / "report.zip")[0] == 0
    parts = unpacked(tmp_path / "report.zip")
    assert set(parts) == {"report.json", "settings.toml", "cbir.log"}
    assert not found(b"\n".join(parts.values()) + (tmp_path / "report.zip").read_bytes())
    for part in tmp_path.parts[1:]:
        assert part.encode() not in b"".join(parts.values())


def test_it_still_says_what_happened(cbir, troubled, tmp_path):
    cbir("doctor", "--library", troubled, "--bundle", tmp_path / "report.zip")
    parts = unpacked(tmp_path / "report.zip")
    log = parts["cbir.log"].decode()
    for told in (
        "not read (not-an-image)", "is rebuilt", "(vanished)", "(no-such-path)", "restored from its backup",
        "RuntimeError ⟦~", "(a line that is left out)", "test_bundle.py:", ".heic⟧",
    ):  # fmt: skip
        assert told in log, told
    report = json.loads(parts["report.json"])
    assert report["library"]["contents"] == 3
    assert report["library"]["problems"]["not-an-image"] == 6
    assert {"name": "program", "status": "ok"}.items() <= report["checks"][0].items()
    settings = parts["settings.toml"].decode()
    assert 'encoder = "hsv"' in settings
    assert re.search(r'"\*~\w{8}\*"', settings)


def test_a_name_has_one_code_everywhere_and_the_next_time(cbir, troubled, tmp_path):
    for name in ("one.zip", "two.zip"):
        cbir("doctor", "--library", troubled, "--bundle", tmp_path / name)
    one, two = (unpacked(tmp_path / name) for name in ("one.zip", "two.zip"))
    folder = next(check["detail"] for check in json.loads(one["report.json"])["checks"] if check["name"] == "log file")
    assert folder.rpartition("/")[0].rpartition("/")[0].encode() in one["cbir.log"]
    assert one["settings.toml"] == two["settings.toml"]
    assert one["cbir.log"] in two["cbir.log"]


def test_names_are_in_it_when_asked_for(cbir, cbir_json, troubled, tmp_path):
    code, (answer,) = cbir_json("doctor", "--library", troubled, "--bundle", tmp_path / "report.zip", "--with-names")
    assert (code, answer["with_names"]) == (0, True)
    parts = unpacked(tmp_path / "report.zip")
    assert "zwetschgendatschi" in found(parts["cbir.log"])
    assert "wobbegong" in found(parts["settings.toml"])
    assert "kakapo" in found(parts["report.json"])


def test_without_a_library_and_over_a_file(cbir, cbir_json, tmp_path):
    assert cbir("doctor", "--library", tmp_path / "none", "--bundle", tmp_path / "report.zip")[0] == 0
    assert json.loads(unpacked(tmp_path / "report.zip")["report.json"])["library"] is None
    assert not (tmp_path / "none").exists()
    code, (document,) = cbir_json("doctor", "--bundle", tmp_path / "report.zip")
    assert (code, document["error"]["kind"]) == (2, "exists")
    assert cbir_json("doctor", "--with-names")[1][0]["error"]["kind"] == "usage"


def test_doctor_says_where_the_log_is(cbir_json, library):
    _, (document,) = cbir_json("doctor", "--library", library)
    assert {"name": "log file", "status": "ok", "detail": str(library / "log" / "cbir.log")}.items() <= next(
        check for check in document["checks"] if check["name"] == "log file"
    ).items()
