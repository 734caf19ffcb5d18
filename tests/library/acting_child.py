"""Cleans up, or undoes, once for each of its steps: a child of its own is killed there (SIGKILL), and what is left on
the disk is looked at. Run as ``python acting_child.py BASE ASIDE ACTION KIND STRIDE``; writes one JSON document.

A step is a call into C that touches the disk or the journal, made by the program, send2trash or shutil: what happens
between two of them happens in one system call, or in one transaction of SQLite.
"""

import importlib.util
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import send2trash

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.images.xmp import Said, said_in_sidecar, with_said
from cbir_desktop.library.acting import Wanted, acting, delete_refused, remove_copies
from cbir_desktop.library.session import Session
from cbir_desktop.library.undo import undo_last

ROOT = Path(importlib.util.find_spec("cbir_desktop").origin).parent
OURS = (str(ROOT / "library"), str(ROOT / "store"), os.path.dirname(send2trash.__file__), shutil.__file__)
STEPS = {
    *("link", "unlink", "replace", "rename", "symlink", "open", "close", "fsync", "mkdir", "execute", "write"),
    *("utime", "chmod", "sendfile"),
}
SIDECAR = with_said(None, Said(keywords=("sea",)))
GONE, COPY = b"the only copy of these bytes" * 9000, b"another version of it" * 9000


class Case:
    def __init__(self, base, aside, action, kind):
        self.base, self.aside, self.action, self.kind = Path(base), Path(aside), action, kind
        self.path, self.kept = self.base / "photos" / "gone.jpg", self.base / "photos" / "kept.jpg"
        self.kept_bytes = GONE if kind in ("hardlink", "symlink") else COPY
        self.sidecar = self.base / "photos" / "kept.jpg.xmp"
        self.trash = Path(os.environ["XDG_DATA_HOME"]) / "Trash"

    def prepare(self):
        """All as it was, up to where the action begins."""
        for folder in (self.base / "photos", self.base / "library", self.trash, self.aside):
            shutil.rmtree(folder, ignore_errors=True)
            folder.unlink(missing_ok=True)
            folder.mkdir(parents=True)
        self.path.write_bytes(GONE)
        self.kept.write_bytes(self.kept_bytes)
        if self.kind == "merge":
            (self.base / "photos" / "gone.jpg.xmp").write_bytes(with_said(None, Said(rating=3)))
            self.sidecar.write_bytes(SIDECAR)
        if self.kind == "delete":  # a file in its place: the trash refuses
            self.trash.rmdir()
            self.trash.write_text("no folder")
        if self.action == "undo":
            assert in_child(lambda: self.act("do")) == 0

    def act(self, action, watch=None):
        with Session.open(self.base / "library", "hsv") as session:
            sys.setprofile(watch)
            if action == "undo":
                undo_last(session)
                return
            wanted = [Wanted(str(self.path), hash_bytes(GONE), str(self.kept), hash_bytes(self.kept_bytes))]
            kind = "trash" if self.kind in ("delete", "merge") else self.kind
            merges = self.kind == "merge"
            report = remove_copies(session, wanted, kind, str(self.aside), merge_metadata=merges)
            if self.kind == "delete":
                delete_refused(session, report.run, [str(self.path)])

    def places(self):
        """Whole files with the bytes that must not be lost; a link that leads to them is one, too."""
        folders = (self.path.parent, self.trash / "files", self.aside)
        files = (file for folder in folders if folder.is_dir() for file in folder.iterdir())
        return [file for file in files if file.is_file() and file.read_bytes() == GONE]

    def after_the_kill(self):
        assert self.kept.read_bytes() == self.kept_bytes, "the kept file"
        if self.kind != "delete":
            assert self.places(), "the only copy is gone"
        if self.kind in ("hardlink", "symlink"):
            assert self.path.read_bytes() == GONE, "its path reads otherwise"

    def recovered(self):
        """What a new process makes of it: settle, then undo if there is anything to undo."""
        assert in_child(self.settle) == 0, "settling failed"
        left = [*self.path.parent.rglob(".cbir-*"), *self.aside.rglob(".cbir-*")]
        assert not left, f"a temporary file is left: {left}"
        self.after_the_kill()
        self.sidecar_is(3 if not self.path.exists() else None)
        assert in_child(self.undo_if_any) == 0, "undo failed"
        self.sidecar_is(None)
        if self.kind == "delete" and not self.path.exists():
            return
        assert self.path.read_bytes() == GONE, "it did not come back"
        assert not self.path.is_symlink()
        assert self.path.stat().st_nlink == 1
        others = [place for place in self.places() if place not in (self.path, self.kept)]
        assert not others, f"a second copy is left: {others}"

    def sidecar_is(self, rating):
        """That it is as it was, or has this rating as well."""
        if self.kind == "merge":
            data = self.sidecar.read_bytes()
            assert said_in_sidecar(data) == Said(rating=rating, keywords=("sea",)), "the sidecar"
            assert rating is not None or data == SIDECAR, "the sidecar was rewritten"

    def settle(self):
        with Session.open(self.base / "library", "hsv") as session, acting(session) as journal:
            assert not journal.unsettled()

    def undo_if_any(self):
        try:
            self.act("undo")
        except KnownError as error:
            if error.kind != "nothing-to-undo":
                raise


def in_child(work):
    """The exit status of a process of its own that does it; the signal's number made negative where one ended it."""
    number = os.fork()
    if number == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(number, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(step, act):
    """Does it up to that step, and writes down how many steps there were when it got through."""
    count = 0

    def watch(frame, event, argument):
        nonlocal count
        if event == "c_call" and argument.__name__ in STEPS and frame.f_code.co_filename.startswith(OURS):
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

    act(watch)
    sys.setprofile(None)
    Path(os.environ["XDG_DATA_HOME"], "count").write_text(str(count))


def main(base, aside, action, kind, stride):
    case = Case(base, aside, action, kind)
    case.prepare()
    assert in_child(lambda: killed_at(None, lambda watch: case.act(action, watch))) == 0
    steps = int(Path(os.environ["XDG_DATA_HOME"], "count").read_text())
    wrong, killed = [], 0
    for step in range(0, steps, int(stride)):
        case.prepare()
        killed += in_child(lambda at=step: killed_at(at, lambda watch: case.act(action, watch))) == -signal.SIGKILL
        try:
            case.after_the_kill()
            case.recovered()
        except AssertionError as error:
            wrong.append(f"step {step}: {error}")
    sys.stdout.write(json.dumps({"steps": steps, "killed": killed, "wrong": wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
