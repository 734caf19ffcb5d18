"""From proved pairs to groups in which every two are proved. Pure, and the same for the same proofs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from cbir_desktop.core.verification import Relation
from cbir_desktop.store.decisions import pair_of
from cbir_desktop.store.proofs import Pair, Proof

Kind: TypeAlias = Literal["bytes", "pixels", "near"]
SAME = frozenset({Relation.IDENTICAL_BYTES, Relation.IDENTICAL_PIXELS})
_OTHER: Mapping[str | None, Literal["lo", "hi"] | None] = {None: None, "lo": "hi", "hi": "lo"}

MOST_NEIGHBOURS = 32
"""Of one content, for which the pairs between its neighbours are asked for: at most 496 proofs each."""


class Proved:
    """Proofs between contents. Those of equal pixels have one that stands for them all, by ``stands_for``: what is
    proved of it is proved of each, and ten thousand black pictures cost ten thousand proofs, not fifty million."""

    def __init__(self, proofs: Mapping[Pair, Proof], stands_for: Mapping[bytes, bytes]) -> None:
        self.proofs, self._stands_for = proofs, stands_for

    def stand_in(self, content: bytes) -> bytes:
        return self._stands_for.get(content, content)

    def of(self, a: bytes, b: bytes) -> Proof | None:
        """The proof of two contents, whichever comes first; None where nobody looked."""
        one, other = self.stand_in(a), self.stand_in(b)
        lo, hi = pair_of(a, b)
        if one == other:
            return Proof(lo, hi, "copy", 1.0, 1.0, 0, frozenset({Relation.IDENTICAL_PIXELS}))
        proof = self.proofs.get(pair_of(one, other))
        if proof is None or proof.pair == (lo, hi):
            return proof
        turned = (one < other) != (a < b)
        return replace(proof, lo=lo, hi=hi, contains=_OTHER[proof.contains] if turned else proof.contains)

    def of_stand_ins(self, proofs: Iterable[Proof]) -> dict[Pair, Proof]:
        """Proofs as they speak of those that stand for their contents, without those within one class."""
        found: dict[Pair, Proof] = {}
        for proof in proofs:
            one, other = self.stand_in(proof.lo), self.stand_in(proof.hi)
            contains = proof.contains if one < other else _OTHER[proof.contains]
            lo, hi = pair_of(one, other)
            if lo != hi:
                found.setdefault((lo, hi), replace(proof, lo=lo, hi=hi, contains=contains))
        return found


def kind_of(contents: Collection[bytes], proved: Proved) -> Kind:
    """What all of a group have in common. Equal pixels are transitive: the first with each of the others tells."""
    first, *others = sorted(contents)
    proofs = (proved.of(first, other) for other in others)
    same = all(proof is not None and proof.relations & SAME for proof in proofs)
    return "bytes" if not others else "pixels" if same else "near"


def copy_groups(proofs: Iterable[Proof]) -> list[list[bytes]]:
    """Groups of two contents or more, each content in one at most; every two in a group were proved to be copies.

    Complete linkage (Sørensen 1948) over the proved pairs, the surest first, ties by hash: two groups become one only
    where all pairs between them are proved, so that a chain A-B-C without A-C never makes one. O(pairs x log contents).
    """
    edges = sorted((one for one in proofs if one.proved == "copy"), key=lambda one: (-one.copy, -one.inliers, one.pair))
    group_of = {content: content for edge in edges for content in edge.pair}
    members = {content: [content] for content in group_of}
    links = _links(edges)
    for edge in edges:
        one, other = group_of[edge.lo], group_of[edge.hi]
        if one == other or links[one].get(other, 0) < len(members[one]) * len(members[other]):
            continue
        if len(members[one]) + len(links[one]) < len(members[other]) + len(links[other]):
            one, other = other, one
        _join(one, other, group_of, members, links)
    return sorted(sorted(group) for group in members.values() if len(group) > 1)


def unasked(proofs: Mapping[Pair, Proof]) -> list[Pair]:
    """Pairs that must be looked at before groups are made: both are proved copies of a third, and nobody has looked at
    the two. Of a content with more copies than ``MOST_NEIGHBOURS`` only the surest count."""
    copies: defaultdict[bytes, list[tuple[float, bytes]]] = defaultdict(list)
    for one in proofs.values():
        if one.proved == "copy":
            copies[one.lo].append((-one.copy, one.hi))
            copies[one.hi].append((-one.copy, one.lo))
    wanted: set[Pair] = set()
    for neighbours in copies.values():
        nearest = sorted(content for _, content in sorted(neighbours)[:MOST_NEIGHBOURS])
        wanted.update((a, b) for number, a in enumerate(nearest) for b in nearest[number + 1 :])
    return sorted(pair for pair in wanted if pair not in proofs)


def related(proofs: Iterable[Proof], groups: Iterable[Collection[bytes]]) -> list[Proof]:
    """What is proved and not within a group: pairs of one scene, and copies that no group could take in."""
    group_of = {content: number for number, group in enumerate(groups) for content in group}
    return sorted(
        (one for one in proofs if one.proved and group_of.get(one.lo, -1) != group_of.get(one.hi, -2)),
        key=lambda one: one.pair,
    )


def as_pairs(contents: Collection[bytes]) -> Iterable[Pair]:
    """Every two of a group."""
    ordered = sorted(contents)
    return (pair_of(a, b) for number, a in enumerate(ordered) for b in ordered[number + 1 :])


def _links(edges: Iterable[Proof]) -> dict[bytes, dict[bytes, int]]:
    """How many pairs are proved between each two groups; at first each content is one."""
    links: defaultdict[bytes, dict[bytes, int]] = defaultdict(dict)
    for edge in edges:
        links[edge.lo][edge.hi] = links[edge.hi][edge.lo] = 1
    return dict(links)


def _join(
    one: bytes,
    other: bytes,
    group_of: dict[bytes, bytes],
    members: dict[bytes, list[bytes]],
    links: dict[bytes, dict[bytes, int]],
) -> None:
    """The smaller ``other`` becomes part of ``one``."""
    for content in members[other]:
        group_of[content] = one
    members[one] += members.pop(other)
    for neighbour, count in links.pop(other).items():
        links[neighbour].pop(other)
        if neighbour != one:
            links[one][neighbour] = links[one].get(neighbour, 0) + count
            links[neighbour][one] = links[one][neighbour]
