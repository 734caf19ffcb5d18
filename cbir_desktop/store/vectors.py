"""Embeddings in the catalog: float16 blobs keyed (content, encoder)."""

from collections.abc import Sequence

import numpy as np

from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.store.db import Database


class VectorTable:
    """Reads and writes ``encoders`` and ``vectors``.

    A unit vector of some hundred dimensions loses about 2e-4 of its length to float16, far below the differences
    that rank pictures, and takes half the room of float32.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def encoder_id(self, key: str, name: str, dim: int) -> int:
        """The row of an encoder, made when it is new."""
        row = self._db.connection.execute("SELECT id FROM encoders WHERE key = ?", (key,)).fetchone()
        if row is None:
            with self._db.writing() as connection:
                connection.execute(
                    "INSERT INTO encoders (key, name, dim) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
                    (key, name, dim),
                )
                row = connection.execute("SELECT id FROM encoders WHERE key = ?", (key,)).fetchone()
        return int(row[0])

    def encoders(self) -> list[tuple[str, str, int, int]]:
        """(name, key, dim, number of vectors) of each encoder that the library has vectors of; not of previews."""
        return self._db.connection.execute(
            "SELECT e.name, e.key, e.dim, count(v.id) FROM encoders e LEFT JOIN vectors v ON v.encoder_id = e.id"
            " WHERE e.key NOT LIKE '%+preview' GROUP BY e.id ORDER BY e.id"
        ).fetchall()

    def put(self, content_id: int, encoder_id: int, vector: Vectors) -> bool:
        """Store a vector inside the caller's transaction; False where there was one already (it is kept)."""
        with self._db.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO vectors (content_id, encoder_id, vector) VALUES (?, ?, ?)"
                " ON CONFLICT (content_id, encoder_id) DO NOTHING",
                (content_id, encoder_id, as_stored(vector).tobytes()),
            )
        return cursor.rowcount == 1

    def content_with_vector(self, content_hash: bytes, encoder_id: int) -> int | None:
        """The id of the content with this hash if it has a vector of this encoder."""
        row = self._db.connection.execute(
            "SELECT c.id FROM contents c JOIN vectors v ON v.content_id = c.id AND v.encoder_id = ? WHERE c.hash = ?",
            (encoder_id, content_hash),
        ).fetchone()
        return None if row is None else int(row[0])

    def lacking(self, encoder_id: int) -> set[int]:
        """The contents without a vector of this encoder. Costs two counts where there is none."""
        connection = self._db.connection
        contents = connection.execute("SELECT count(*) FROM contents").fetchone()[0]
        vectors = connection.execute("SELECT count(*) FROM vectors WHERE encoder_id = ?", (encoder_id,)).fetchone()[0]
        if contents == vectors:
            return set()
        rows = connection.execute(
            "SELECT id FROM contents c WHERE NOT EXISTS"
            " (SELECT 1 FROM vectors v WHERE v.content_id = c.id AND v.encoder_id = ?)",
            (encoder_id,),
        )
        return {row[0] for row in rows}

    def count_of(self, content_ids: Sequence[int]) -> int:
        """How many vectors these contents have, of all encoders."""
        count = "SELECT count(*) FROM vectors WHERE content_id = ?"
        return sum(self._db.connection.execute(count, (content,)).fetchone()[0] for content in content_ids)

    def last_row(self) -> int:
        """A number that grows with every vector stored, by whichever process."""
        row = self._db.connection.execute("SELECT max(id) FROM vectors").fetchone()
        return int(row[0] or 0)

    def any(self) -> bool:
        """Whether the library has a vector of whichever encoder."""
        return self._db.connection.execute("SELECT 1 FROM vectors LIMIT 1").fetchone() is not None

    def any_since(self, row: int, encoder_id: int) -> bool:
        """Whether a vector of this encoder was stored after ``last_row`` gave ``row``."""
        found = self._db.connection.execute(
            "SELECT 1 FROM vectors WHERE id > ? AND encoder_id = ? LIMIT 1", (row, encoder_id)
        )
        return found.fetchone() is not None

    def ids(self, encoder_id: int) -> Ids:
        """Sorted ids of the contents that have a vector of this encoder."""
        rows = self._db.connection.execute(
            "SELECT content_id FROM vectors WHERE encoder_id = ? ORDER BY content_id", (encoder_id,)
        )
        return np.fromiter((row[0] for row in rows), np.int64)

    def of(self, content_ids: Sequence[int], encoder_id: int) -> tuple[Ids, Vectors]:
        """The vectors of some contents; those without one are left out. Order: as stored."""
        found: list[tuple[int, bytes]] = []
        for start in range(0, len(content_ids), 500):  # SQLite's oldest limit on parameters is 999
            part = [int(content) for content in content_ids[start : start + 500]]
            marks = ",".join("?" * len(part))
            found += self._db.connection.execute(
                f"SELECT content_id, vector FROM vectors WHERE encoder_id = ? AND content_id IN ({marks})",
                (encoder_id, *part),
            ).fetchall()
        return matrix(found)


def as_stored(vector: Vectors) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
    """What the catalog keeps of a vector."""
    return np.asarray(vector, dtype="<f2")


def as_given_back(vectors: Vectors) -> Vectors:
    """What the catalog will give back of these (n, dim) unit vectors, bit for bit: an index must not know more than
    the truth that it may be rebuilt from."""
    return unit_rows(as_stored(vectors).astype(np.float32))


def matrix(rows: Sequence[tuple[int, bytes]]) -> tuple[Ids, Vectors]:
    ids = np.array([row[0] for row in rows], np.int64)
    if not rows:
        return ids, np.empty((0, 0), np.float32)
    vectors = np.stack([np.frombuffer(row[1], "<f2") for row in rows]).astype(np.float32)
    return ids, unit_rows(vectors)


def unit_rows(vectors: Vectors) -> Vectors:
    """Rows scaled to length one, which rounding to float16 took from them; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)
