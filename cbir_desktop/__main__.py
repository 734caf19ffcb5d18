"""``python -m cbir_desktop``: the same as ``cbir``."""

import sys

from cbir_desktop.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
