"""The two commands of a fresh machine, as far as they can be tried without making an environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_DEPS = ROOT / "packaging" / "linux" / "system-deps.sh"
FIND_PYTHON = ROOT / "packaging" / "find-python.sh"

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="system packages are a matter of Linux")


def output(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_help_is_the_default_and_names_every_public_target():
    # MAKEFLAGS of the make that runs these tests would be taken over by this one
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    printed = output("make", env=environment)
    targets = set(re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[0].split())
    for target in targets - {"env", "env-test"}:
        assert re.search(rf"^  make {target} +\S", printed, re.MULTILINE), f"{target} is not explained"


@linux_only
def test_the_list_of_system_libraries_says_what_each_is_and_whether_it_is_there():
    rows = output(SYSTEM_DEPS, "--list", "--test").splitlines()
    assert all(row.split()[-1] in {"present", "missing"} for row in rows)
    assert {"libEGL.so.1", "libxcb-cursor.so.0", "xvfb-run"} <= {row.split()[0] for row in rows}


def needed_by(library: Path) -> set[str]:
    """The sonames in the string table of a library: `ldd` would add the needs of what it needs."""
    return {name.decode() for name in re.findall(rb"lib[\w.+-]+\.so\.\d+", library.read_bytes())}


@linux_only
@pytest.mark.parametrize("plugin", ["libqxcb.so", "libqoffscreen.so"])
def test_every_xcb_library_that_a_platform_plugin_needs_is_listed(plugin: str):
    qt = Path(pytest.importorskip("PySide6").__file__).parent / "Qt"
    listed = set(re.findall(r"^lib\S+\.so\.\d+", SYSTEM_DEPS.read_text(), re.MULTILINE))
    wanted = {
        name for name in needed_by(qt / "plugins" / "platforms" / plugin) if re.match(r"lib(xcb|X11|xkb|GL|EGL)", name)
    }
    assert wanted
    assert wanted <= listed


@linux_only
def test_where_nothing_may_be_installed_the_one_command_is_printed(tmp_path: Path):
    """A PATH with a package manager and the few tools of the script, but without Xvfb: that is what is missing."""
    for tool in ("sh", "uname", "id", "sed", "cat"):
        (tmp_path / tool).symlink_to(next(p for p in (Path("/usr/bin") / tool, Path("/bin") / tool) if p.exists()))
    manager = tmp_path / "dnf"
    manager.write_text("#!/bin/sh\nexit 9\n")
    manager.chmod(0o755)
    script = SYSTEM_DEPS.read_text().replace("PATH=$PATH:/usr/sbin:/sbin", "")
    copy = tmp_path / "system-deps.sh"
    copy.write_text(script)
    done = subprocess.run(
        ["/bin/sh", copy, "--test"],
        env={"PATH": str(tmp_path), "CBIR_NO_INSTALL": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "sudo dnf install" in done.stderr
    assert "'/usr/bin/xvfb-run'" in done.stderr
    assert "'libxcb-cursor.so.0()(64bit)'" in done.stderr


def fake_python(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


@linux_only
def test_an_interpreter_that_does_not_run_is_passed_over(tmp_path: Path):
    """pyenv puts a shim for each version it has ever seen, and most of them fail."""
    fake_python(tmp_path, "python3", "echo 'pyenv: python3: command not found' >&2; exit 127")
    fake_python(tmp_path, "python3.13", "exit 127")
    fake_python(tmp_path, "python3.12", f'exec "{sys.executable}" "$@"')
    assert Path(output(FIND_PYTHON, env={"PATH": f"{tmp_path}:/bin"}).strip()).samefile(sys.executable)


@linux_only
def test_without_a_fitting_interpreter_the_message_says_which_are(tmp_path: Path):
    done = subprocess.run(
        [FIND_PYTHON], env={"PATH": "/bin:/usr/bin", "PYTHON": "no-such-python"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert done.stdout == ""
