#!/bin/sh
# Makes .venv for `make run` (setup-env.sh run) and `make test` (setup-env.sh test), on a machine that may have nothing
# but Python, git and make. A second call does nothing until what it was made from changes. See the stamp below.
set -eu

purpose=${1:?usage: setup-env.sh run|test}
cd "$(dirname "$0")/.."
here=packaging
venv=.venv
case ${OS:-} in Windows_NT) bin=$venv/Scripts ;; *) bin=$venv/bin ;; esac

say() { echo "[setup] $*" >&2; }
pip() { "$bin/python" -m pip --disable-pip-version-check -q "$@"; }

# onnxruntime-gpu is published for x86-64 only, and breaks onnxruntime in the same environment: one of the two.
flavour() {
    if [ "$(uname -m)" = x86_64 ] && nvidia-smi -L 2>/dev/null | grep -q '^GPU '; then echo gpu; else echo cpu; fi
}

# Content, not time: a checkout changes times.
stamp_text() {
    echo "$flavour $("$bin/python" -c 'import sys; print(sys.version)' 2>/dev/null)"
    pwd
    cat pyproject.toml constraints.txt "$here/setup-env.sh" | cksum
}

# An environment made for the tests serves `make run` as well.
up_to_date() {
    for stamp in "$venv/.stamp-$purpose" "$venv/.stamp-test"; do
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(stamp_text)" ]; then return 0; fi
    done
    return 1
}

make_venv() {
    if [ -x "$bin/python" ] && "$bin/python" -m pip --version >/dev/null 2>&1; then return; fi
    python=$("$here/find-python.sh")
    "$here/linux/system-deps.sh" --venv "$python"
    say "making $venv with $python"
    "$python" -m venv --clear "$venv"
}

install_project() {
    if [ "$flavour" = gpu ]; then other=onnxruntime; else other=onnxruntime-gpu; fi
    if pip show "$other" >/dev/null 2>&1; then pip uninstall -y onnxruntime onnxruntime-gpu; fi
    if [ "$purpose" = test ]; then extras=$flavour,dev; else extras=$flavour,samples; fi
    say "installing the program and its packages [$extras]; the first time this takes some minutes"
    pip install -e ".[$extras]" -c constraints.txt
}

# Without native instructions: the environment may travel to another processor.
build_hnswlib() {
    if "$bin/python" -c 'import hnswlib' 2>/dev/null; then return; fi
    log=$venv/hnswlib.log
    export HNSWLIB_NO_NATIVE=1
    if "$here/linux/system-deps.sh" --compiler "$bin/python" && pip install -e '.[hnsw]' >"$log" 2>&1; then return; fi
    say "hnswlib could not be built ($log): the exact (flat) index serves, slower above some 100,000 photos"
}

# The tests of training/ need torch, whose builds for Linux bring gigabytes of CUDA: taken only where a CPU build of the
# pinned version is at hand; without it those tests skip. `pip index` looks at names only and downloads nothing.
install_torch() {
    version=$(sed -n 's/^torch==//p' constraints.txt)
    vision=$(sed -n 's/^torchvision==//p' constraints.txt)
    case $(uname -s) in Linux) wanted="$version+cpu" ;; *) wanted=$version ;; esac
    if "$bin/python" -m pip index versions torch 2>/dev/null | grep -qF "$wanted"; then
        say "installing torch $wanted for the training tests"
        pip install "torch==$wanted" onnxscript pytorch-metric-learning -c constraints.txt
        pip install --no-deps "torchvision==$vision"
    else
        say "no CPU build of torch $version at hand: the training tests will be skipped"
    fi
}

if [ "$purpose" = test ]; then test_option=--test; else test_option=''; fi
# shellcheck disable=SC2086
"$here/linux/system-deps.sh" $test_option || say "going on without them"

flavour=$(flavour)
if up_to_date; then exit 0; fi
make_venv
rm -f "$venv"/.stamp-*
install_project
build_hnswlib
if [ "$purpose" = test ]; then install_torch; fi
stamp_text >"$venv/.stamp-$purpose"
