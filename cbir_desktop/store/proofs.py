"""What was proved of two contents: computed once, kept by their hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from cbir_desktop.core.verification import Proof as Proved
from cbir_desktop.core.verification import Relation
from cbir_desktop.store.db import Database
from cbir_desktop.store.decisions import pair_of

Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on two contents, ``lo`` < ``hi``. ``contains``: the one of which the other is a crop.

    ``proved``, ``copy``, ``scene`` as in ``Verification``; ``inliers``: matches that agree with the transform.
    """

    lo: bytes
    hi: bytes
    proved: Proved | None
    copy: float
    scene: float
    inliers: int
    relations: frozenset[Relation]
    contains: Literal["lo", "hi"] | None = None

    @property
    def pair(self) -> Pair:
        return self.lo, self.hi

    def is_crop(self, content: bytes) -> bool:
        """Whether this one of the two is a crop of the other."""
        return self.contains == ("hi" if content == self.lo else "lo")


class ProofTable:
    """Reads and writes ``proofs``. ``matcher`` names what made them: those of another one do not count."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, proofs: Iterable[Proof], matcher: str) -> None:
        with self._db.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO proofs (lo, hi, matcher, proved, copy, scene, inliers, contains, relations)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(one.lo, one.hi, matcher, *_values(one)) for one in proofs],
            )

    def of(self, pairs: Iterable[Pair], matcher: str) -> dict[Pair, Proof]:
        """Those of the pairs (in the order of ``pair_of``) that were proved, or tried, before."""
        found: dict[Pair, Proof] = {}
        for lo, hi in pairs:
            row = self._db.connection.execute(
                "SELECT proved, copy, scene, inliers, relations, contains FROM proofs"
                " WHERE lo = ? AND hi = ? AND matcher = ?",
                (lo, hi, matcher),
            ).fetchone()
            if row is not None:
                found[lo, hi] = _proof(lo, hi, row)
        return found

    def all(self, matcher: str) -> dict[Pair, Proof]:
        rows = self._db.connection.execute(
            "SELECT lo, hi, proved, copy, scene, inliers, relations, contains FROM proofs WHERE matcher = ?", (matcher,)
        )
        return {(lo, hi): _proof(lo, hi, tuple(rest)) for lo, hi, *rest in rows}

    def joined(self, key: str) -> set[int]:
        """The contents that were compared with the whole library, as ``key`` names encoder and matcher."""
        return {row[0] for row in self._db.connection.execute("SELECT id FROM contents WHERE joined = ?", (key,))}

    def mark_joined(self, content_ids: Iterable[int], key: str) -> None:
        with self._db.writing() as connection:
            connection.executemany("UPDATE contents SET joined = ? WHERE id = ?", ((key, one) for one in content_ids))

    def is_copy(self, a: bytes, b: bytes, matcher: str) -> bool:
        """Whether two contents are one, or were proved to be copies: themselves, or others of their very pixels."""
        ones, others = self._of_equal_pixels(a, matcher), self._of_equal_pixels(b, matcher)
        if ones & others:
            return True
        proofs = self.of((pair_of(one, other) for one in ones for other in others), matcher)
        return any(proof.proved == "copy" for proof in proofs.values())

    def _of_equal_pixels(self, content: bytes, matcher: str) -> set[bytes]:
        """A content and those that were compared with it, pixel by pixel, and found equal."""
        rows = self._db.connection.execute(
            "SELECT lo, hi FROM proofs WHERE lo = ?1 AND matcher = ?2 AND relations LIKE ?3"
            " UNION SELECT lo, hi FROM proofs WHERE hi = ?1 AND matcher = ?2 AND relations LIKE ?3",
            (content, matcher, f"%{Relation.IDENTICAL_PIXELS.value}%"),
        )
        return {content, *(one for row in rows for one in row)}

    def count(self) -> int:
        return int(self._db.connection.execute("SELECT count(*) FROM proofs").fetchone()[0])


def _values(proof: Proof) -> tuple[Any, ...]:
    relations = " ".join(sorted(relation.value for relation in proof.relations))
    return proof.proved, proof.copy, proof.scene, proof.inliers, proof.contains, relations


def _proof(lo: bytes, hi: bytes, row: tuple[Any, ...]) -> Proof:
    proved, copy, scene, inliers, relations, contains = row
    return Proof(
        lo, hi, proved, copy, scene, inliers, frozenset(Relation(name) for name in relations.split()), contains
    )
