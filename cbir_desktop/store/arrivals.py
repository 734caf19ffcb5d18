"""Files that came since all duplicates were last looked for: which are to be compared, and which are copies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cbir_desktop.store.db import Database
from cbir_desktop.store.places import full_path

_PLACED = (
    "SELECT c.id, c.hash, v.mount, d.path, f.name, p.taken, f.id"
    " FROM files f JOIN folders d ON d.id = f.folder_id JOIN volumes v ON v.id = d.volume_id"
    " JOIN contents c ON c.id = f.content_id LEFT JOIN captures p ON p.content_id = c.id WHERE f.state = 'online'"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A content with a file of it that is online, and when EXIF says that it was taken."""

    content_id: int
    hash: bytes
    path: str
    taken: str | None
    file_id: int


class ArrivalTable:
    """Reads and writes what is new to a search for duplicates; ``key`` names encoder and matcher, as in ``proofs``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def last_file(self) -> int:
        """The newest file that the catalog has."""
        return int(self._db.connection.execute("SELECT coalesce(max(id), 0) FROM files").fetchone()[0])

    def mark_looked_at(self, up_to: int) -> None:
        """All files up to this one were there when all duplicates were looked for."""
        with self._db.writing() as connection:
            connection.execute("UPDATE files SET looked_at = 1 WHERE looked_at = 0 AND id <= ?", (up_to,))

    def was_compared(self, key: str) -> bool:
        """Whether the library was ever compared as a whole."""
        row = self._db.connection.execute("SELECT EXISTS (SELECT 1 FROM contents WHERE joined = ?)", (key,)).fetchone()
        return bool(row[0])

    def uncompared(self, encoder_id: int, most: int) -> list[Placed]:
        """Contents that were never compared with the library and can be: the newest first."""
        return self._placed(
            "SELECT c.id FROM contents c JOIN vectors x ON x.content_id = c.id AND x.encoder_id = ?"
            " WHERE c.joined IS NULL AND EXISTS"
            " (SELECT 1 FROM files f WHERE f.content_id = c.id AND f.state = 'online') ORDER BY c.id DESC LIMIT ?",
            (encoder_id, most),
        )

    def of_equal_pixels(self, content_id: int) -> list[Placed]:
        """The oldest other one of the same pixels, as far as indexing decoded them: one stands for all."""
        return self._placed(
            "SELECT o.id FROM contents c JOIN contents o ON o.pixels = c.pixels AND o.id <> c.id WHERE c.id = ? AND"
            " EXISTS (SELECT 1 FROM files f WHERE f.content_id = o.id AND f.state = 'online') ORDER BY o.id LIMIT 1",
            (content_id,),
        )

    def of_ids(self, ids: Iterable[int]) -> list[Placed]:
        """Those of these contents that have a file."""
        return [one for number in ids for one in self._placed("SELECT ?", (number,))]

    def new_copies(self, matcher: str) -> Iterator[tuple[Placed, Placed]]:
        """(new file, a file of which it is a copy), of all that came since duplicates were looked for; none where they
        never were."""
        begun = self._db.connection.execute("SELECT EXISTS (SELECT 1 FROM files WHERE looked_at = 1)").fetchone()[0]
        for one in self._select("f.looked_at = 0") if begun else ():
            for other in (*self._twins(one), *self._proved(one.hash, matcher)):
                yield one, other

    def _twins(self, one: Placed) -> list[Placed]:
        """Other files of the very bytes."""
        return self._select("f.content_id = ? AND f.id <> ?", (one.content_id, one.file_id))

    def _proved(self, digest: bytes, matcher: str) -> list[Placed]:
        return self._select(
            "c.hash IN (SELECT hi FROM proofs WHERE lo = ?1 AND matcher = ?2 AND proved = 'copy'"
            " UNION SELECT lo FROM proofs WHERE hi = ?1 AND matcher = ?2 AND proved = 'copy')",
            (digest, matcher),
        )

    def _placed(self, ids: str, values: Sequence[object]) -> list[Placed]:
        """A file for each content of a query for ids, in its order."""
        numbers = [row[0] for row in self._db.connection.execute(ids, values)]
        return [one for number in numbers for one in self._select("f.content_id = ?", (number,))[:1]]

    def _select(self, condition: str, values: Sequence[object] = ()) -> list[Placed]:
        rows = self._db.connection.execute(f"{_PLACED} AND {condition} ORDER BY f.id", values)
        return [
            Placed(number, digest, full_path(mount, folder, name), taken, file_id)
            for number, digest, mount, folder, name, taken, file_id in rows
        ]
