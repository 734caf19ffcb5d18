"""Forget what is gone. Rows, vectors and thumbnails are removed, never a photo."""

from dataclasses import dataclass

from cbir_desktop.library.session import Session


@dataclass(frozen=True, slots=True)
class PruneReport:
    """How many were removed, or would be: ``files`` the library's rows of missing files, ``contents`` what no file
    refers to any more, ``vectors`` and ``thumbnails`` of those."""

    files: int
    contents: int
    vectors: int
    thumbnails: int


def prune(session: Session, missing: bool, dry_run: bool = False) -> PruneReport:
    """Remove contents that no file refers to, with vectors, thumbnails and index entries.

    ``missing``: first forget the files that are missing. Photos of drives that are away are not missing. Raises
    ``LibraryInUseError``.
    """
    with session.writing():
        catalog = session.catalog
        files, orphans = catalog.prunable(missing)
        vectors = catalog.vectors.count_of([content for content, _ in orphans])
        thumbs = [digest for _, digest in orphans if digest in session.thumbs]
        report = PruneReport(len(files), len(orphans), vectors, len(thumbs))
        if dry_run or not (files or orphans):
            return report
        catalog.prune(files, [content for content, _ in orphans])
        for digest in thumbs:
            session.thumbs.remove(digest)
        session.thumbs.flush()
        session.sync_index()
    return report
