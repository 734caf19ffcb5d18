"""Scores of duplicate finders against the truth of a planted set: recall by edit, what is wrong, what would be kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.duplicate_peers import PeerResult
from cbir_desktop.evaluation.duplicate_run import Run, Verdicts
from cbir_desktop.evaluation.duplicate_set import Item, Truth, truth


@dataclass(frozen=True, slots=True)
class KindScore:
    """Pairs of an original with a copy by one kind of edit, as shares of ``pairs``: that the index gives as
    ``candidates``; that were ``asked``, as candidates or as copies of one third; ``proved`` to be copies; proved to be
    one ``scene``; that stand in one group (``grouped``); and that each peer calls duplicates."""

    pairs: int
    candidates: float
    asked: float
    proved: float
    scene: float
    grouped: float
    peers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class KeepScore:
    """Groups with an original and a copy that is not the same file: ``right``: the original, or a file of its very
    pixels, is kept by rule; ``undecided``: it stays because nothing marks it; ``wrong``: it is marked."""

    groups: int
    right: int
    undecided: int
    wrong: int


@dataclass(frozen=True, slots=True)
class PeerScore:
    """``recall``: mean over the kinds of edit. ``wrong``: pairs that have nothing in common; ``scenes``: exposures of
    one scene, views of one object. ``others``: further pairs of copies of one original."""

    setting: str
    recall: float
    pairs: int
    wrong: int
    scenes: int
    seconds: float
    megabytes: float
    skipped: str


@dataclass(frozen=True, slots=True)
class Scores:
    """``wrong``: (file, file, what is true, what was proved) of pairs proved to be more than they are: "copy" of what
    is one scene, anything of what has nothing in common. ``wrong_groups``: groups with two members that are no copies
    of each other. ``lost``: of the pairs of original and copy, how many never were candidates, and how many of the
    candidates were not proved. ``bursts``: (found as a stack, of those that EXIF dates)."""

    pictures: int
    kinds: Mapping[str, KindScore]
    recall: float
    mates: float
    wrong: Sequence[tuple[str, str, Truth, str]]
    wrong_groups: Sequence[Sequence[str]]
    groups: int
    lost: Mapping[str, int]
    keep: Mapping[str, KeepScore]
    bursts: tuple[int, int]
    peers: Mapping[str, PeerScore]
    cost: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Known:
    """The truth of a set, with pairs of its pictures that people looked at: photographs that two sources share."""

    def __init__(self, items: Sequence[Item], reviewed: Mapping[frozenset[str], Truth]) -> None:
        self.items = {item.file: item for item in items}
        self._reviewed = {pair: said for pair, said in reviewed.items() if said != "none"}

    def of(self, a: str, b: str) -> Truth:
        one, other = self.items[a], self.items[b]
        return self._reviewed.get(frozenset((_source(one), _source(other)))) or truth(one, other)

    def planted(self) -> Iterator[tuple[str, str, Item]]:
        """(original, copy, the copy's item)."""
        originals = {item.group: item.file for item in self.items.values() if item.role == "original"}
        return ((originals[item.group], item.file, item) for item in self.items.values() if item.role == "copy")


def score(known: Known, run: Run, peers: Sequence[PeerResult]) -> Scores:
    """``run`` and the peers beside it, on the files of ``known`` that could be read."""
    verdicts = Verdicts(run)
    called = {peer.name: {frozenset(pair) for pair in peer.pairs} for peer in peers if not peer.skipped}
    kinds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for original, copy, item in known.planted():
        if original in run.contents and copy in run.contents:
            kinds[item.kind].append((original, copy))
    by_kind = {kind: _kind_score(pairs, verdicts, called) for kind, pairs in sorted(kinds.items())}
    planted = [pair for pairs in kinds.values() for pair in pairs]
    groups = [group for group in run.groups if _has_stranger(group, known)]
    return Scores(
        pictures=len(run.contents),
        kinds=by_kind,
        recall=_mean(kind.grouped for kind in by_kind.values()),
        mates=_mates(known, verdicts, run),
        wrong=_wrong(known, run),
        wrong_groups=groups,
        groups=len(run.groups),
        lost={
            "pairs": len(planted),
            "not candidates": sum(not verdicts.is_candidate(*pair) for pair in planted),
            "not asked": sum(not verdicts.is_asked(*pair) for pair in planted),
            "asked, not proved": sum(verdicts.is_asked(*p) and verdicts.proved(*p) != "copy" for p in planted),
            "proved, not grouped": sum(verdicts.proved(*p) == "copy" and not verdicts.is_grouped(*p) for p in planted),
        },
        keep={preset: _keep(known, run, picks, verdicts) for preset, picks in run.picks.items()},
        bursts=_bursts(known, run),
        peers={peer.name: _peer_score(peer, by_kind, known) for peer in peers},
        cost=_cost(run),
    )


def _source(item: Item) -> str:
    """By what people name a picture: its original."""
    return item.group.removeprefix("original ")


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else float("nan")


def _kind_score(
    pairs: Sequence[tuple[str, str]], verdicts: Verdicts, called: Mapping[str, set[frozenset[str]]]
) -> KindScore:
    def part(holds: Callable[[str, str], bool]) -> float:
        return _mean(holds(*pair) for pair in pairs)

    return KindScore(
        len(pairs),
        part(verdicts.is_candidate),
        part(verdicts.is_asked),
        part(lambda a, b: verdicts.proved(a, b) == "copy"),
        part(lambda a, b: verdicts.proved(a, b) == "scene"),
        part(verdicts.is_grouped),
        {name: _mean(frozenset(pair) in found for pair in pairs) for name, found in called.items()},
    )


def _mates(known: Known, verdicts: Verdicts, run: Run) -> float:
    """Of all pairs of two copies of one original, the share that stands in one group."""
    families: defaultdict[str, list[str]] = defaultdict(list)
    for file in run.contents:
        if known.items[file].role == "copy":
            families[known.items[file].group].append(file)
    return _mean(verdicts.is_grouped(a, b) for files in families.values() for a, b in combinations(files, 2))


def _wrong(known: Known, run: Run) -> list[tuple[str, str, Truth, str]]:
    file_of = {content: file for file, content in run.contents.items()}
    found = []
    for lo, hi, proved, _ in run.proofs:
        a, b = sorted((file_of[lo], file_of[hi]))
        true = known.of(a, b)
        if proved and true != "copy" and (true, proved) != ("scene", "scene"):
            found.append((a, b, true, proved))
    return sorted(found)


def _has_stranger(group: Sequence[str], known: Known) -> bool:
    return any(known.of(a, b) != "copy" for a, b in combinations(group, 2))


def _keep(known: Known, run: Run, picks: Mapping[str, str], verdicts: Verdicts) -> KeepScore:
    counts: Counter[str] = Counter()
    for group in run.groups:
        originals = [file for file in group if known.items[file].role == "original"]
        if not originals or len({run.contents[file] for file in group}) == 1:
            continue
        states = {picks[file] for file in group if any(verdicts.is_same(file, one) for one in originals)}
        counts["right" if "kept" in states else "undecided" if "open" in states else "wrong"] += 1
    return KeepScore(counts.total(), counts["right"], counts["undecided"], counts["wrong"])


def _bursts(known: Known, run: Run) -> tuple[int, int]:
    stacks = [set(stack) for stack in run.stacks]
    frames: defaultdict[str, set[str]] = defaultdict(set)
    for item in known.items.values():
        if item.role == "frame" and item.kind == "dated":
            frames[item.group].add(item.file)
    return sum(any(burst <= stack for stack in stacks) for burst in frames.values()), len(frames)


def _peer_score(peer: PeerResult, kinds: Mapping[str, KindScore], known: Known) -> PeerScore:
    recall = _mean(kind.peers[peer.name] for kind in kinds.values()) if not peer.skipped else float("nan")
    pairs = ((a, b) for a, b in peer.pairs if a in known.items and b in known.items)
    truths = Counter(known.of(a, b) for a, b in pairs)
    return PeerScore(
        peer.setting,
        recall,
        len(peer.pairs),
        truths["none"],
        truths["scene"],
        peer.seconds,
        peer.megabytes,
        peer.skipped,
    )


def _cost(run: Run) -> dict[str, float]:
    looked_at = max(run.made, 1)
    return {
        "index seconds": run.index_seconds,
        "find seconds": run.seconds,
        "proofs": run.made,
        "proofs a picture": round(run.made / max(len(run.contents), 1), 2),
        "ms a proof, all threads": round(1000 * run.seconds / looked_at, 1),
        "threads": run.threads,
        "megabytes": run.megabytes,
        "fresh": run.fresh,
    }


def table(scores: Scores) -> str:
    """Markdown: recall by edit, then what is wrong and what it costs, beside the peers."""
    names = list(next(iter(scores.kinds.values())).peers) if scores.kinds else []
    head = ["original with", "pairs", "candidate", "asked", "proved", "scene", "in one group", *names]
    columns = ("candidates", "asked", "proved", "scene", "grouped")
    body = [
        [name, str(kind.pairs), *(f"{getattr(kind, column):.3f}" for column in columns)]
        + [f"{kind.peers[peer]:.3f}" for peer in names]
        for name, kind in scores.kinds.items()
    ]
    kinds = scores.kinds.values()
    mean = [f"{_mean(getattr(kind, column) for kind in kinds):.3f}" for column in columns]
    body.append(["mean of kinds", "", *mean, *(f"{scores.peers[name].recall:.3f}" for name in names)])
    unrelated = sum(true == "none" for _, _, true, _ in scores.wrong)
    own = ["cbir duplicates", "as it comes", f"{scores.recall:.3f}", str(unrelated)]
    own += [str(len(scores.wrong) - unrelated), f"{scores.cost['index seconds'] + scores.cost['find seconds']:.0f}"]
    rows = [[*own, f"{scores.cost['megabytes']:.0f}"]]
    for name, peer in scores.peers.items():
        numbers = [f"{peer.recall:.3f}", str(peer.wrong), str(peer.scenes), f"{peer.seconds:.0f}"]
        skipped = [f"skipped: {peer.skipped}", "", "", "", ""]
        rows.append([name, peer.setting, *(skipped if peer.skipped else [*numbers, f"{peer.megabytes:.0f}"])])
    beside = ["program", "setting", "recall", "wrong pairs", "scenes called copies", "seconds", "MB"]
    return f"{markdown(head, body)}\n{markdown(beside, rows)}\n{_summary(scores)}"


def _summary(scores: Scores) -> str:
    keep = (
        f"keep, {name}: {one.right} right, {one.undecided} undecided, {one.wrong} wrong of {one.groups} groups"
        for name, one in scores.keep.items()
    )
    lines = [
        f"{scores.pictures} pictures, {scores.groups} groups, {len(scores.wrong_groups)} with a wrong member",
        f"pairs of two copies of one original in one group: {scores.mates:.3f}",
        ", ".join(f"{name}: {number}" for name, number in scores.lost.items()),
        *keep,
        f"dated bursts found as stacks: {scores.bursts[0]} of {scores.bursts[1]}",
        ", ".join(f"{name}: {number:g}" for name, number in scores.cost.items()),
    ]
    return "".join(f"{line}\n" for line in lines)
