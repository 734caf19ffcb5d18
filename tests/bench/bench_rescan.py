"""What a rescan costs when nothing has changed, beside a bare walk of the same tree.

    python tests/bench/bench_rescan.py [--files 100000] [--folders 1000] [--rounds 5] [--profile]

Makes a tree of tiny files in a temporary folder and a catalog that knows them all, then measures in turn: a bare
``os.scandir`` walk with ``stat`` of each file, and ``library.indexing.rescan``.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cbir_desktop.encoders import looks
from cbir_desktop.library.indexing import rescan
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.session import Session
from cbir_desktop.store.files import Content, FileRecord


def make_tree(top: Path, files: int, folders: int) -> None:
    for number in range(folders):
        folder = top / f"{2000 + number % 25}" / f"album {number:05}"
        folder.mkdir(parents=True)
        for picture in range(number, files, folders):
            (folder / f"IMG_{picture:07}.jpg").write_bytes(picture.to_bytes(4, "big"))


def fill_catalog(session: Session, top: Path) -> None:
    """A row, a content and a vector a file, through the code that indexing writes with."""
    mounts, rng = read_mounts(), np.random.default_rng(0)
    session.catalog.folders.watch([mounts.place_of(str(top))])
    number = 0
    session.catalog.looks.settle(looks.KEY)
    for folder, _, names in os.walk(top):
        place, records = mounts.place_of(folder), []
        for name in names:
            status, number = os.stat(os.path.join(folder, name)), number + 1
            content = Content(number.to_bytes(32, "big"), status.st_size, 4000, 3000, "JPEG", look=bytes(looks.BYTES))
            vector = rng.normal(size=session.encoder.dim).astype(np.float32)
            vector /= np.linalg.norm(vector)
            records.append(FileRecord(place, name, status.st_size, status.st_mtime_ns, status.st_ino, content, vector))
        session.catalog.files.record(records, session.encoder_id)


def bare_walk(top: str) -> int:
    waiting, seen = [top], 0
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    seen += 1
    return seen


def measure(session: Session, top: str, files: int, rounds: int) -> tuple[list[float], list[float]]:
    walks, rescans = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        assert bare_walk(top) == files
        walks.append(time.perf_counter() - started)
        started = time.perf_counter()
        assert rescan(session).unchanged == files
        rescans.append(time.perf_counter() - started)
    return walks, rescans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        top = Path(os.path.realpath(name)) / "photos"
        make_tree(top, options.files, options.folders)
        with Session.open(Path(name) / "library", encoder="hsv") as session:
            fill_catalog(session, top)
            rescan(session)
            walks, rescans = measure(session, str(top), options.files, options.rounds)
            if options.profile:
                with cProfile.Profile() as profile:
                    rescan(session)
                pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(20)
    ratio = statistics.median(b / a for a, b in zip(walks, rescans, strict=True))
    sys.stdout.write(
        f"{options.files} files in {options.folders} folders: bare walk {min(walks):.3f} s, rescan {min(rescans):.3f} s"
        f" (best of {options.rounds}); median ratio {ratio:.2f}, of the bests {min(rescans) / min(walks):.2f}\n"
    )


if __name__ == "__main__":
    main()
