"""dupeGuru's picture matching without its window: run by the system's Python, where the package's Qt is.

``python3 dupeguru_scan.py HOME HARDNESS SCALED``, paths on stdin, a line each; JSON pairs of paths on stdout.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path


def main() -> None:
    home, hardness, scaled = sys.argv[1:]
    sys.path.insert(0, home)
    photo, blocks = (importlib.import_module(name) for name in ("qt.pe.photo", "core.pe.matchblock"))
    pictures = [photo.File(Path(line)) for line in sys.stdin.read().splitlines()]
    for picture in pictures:
        picture.is_ref = False
    with tempfile.TemporaryDirectory() as folder:
        matches = blocks.getmatches(pictures, str(Path(folder, "cache.db")), int(hardness), bool(int(scaled)))
        json.dump([(str(match.first.path), str(match.second.path)) for match in matches], sys.stdout)


if __name__ == "__main__":
    main()
