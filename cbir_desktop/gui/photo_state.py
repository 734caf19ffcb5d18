"""Words for a photo that is not as usual: known by its preview only, on a drive that is away, missing."""

from PySide6.QtCore import QCoreApplication

from cbir_desktop.store.catalog import Photo


def in_words(photo: Photo) -> str:
    """A phrase for the details and for a screen reader; empty where all is as usual."""
    if photo.state == "offline":
        if photo.drive is None:
            return _tr("offline: its folder is not there now")
        return _tr("offline, on drive {name}").format(name=photo.drive)
    if photo.state == "missing":
        return _tr("missing: the file is not there any more")
    return _tr("provisional: not fully indexed yet") if photo.provisional else ""


def badge(photo: Photo) -> str:
    """A word or two on the photo itself; empty where all is as usual."""
    if photo.state == "offline":
        return _tr("Offline")
    if photo.state == "missing":
        return _tr("Missing")
    return _tr("Preview") if photo.provisional else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("photo_state", text)
