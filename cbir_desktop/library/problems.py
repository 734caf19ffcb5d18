"""Files that could not be read: what to do about each, try again, or leave be."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.words import say
from cbir_desktop.library.indexing import IndexReport, rescan
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Problem


@dataclass(frozen=True)
class Ways:
    """What the user calls the things that are advised: the commands, or what the window says."""

    retry: str = "cbir problems --retry"
    index: str = "cbir index"
    relink: str = "cbir folders relink OLD NEW"


COMMANDS = Ways()


def advice(problem: Problem, ways: Ways = COMMANDS) -> str:
    """What the user can do, in a sentence or two."""
    _, names_plugin, package = problem.reason.partition("pip install ")
    if problem.kind == "unsupported" and names_plugin:
        words = say("Install the missing plug-in: pip install {package}; then: {retry}.")
        return words.format(package=package, retry=ways.retry)
    return _advice(problem.kind).format(**asdict(ways))


def _advice(kind: str) -> str:
    match kind:
        case "empty":
            return say("The file has no contents. Restore it from a backup, or delete it.")
        case "not-an-image":
            return say("Its contents are no picture, whatever its name says. Rename it, or ignore it.")
        case "unsupported":
            return say("No plug-in for this format is installed, or there is none. Ignore it, or convert it.")
        case "damaged":
            return say("The file is cut off or corrupt. Restore it from a backup, or ignore it.")
        case "too-large":
            return say("The picture is larger than this program dares to open. Make a smaller copy, or ignore it.")
        case "unreadable":
            return say("Check the permissions of the file and its folder, and the disk; then: {retry}.")
        case "vanished":
            return say("The file was gone when it was its turn. What settles it: {index}.")
        case "offline":
            return say("Plug the drive in, or mount it. If the folder moved: {relink}.")
        case "crashed":
            return say(
                "The decoder died on this file. It is left out, the others are not touched. Ignore it, or report it."
            )
        case "timed-out":
            return say("The decoder did not come to an end. Ignore it, or try again with: {retry}.")
    return say("Try again with: {retry}, or ignore it.")


def ignore_problems(session: Session, paths: Sequence[str], ignored: bool = True) -> int:
    """Let the problems of these files count no more, until a file changes (or count again); gives how many they were.

    Raises ``KnownError`` (kind ``no-such-problem``) for a file that has none.
    """
    mounts = read_mounts()
    wanted = {mounts.canonical(os.path.abspath(path)): path for path in paths}
    listed = {problem.path for problem in session.catalog.problems(with_ignored=True)}
    for canonical, path in wanted.items():
        if canonical not in listed:
            raise KnownError(f"{path} has no problem", "no-such-problem")
    session.catalog.ignore(wanted, ignored)  # one transaction: it may come between the batches of an indexing run
    return len(wanted)


def retry_problems(
    session: Session, task: Task = NULL_TASK, wait_seconds: float = 0.0, paths: Sequence[str] | None = None
) -> IndexReport:
    """Read these files again; none named: every file with a problem, but those that are ignored."""
    if paths is None:
        paths = [problem.path for problem in session.catalog.problems()]
    with session.writing(wait_seconds):
        session.catalog.forget_sizes(paths)
        return rescan(session, paths, task)
