"""How long a photo takes from its arrival in a watched folder to being found.

    python tests/bench/bench_watch.py [--photos 100] [--rounds 10]

Indexes made photos with the embedded encoder, follows their folder, then copies one more into it at a time and asks for
it until it is found.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files
from cbir_desktop.library.session import Session
from cbir_desktop.library.watch import Watcher

_ASK_SECONDS = 0.05
_LATEST_SECONDS = 120


def make_photo(path: Path, seed: int) -> None:
    coarse = np.random.default_rng(seed).integers(0, 255, (8, 12, 3), dtype=np.uint8)
    cv2.imwrite(str(path), cv2.resize(coarse, (1200, 800), interpolation=cv2.INTER_CUBIC))


def seconds_until_found(session: Session, source: Path, target: Path) -> float:
    started = time.perf_counter()
    shutil.copyfile(source, target)
    while time.perf_counter() - started < _LATEST_SECONDS:
        hits = search_files(session, [str(source)], k=1, include_self=True).hits
        if hits and hits[0].photo.path == str(target):
            return time.perf_counter() - started
        time.sleep(_ASK_SECONDS)
    raise SystemExit(f"{target.name} was not found in {_LATEST_SECONDS} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        (top / "photos").mkdir()
        for number in range(options.photos):
            make_photo(top / "photos" / f"{number:04}.jpg", number)
        with Session.open(top / "library") as session:
            index_paths(session, [str(top / "photos")])
            watcher = Watcher(session)
            watcher.start()
            if not watcher.wait_until_following(_LATEST_SECONDS):
                raise SystemExit("the folder is not followed")
            found = []
            for number in range(options.rounds):
                make_photo(top / "new.jpg", 1_000_000 + number)
                found.append(seconds_until_found(session, top / "new.jpg", top / "photos" / f"new {number}.jpg"))
            watcher.stop()
    sys.stdout.write(
        f"{options.rounds} photos that came in were found after {statistics.median(found):.2f} s in the median,"
        f" {max(found):.2f} s at the latest\n"
    )


if __name__ == "__main__":
    main()
