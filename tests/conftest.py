"""How the tests are shared out among workers (pytest-xdist, `--dist loadgroup`)."""

import importlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_KEEP = []

_GUI = Path(__file__).parent / "gui"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for a file, so that its module fixtures are made once; one for all of gui/, which share the screen,
    its clipboard and its focus."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = "screen" if item.path.is_relative_to(_GUI) else str(item.path)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """What a test logs may name files that are no UTF-8: such a report would end the worker that sends it."""
    report = yield
    report.sections = [(title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections]
    return report


@pytest.fixture(scope="session")
def torchvision():
    """torchvision, or a skip. Beside a CPU build of torch its compiled part does not load, and its import stops at an
    operator without a schema: the networks need none of those, so the schemas are enough."""
    torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
    if importlib.util.find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    try:
        import torchvision
    except RuntimeError:
        sys.modules.pop("torchvision", None)
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEEP.append(library)  # it takes its schemas with it
        import torchvision
    return torchvision


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte; ``remount`` with other options."""
    folder = tmp_path / "small"
    folder.mkdir()

    def remount(options):
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True, capture_output=True)

    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"nothing can be mounted here: {error.stderr.decode()}")
    yield folder, remount
    subprocess.run(["umount", folder], check=True)


def mount(device, folder, *options):
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", *options, str(device), str(folder)], check=True, capture_output=True)


@pytest.fixture
def stick(tmp_path):
    """A file system in a file, as a drive to plug in: functions (plug in at a folder, pull out)."""
    image = tmp_path / "stick.img"
    subprocess.run(["truncate", "-s", "8M", image], check=True)
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("there is no mkfs.ext4")
    subprocess.run(["mkfs.ext4", "-q", "-L", "HOLIDAYS", image], check=True)
    mounted = []

    def plug_in(folder):
        try:
            mount(image, folder, "-o", "loop")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no loop devices here: {error.stderr.decode()}")
        mounted.append(folder)

    def pull_out():
        subprocess.run(["umount", mounted.pop()], check=True)

    yield plug_in, pull_out
    while mounted:
        pull_out()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of this test's own, with its trash: send2trash looks where that is when it is imported."""
    home = tmp_path / "home"
    home.mkdir()
    with monkeypatch.context() as patched:
        patched.setenv("HOME", str(home))
        patched.setenv("XDG_DATA_HOME", str(home / "data"))
        other = importlib.import_module("send2trash.plat_other")
        importlib.reload(other)
        yield home
    importlib.reload(other)
