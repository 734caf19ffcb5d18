from dataclasses import replace

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.settings import Folders, Settings, faults, load_settings, save_settings, update_settings


def test_settings_come_back_as_saved(tmp_path):
    settings = replace(Settings(), encoder="hsv", decode_threads=3)
    save_settings(settings, tmp_path / "settings.toml")
    assert load_settings(tmp_path / "settings.toml") == settings


def test_no_file_gives_the_defaults(tmp_path):
    assert load_settings(tmp_path / "settings.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("encoder = ", "cannot be read"),
        ("schema_version = 99", "schema_version 99"),
        ("schema_version = [1]", r"schema_version \[1\]"),
        ("schema_version = 'one'", "schema_version 'one'"),
        ("schema_version = true", "schema_version True"),
        ("decode_threads = -1", "decode_threads must be from 0 to 256"),
        ("decode_seconds = 0", "decode_seconds must be from 1"),
        ("rescan_seconds = 100000000000000000000", "rescan_seconds must be from 1"),
        ("power = 'turbo'", "power must be one of: full, background"),
        ("colour = 'red'", "no setting named 'colour'"),
        ("decode_threads = 'two'", "must be of type int"),
        ("decode_threads = true", "must be of type int"),
        ("rescan_seconds = 0", "rescan_seconds must be from 1 to 31622400"),
        ("excludes = ['private', '']", "excludes holds an empty pattern"),
        ("excludes = ['*/']", "would leave out every picture"),
    ],
)
def test_bad_settings_say_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(KnownError, match=message) as caught:
        load_settings(path)
    assert caught.value.kind == "bad-settings"


def test_a_library_folder_holds_everything(tmp_path):
    folders = Folders.of(tmp_path)
    assert {folders.data, folders.config} == {tmp_path}
    assert all(tmp_path in folder.parents for folder in (folders.cache, folders.log, folders.settings_file))


def test_the_background_has_a_quarter_of_the_threads():
    assert [replace(Settings(), decode_threads=threads).background_threads for threads in (1, 2, 8, 16)] == [1, 1, 2, 4]


def test_threads_default_to_the_cores_at_hand():
    assert Settings().threads >= 1
    assert replace(Settings(), decode_threads=5).threads == 5


def test_an_update_keeps_what_another_process_wrote(tmp_path):
    path = tmp_path / "settings.toml"
    save_settings(replace(Settings(), encoder="hsv"), path)
    assert update_settings(path, rescan_seconds=7) == replace(Settings(), encoder="hsv", rescan_seconds=7)
    assert load_settings(path) == replace(Settings(), encoder="hsv", rescan_seconds=7)


@pytest.mark.parametrize("text", ["rescan_seconds = ", "colour = 'red'", "rescan_seconds = 0"])
def test_an_update_never_writes_over_a_broken_file(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(KnownError):
        update_settings(path, watch=False)
    assert path.read_text() == text


def test_an_update_with_a_bad_value_writes_nothing(tmp_path):
    with pytest.raises(KnownError, match="decode_seconds must be from 1 to 3600"):
        update_settings(tmp_path / "settings.toml", decode_seconds=0)
    assert not (tmp_path / "settings.toml").exists()


def test_the_defaults_have_no_fault():
    assert faults(Settings()) == {}
    assert set(faults(replace(Settings(), includes=("",), decode_threads=-1))) == {"includes", "decode_threads"}
