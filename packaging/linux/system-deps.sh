#!/bin/sh
# The system libraries and tools that pip cannot bring. Installs only what is missing, and only where it may (root or
# sudo without a password); else prints the one command. Does nothing, quickly, when all is there.
#
#   system-deps.sh [--list | --check] [--test] [--venv PYTHON] [--compiler PYTHON]
#
#   --list      print what is needed here, one a line, and whether it is there; install nothing
#   --check     print what is missing; exit 1 if anything is; install nothing
#   --test      also a virtual screen (Xvfb) for the tests of the window
#   --venv P    also what `P -m venv` needs
#   --compiler P also a C++ compiler and the headers of P, to build hnswlib
#
# Set CBIR_NO_INSTALL=1 to have the command printed in any case. Exit: 0 all is there, 1 something is missing still.
# shellcheck disable=SC2086,SC2317
# (SC2086: package names hold no spaces, the lists of them are split on purpose. SC2317: has_library is called by name.)
set -eu

# soname | Debian and Ubuntu | Arch.   dnf and zypper find a library by its soname.
# From NEEDED of QtCore, QtGui, QtWidgets, QtDBus, QtNetwork and the platform plug-ins xcb and offscreen of PySide6 6.11,
# less what they bring along and what every system has. libxcb-* follow from these where a distribution splits them.
QT_LIBRARIES='
libEGL.so.1              libegl1               libglvnd
libGL.so.1               libgl1                libglvnd
libX11.so.6              libx11-6              libx11
libX11-xcb.so.1          libx11-xcb1           libx11
libdbus-1.so.3           libdbus-1-3           dbus
libfontconfig.so.1       libfontconfig1        fontconfig
libfreetype.so.6         libfreetype6          freetype2
libglib-2.0.so.0         libglib2.0-0          glib2
libgssapi_krb5.so.2      libgssapi-krb5-2      krb5
libxcb.so.1              libxcb1               libxcb
libxcb-cursor.so.0       libxcb-cursor0        xcb-util-cursor
libxcb-icccm.so.4        libxcb-icccm4         xcb-util-wm
libxcb-image.so.0        libxcb-image0         xcb-util-image
libxcb-keysyms.so.1      libxcb-keysyms1       xcb-util-keysyms
libxcb-randr.so.0        libxcb-randr0         libxcb
libxcb-render.so.0       libxcb-render0        libxcb
libxcb-render-util.so.0  libxcb-render-util0   xcb-util-renderutil
libxcb-shape.so.0        libxcb-shape0         libxcb
libxcb-shm.so.0          libxcb-shm0           libxcb
libxcb-sync.so.1         libxcb-sync1          libxcb
libxcb-util.so.1         libxcb-util1          xcb-util
libxcb-xfixes.so.0       libxcb-xfixes0        libxcb
libxcb-xkb.so.1          libxcb-xkb1           libxcb
libxkbcommon.so.0        libxkbcommon0         libxkbcommon
libxkbcommon-x11.so.0    libxkbcommon-x11-0    libxkbcommon-x11
'

mode=install test_tools=no venv_python='' compiler_python=''
while [ $# -gt 0 ]; do
    case $1 in
        --list | --check) mode=${1#--} ;;
        --test) test_tools=yes ;;
        --venv) venv_python=$2 && shift ;;
        --compiler) compiler_python=$2 && shift ;;
        *) sed -n '2,/^# Set/s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

[ "$(uname -s)" = Linux ] || exit 0

# /sbin is not on every user's PATH, and ldconfig lives there.
PATH=$PATH:/usr/sbin:/sbin
manager=unknown
for name in apt-get dnf pacman zypper; do
    if command -v "$name" >/dev/null 2>&1; then
        manager=$name
        break
    fi
done
# Musl has no ldconfig -p: then every library counts as missing, and the list is printed.
present_libraries=$(ldconfig -p 2>/dev/null || true)
missing=''

# need LABEL PRESENT(yes/no) APT DNF PACMAN ZYPPER
need() {
    case $manager in
        apt-get) package=$3 ;;
        dnf) package=$4 ;;
        pacman) package=$5 ;;
        zypper) package=$6 ;;
        *) package=$1 ;;
    esac
    if [ "$mode" = list ]; then
        if [ "$2" = yes ]; then state=present; else state=missing; fi
        printf '%-24s %-28s %s\n' "$1" "$package" "$state"
    fi
    if [ "$2" = no ] && [ "$package" != - ]; then
        case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    fi
}

yes_if() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }

has_library() { case $present_libraries in *"	$1 "*) return 0 ;; *) return 1 ;; esac; }

need_qt() {
    while read -r soname debian arch; do
        [ -n "$soname" ] || continue
        need "$soname" "$(yes_if has_library "$soname")" "$debian" "$soname()(64bit)" "$arch" "$soname()(64bit)"
    done <<EOF
$QT_LIBRARIES
EOF
}

need_test_tools() {
    need Xvfb "$(yes_if command -v Xvfb)" xvfb /usr/bin/Xvfb xorg-server-xvfb /usr/bin/Xvfb
    need xvfb-run "$(yes_if command -v xvfb-run)" xvfb /usr/bin/xvfb-run xorg-server-xvfb /usr/bin/xvfb-run
    need xauth "$(yes_if command -v xauth)" xauth /usr/bin/xauth xorg-xauth /usr/bin/xauth
}

minor_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

need_venv() {
    version=$(minor_version "$1")
    need ensurepip "$(yes_if "$1" -c 'import ensurepip')" "python$version-venv" "python$version-pip" python python3-pip
}

need_compiler() {
    version=$(minor_version "$1")
    header=$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
    need c++ "$(yes_if command -v c++)" g++ gcc-c++ gcc gcc-c++
    need Python.h "$(yes_if test -e "$header")" "python$version-dev" "python$version-devel" python \
        "python$(echo "$version" | tr -d .)-devel"
}

run_as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
    [ -z "${CBIR_NO_INSTALL:-}" ] && [ "$manager" != unknown ] || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo && sudo -n true; } >/dev/null 2>&1
}

install_missing() {
    case $manager in
        apt-get) apt_install || { run_as_root apt-get -qq update && apt_install; } ;;
        dnf) run_as_root dnf -y -q install $missing ;;
        pacman) run_as_root pacman -S --needed --noconfirm $missing ;;
        zypper) run_as_root zypper -n -q install $missing ;;
    esac
}

# The first try uses the lists that are there: an update takes longer than all the rest, and is needed only when it fails.
apt_install() {
    run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 \
        install --no-install-recommends $missing >/dev/null
}

command_line() {
    case $manager in
        apt-get) echo "sudo apt-get install --no-install-recommends$missing" ;;
        dnf | zypper) echo "sudo $manager install$(printf " '%s'" $missing)" ;;
        pacman) echo "sudo pacman -S --needed$missing" ;;
        *) echo "(no known package manager here; install what provides)$missing" ;;
    esac
}

# What is asked for alone is checked alone: the compiler and venv are wanted before, and without, the libraries of Qt.
if [ -z "$venv_python$compiler_python" ]; then need_qt; fi
if [ "$test_tools" = yes ]; then need_test_tools; fi
if [ -n "$venv_python" ]; then need_venv "$venv_python"; fi
if [ -n "$compiler_python" ]; then need_compiler "$compiler_python"; fi

if [ "$mode" = list ] || [ -z "$missing" ]; then exit 0; fi
if [ "$mode" = check ]; then
    printf '%s\n' $missing
    exit 1
fi
if may_install; then
    echo "Installing system packages with $manager:$missing" >&2
    if install_missing; then exit 0; fi
    echo "That did not work." >&2
fi
echo "System packages are missing. Install them with:" >&2
echo "  $(command_line)" >&2
exit 1
