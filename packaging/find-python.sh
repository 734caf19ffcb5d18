#!/bin/sh
# Prints the interpreter that the environment is made with: the first of $PYTHON, python3, python3.13 ... that runs and
# is of a version that pyproject.toml allows. Each candidate is started, for a shim (pyenv) may exist and yet fail.
set -eu

in_range() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if in_range "$candidate"; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done

echo "CBIR Desktop needs Python 3.11, 3.12 or 3.13, and none was found${PYTHON:+ under the name $PYTHON}." >&2
echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2
exit 1
