"""Which numbers of threads index fastest: decode threads x onnxruntime's own for a call x OpenCV's own.

    python tests/bench/bench_threads.py [--rounds 5] [--camera 12] [--small 200] [--corpus DIR]

Each file is read, hashed, decoded, turned into a thumbnail and encoded in one decode thread, as indexing does. In each
round every setting is measured once, one after the other; rates are medians, and given as ratios to the program's own
setting of that round.
"""

import argparse
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import cv2

from cbir_desktop.encoders.models import embedded
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.corpus import make_corpus
from cbir_desktop.images.decode import decode, read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.settings import available_cores
from cbir_desktop.store.thumbs import ThumbCache

Setting = tuple[int, int, int]


def rate(paths: list[str], setting: Setting, encoders: dict, thumbs: ThumbCache) -> float:
    threads, intra, opencv = setting
    cv2.setNumThreads(opencv)
    encoder = encoders[intra]

    def prepare(path: str) -> None:
        data = read_file(path)
        image = decode(data, min_side=WORKING_SIDE).image
        thumbs.put(hash_bytes(data), image)
        encoder.encode([image])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(prepare, paths[:threads]))
        started = time.perf_counter()
        list(pool.map(prepare, paths))
        return len(paths) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--camera", type=int, default=12)
    parser.add_argument("--small", type=int, default=200)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    cores = available_cores()
    ours = (cores, 1, 0)
    settings = list(product(sorted({1, cores, 2 * cores}), sorted({1, cores}), sorted({0, cores})))
    encoders = {intra: embedded(threads=intra) for intra in {1, cores}}
    with tempfile.TemporaryDirectory() as name:
        kinds = {"camera": options.camera, "small": options.small}
        corpus = make_corpus(options.corpus or Path(name), kinds)
        thumbs = ThumbCache(Path(name))
        ratios = {(kind, setting): [] for kind in corpus for setting in settings}
        rates = {kind: [] for kind in corpus}
        for _ in range(options.rounds):
            for kind, paths in corpus.items():
                measured = {setting: rate(paths, setting, encoders, thumbs) for setting in settings}
                rates[kind].append(measured[ours])
                for setting in settings:
                    ratios[kind, setting].append(measured[setting] / measured[ours])
    rows = [
        [*map(str, setting), *(f"{statistics.median(ratios[kind, setting]):.2f}" for kind in corpus)]
        for setting in settings
    ]
    sys.stdout.write(markdown(["decode threads", "onnxruntime", "OpenCV", *corpus], rows))
    medians = ", ".join(f"{statistics.median(values):.1f} {kind}" for kind, values in rates.items())
    sys.stdout.write(f"\n{cores} cores, {options.rounds} rounds; files a second at {ours}: {medians}\n")


if __name__ == "__main__":
    main()
