"""Prove pairs of contents, each once in the life of a library."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from typing import Literal

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.resources import data_folder
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Image
from cbir_desktop.core.verification import Prepared, Verification
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.groups import unasked
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import Source, prepare
from cbir_desktop.matchers.verifier import verify
from cbir_desktop.store.proofs import Pair, Proof

_CONTAINS: Mapping[str | None, Literal["lo", "hi"] | None] = {None: None, "a": "lo", "b": "hi"}
BATCH = 64  # proofs that a kill can lose
_HELD = (
    32  # pictures in memory, about 1 MB each: pairs come by their first content, whose keypoints several need at once
)
_JOIN = 2  # the rules of candidates: with another number all is compared again. 2: turned pictures too
_COPY_SHARE = 0.55  # of one of two copies is seen in the other, or more: over half, and what a fit is off by
_RULES = 5  # what is made of a verdict. 2: what shares less than that is no copy; 3: pages, still cameras, drawn tilts;
# 4: what was laid over both, names of faint marks and of dark corners; 5: of a copy points stay; 0.55 instead of 0.5
_ROUNDS = 4  # of asking for the pairs between copies of one picture: each reaches twice as far


def matcher_key(session: Session) -> str:
    """Names what makes the proofs: keypoints and fitted models. Proofs of another one are made again."""
    return f"{session.extractor.key}-{_models_key()}-{_RULES}"


def join_key(session: Session) -> str:
    """Names what compares contents with the whole library: its encoder, what makes the proofs, and by which rules."""
    return f"{session.engine.encoder.key} {matcher_key(session)} {_JOIN}"


def prove(
    session: Session,
    pairs: Iterable[Pair],
    paths: Mapping[bytes, str],
    task: Task,
    known: Mapping[Pair, Proof] | None = None,
) -> tuple[dict[Pair, Proof], list[tuple[str, KnownError]]]:
    """The proofs of pairs; ``paths``: a file for each content. Where others are ``known``, they are among the answer,
    and so are those of pairs between two copies of one content.

    Those that are known are not made again. Gives the proofs, and (path, error) of pictures that could not be read: a
    pair with one of them is not proved. Cancelling keeps every finished batch.
    """
    proofs: dict[Pair, Proof] = dict(known or {})
    errors: list[tuple[str, KnownError]] = []
    wanted: Sequence[Pair] = sorted(set(pairs))
    for _ in range(_ROUNDS):
        proofs |= session.catalog.proofs.of(wanted, matcher_key(session))
        _prove_new(session, [pair for pair in wanted if pair not in proofs], paths, proofs, errors, task)
        wanted = [
            pair for pair in (unasked(proofs) if known is not None else ()) if all(content in paths for content in pair)
        ]
        failed = {path for path, _ in errors}
        wanted = [pair for pair in wanted if not any(paths[content] in failed for content in pair)]
        if not wanted:
            break
    return proofs, errors


def _prove_new(
    session: Session,
    pairs: Sequence[Pair],
    paths: Mapping[bytes, str],
    proofs: dict[Pair, Proof],
    errors: list[tuple[str, KnownError]],
    task: Task,
) -> None:
    def one(pair: Pair) -> Proof | tuple[str, KnownError]:
        task.check()
        try:
            return as_proof(pair, _verified(session, pair, paths, sides))
        except _Unreadable as error:
            return error.path, error.why

    sides = _Sides(session, paths)
    batch: list[Proof] = []
    key = matcher_key(session)
    try:
        verdicts = bounded_map(session.verifiers, one, pairs, ahead=2 * session.settings.threads)
        for done, verdict in enumerate(verdicts, start=1):
            if isinstance(verdict, Proof):
                batch.append(verdict)
                proofs[verdict.pair] = verdict
            elif verdict[0] not in {path for path, _ in errors}:
                errors.append(verdict)
            if len(batch) >= BATCH:
                session.catalog.proofs.put(batch, key)
                batch = []
            task.step(done, len(pairs))
    finally:
        session.catalog.proofs.put(batch, key)


class _Unreadable(Exception):  # noqa: N818 - says of which of the two it speaks
    def __init__(self, path: str, why: KnownError) -> None:
        super().__init__(path)
        self.path, self.why = path, why


class _Sides:
    """Prepared pictures by content, each made by one thread while the others wait for it: without that, all threads
    look for the keypoints of one picture at once, and each finds them."""

    def __init__(self, session: Session, paths: Mapping[bytes, str]) -> None:
        self._session, self._paths = session, paths
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, Future[Prepared]] = OrderedDict()

    def get(self, content: bytes) -> Prepared:
        """Raises ``_Unreadable``."""
        with self._lock:
            known = self._held.get(content)
            future = self._held.setdefault(content, Future()) if known is None else known
            self._held.move_to_end(content)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        if known is None:
            try:
                future.set_result(_prepared(self._session, content, self._paths[content]))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()


def _verified(session: Session, pair: Pair, paths: Mapping[bytes, str], sides: _Sides) -> Verification:
    """The verdict on the very bytes that have these hashes: a proof of anything else would speak for the wrong file."""
    a, b = (sides.get(content) for content in pair)

    def same_pixels() -> bool:
        first, second = (_pixels(session, content, paths[content]) for content in pair)
        return np.array_equal(first, second)

    return verify(a, b, same_pixels)


def _prepared(session: Session, content: bytes, path: str) -> Prepared:
    known = session.features.get(content)
    if known is not None:
        return known
    try:
        source: Source = _bytes_of(content, path)
        return prepare(session, source)
    except KnownError as error:
        raise _Unreadable(path, error) from error


def _pixels(session: Session, content: bytes, path: str) -> Image:
    try:
        return session.decoder.decode(_bytes_of(content, path)).image
    except KnownError as error:
        raise _Unreadable(path, error) from error


def _bytes_of(content: bytes, path: str) -> bytes:
    data = read_file(path)
    if hash_bytes(data) != content:
        raise KnownError("it has changed since it was indexed; index its folder again", "changed")
    return data


def as_proof(pair: Pair, verdict: Verification) -> Proof:
    """What is kept of a verdict. Two collages with one picture in common, or two crops that hardly meet, are proved to
    share it; but neither can stand for the other, so that they count as related and not as copies."""
    shares_most = max(verdict.coverage_a, verdict.coverage_b) >= _COPY_SHARE
    proved = "scene" if verdict.proved == "copy" and not shares_most else verdict.proved
    relations = frozenset(label.relation for label in verdict.labels)
    (lo, hi), inliers = pair, verdict.matches.inliers
    contains = _CONTAINS[verdict.contains]
    return Proof(lo, hi, proved, verdict.copy, verdict.scene, inliers, relations, contains)


@cache
def _models_key() -> str:
    return hash_bytes((data_folder("models") / "verification.json").read_bytes()).hex()[:16]
