"""Numbers, sizes and times in the user's language."""

import os
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.photo_model import display_name, printable
from cbir_desktop.gui.query import FileSource, KeptSource, PastedSource, PhotoSource, Source

_HOUR, _MINUTE = 3600, 60


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("wording", text, None, count)


def number(value: int) -> str:
    return QLocale().toString(value)


def decimal(value: float, digits: int) -> str:
    return QLocale().toString(value, "f", digits)


def size(bytes_: int) -> str:
    return QLocale().formattedDataSize(bytes_, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def date(mtime_ns: int) -> str:
    moment = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(int(moment.timestamp() * 1000)), "yyyy-MM-dd HH:mm")


def duration(seconds: int) -> str:
    """About how long: one unit is enough."""
    if seconds >= 2 * _HOUR:
        return _tr("{n} h").format(n=number(round(seconds / _HOUR)))
    if seconds >= 2 * _MINUTE:
        return _tr("{n} min").format(n=number(round(seconds / _MINUTE)))
    return _tr("{n} s").format(n=number(seconds))


def speed(per_second: float) -> str:
    digits = 0 if per_second >= 10 else 1
    return QLocale().toString(per_second, "f", digits)


def photos(count: int) -> str:
    return _tr("1 photo") if count == 1 else _tr("{n} photos").format(n=number(count))


def files(count: int) -> str:
    return _tr("1 file") if count == 1 else _tr("{n} files").format(n=number(count))


def folder(path: str) -> str:
    """A folder for the eye, the home folder as ~."""
    home = os.path.expanduser("~")
    short = "~" + path[len(home) :] if path == home or path.startswith(home + os.sep) else path
    return printable(short)


def sentence(text: object) -> str:
    """Words, or those of an error, as a sentence of their own."""
    words = clause(text)
    return words[:1].upper() + words[1:]


def quoted(name: str) -> str:
    return _tr("“{name}”").format(name=name)


def source(given: Source) -> str:
    """What a picture is called, without its folder."""
    match given:
        case FileSource(path):
            return quoted(display_name(path))
        case PhotoSource(photo):
            return quoted(display_name(photo.path))
        case KeptSource(path) if path is not None:
            return quoted(display_name(path))
        case PastedSource() | KeptSource():
            return _tr("the pasted picture")
