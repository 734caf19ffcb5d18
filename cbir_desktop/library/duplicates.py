"""Find duplicates: identical bytes, identical pixels, then what the index finds near and the matcher proves."""

import os
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.verification import Relation
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.candidates import among, as_tuples, near_pairs, neighbours, radius_of
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.choosing import Context, Member, Pick, Preview, Ties, choose, preview
from cbir_desktop.library.decisions import Verdicts
from cbir_desktop.library.groups import SAME, Kind, Proved, copy_groups, kind_of, related
from cbir_desktop.library.keep_rules import PRESETS, KeepRules
from cbir_desktop.library.newcomers import Newcomer, read_newcomers, vectors_of
from cbir_desktop.library.proving import join_key, matcher_key, prove
from cbir_desktop.library.session import Session
from cbir_desktop.library.stacks import Shot, Stack, find_stacks
from cbir_desktop.library.turned import turned_pairs
from cbir_desktop.library.worth import measured
from cbir_desktop.store.catalog import PictureFile, Problem
from cbir_desktop.store.decisions import pair_of
from cbir_desktop.store.proofs import Pair, Proof

Mode: TypeAlias = Literal["all", "within", "across"]
_REFERENCE = "it is in a reference folder"


@dataclass(frozen=True)
class Scope:
    """Where to look. ``paths``: folders or files, of the library or not (none: all of the library). ``within``: only
    within each of these folders; ``across``: only from one of them to another. What lies in ``references`` is compared
    with the rest and never selected; of a path that the library does not know, that is the library, unless there are
    others. All paths are canonical."""

    mode: Mode = "all"
    paths: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def root_of(self, path: str) -> str | None:
        """The folder of the scope that a file counts to, the longest; None outside of the scope."""
        tops = [top for top in (*self.paths, *self.references) if is_in(path, top)]
        return max(tops, key=len, default=None if self.paths else "")

    def is_reference(self, path: str) -> bool:
        return self.root_of(path) in self.references


@dataclass(frozen=True)
class Group:
    """Files of which every two hold the same bytes or were proved to be copies. ``id`` is the same for the same
    contents. ``picks``: one for each of ``members``."""

    id: str
    kind: Kind
    members: tuple[Member, ...]
    picks: tuple[Pick, ...]
    proved: Proved

    @property
    def reclaimable_bytes(self) -> int:
        """What is free when all go but those that are kept; where nothing is decided, all but the largest."""
        kept = [m.size_bytes for m, pick in zip(self.members, self.picks, strict=True) if pick.state == "kept"]
        sizes = [member.size_bytes for member in self.members]
        return sum(sizes) - (sum(kept) if kept else max(sizes))

    def proof(self, a: bytes, b: bytes) -> Proof | None:
        return None if a == b else self.proved.of(a, b)


@dataclass(frozen=True)
class Lookalike:
    """Two pictures that are related, or look so and are not proved; none of them is ever selected."""

    a: str
    b: str
    proof: Proof


@dataclass
class Duplicates:
    """``related``: proved, and in no common group: of one scene, or a copy of one of a group only. ``unproved``: they
    look alike, and nothing shows that they are one picture. ``problems``: files that could not be compared."""

    groups: list[Group] = field(default_factory=list)
    related: list[Lookalike] = field(default_factory=list)
    unproved: list[Lookalike] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    scope: Scope = Scope()
    seconds: float = 0.0

    @property
    def preview(self) -> Preview:
        """What would go by the rules, and in how many groups nothing is decided."""
        return preview((group.members, group.picks) for group in self.groups)


def find_duplicates(
    session: Session, scope: Scope = Scope(), rules: KeepRules = PRESETS["none"][1], task: Task = NULL_TASK
) -> Duplicates:
    """All duplicates within a scope. What was proved before is not proved again; nothing is written but proofs.

    Raises ``KnownError`` for a path that is not there, ``Cancelled`` (what was proved is kept).
    """
    started = time.monotonic()
    return _Search(session, scope, rules, task).run(started)


def choose_again(
    session: Session,
    found: Duplicates,
    rules: KeepRules,
    by_hand: Mapping[str, bool] | None = None,
    task: Task = NULL_TASK,
) -> list[Group]:
    """The same groups by other rules, and by what a person chose (by path: True to keep); nothing is searched again."""
    search = _Search(session, found.scope, rules, task)
    groups = [search.chosen(group, by_hand or {}) for group in found.groups]
    return _untorn(groups, found.stacks, by_hand or {})


class _Search:
    def __init__(self, session: Session, scope: Scope, rules: KeepRules, task: Task) -> None:
        self._session, self._scope, self._rules, self._task = session, scope, rules, task
        self._verdicts = Verdicts(session.catalog)
        self._found = Duplicates()
        self._by_content: defaultdict[bytes, list[PictureFile]] = defaultdict(list)
        self._newcomers: list[Newcomer] = []
        self._proved = Proved({}, {})
        self._paths: dict[bytes, str] = {}
        self._groups: list[list[bytes]] = []

    def run(self, started: float) -> Duplicates:
        last_file = self._session.catalog.arrivals.last_file()
        self._gather()
        self._paths = {content: files[0].path for content, files in self._by_content.items()}
        same = self._prove(self._equal_pixels())
        self._proved = Proved(same, self._stand_ins(same))
        new = self._new_ids()
        near = {pair_of(*map(self._proved.stand_in, pair)) for pair in self._near(new) if self._is_asked(pair)}
        proofs = self._prove((pair for pair in near if pair[0] != pair[1]), self._known())
        self._proved = Proved(proofs, self._stand_ins(same))
        self._remember(new, last_file)
        self._find_stacks()
        self._make_groups()
        self._list_the_rest()
        self._found.seconds = time.monotonic() - started
        return self._found

    def _remember(self, compared: Sequence[int], last_file: int) -> None:
        """What is compared with the whole library need not be again, and none of its files is new any more."""
        catalog = self._session.catalog
        if self._scope == Scope():
            catalog.arrivals.mark_looked_at(last_file)
            if not self._found.problems:
                catalog.proofs.mark_joined(compared, join_key(self._session))

    def _gather(self) -> None:
        """The files of the scope: those of the library, and those below its paths that the library does not know."""
        files = self._session.catalog.picture_files()
        known = {file.path for file in files}
        tops = (*self._scope.paths, *self._scope.references)
        self._newcomers, problems = read_newcomers(self._session, tops, known, self._task)
        self._found.problems += problems
        if self._newcomers and not self._scope.references:  # is any of this in my library?
            self._scope = replace(self._scope, references=(os.sep,))
        self._found.scope = self._scope
        for file in (*files, *(one.file for one in self._newcomers)):
            if self._scope.root_of(file.path) is not None:
                self._by_content[file.hash].append(file)

    def _prove(self, pairs: Iterable[Pair], known: Mapping[Pair, Proof] | None = None) -> dict[Pair, Proof]:
        proofs, errors = prove(self._session, pairs, self._paths, self._task, known)
        listed = {problem.path for problem in self._found.problems}
        self._found.problems += [Problem(path, e.kind, str(e)) for path, e in errors if path not in listed]
        return proofs

    def _equal_pixels(self) -> Iterable[Pair]:
        """Pairs whose pixels are equal as far as indexing decoded them: of each such class, the first with the rest."""
        by_pixels: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for content, files in self._by_content.items():
            if files[0].pixels is not None:
                by_pixels[files[0].pixels].append(content)
        for contents in by_pixels.values():
            first, *others = sorted(contents)
            yield from (pair for other in others if self._is_asked(pair := (first, other)))

    def _stand_ins(self, proofs: Mapping[Pair, Proof]) -> dict[bytes, bytes]:
        """For contents of equal pixels, the one that is looked at for all of them; not for those about which a person
        said that they are no duplicates of some other."""
        same = (pair for pair, proof in proofs.items() if proof.relations & SAME)
        return {hi: lo for lo, hi in same if not self._verdicts.apart & {lo, hi}}

    def _known(self) -> dict[Pair, Proof]:
        """What was proved before about the contents of the scope."""
        proofs = self._session.catalog.proofs.all(matcher_key(self._session)).values()
        held = self._by_content
        asked = (one for one in proofs if one.lo in held and one.hi in held and self._is_asked(one.pair))
        return self._proved.of_stand_ins(asked)

    def _new_ids(self) -> list[int]:
        """The contents that must be compared with the whole index: the others were, and their proofs are known."""
        joined, apart = self._session.catalog.proofs.joined(join_key(self._session)), self._verdicts.apart
        contents = ((files[0].content_id, content) for content, files in self._by_content.items())
        return sorted(
            number
            for number, content in contents
            if number >= 0 and (number not in joined or content in apart) and self._may_go(content)
        )

    def _near(self, ids: Sequence[int]) -> Iterable[Pair]:
        """Pairs of contents that the index finds near each other, of these and of what the library does not know."""
        by_id = {files[0].content_id: content for content, files in self._by_content.items()}
        engine = self._session.engine
        within = radius_of(self._session.catalog, engine.encoder_id)
        found = [near_pairs(self._session.catalog, engine, ids, within, self._task)]
        found.append(turned_pairs(self._session, ids, by_id, self._task))
        if self._newcomers:
            new_ids, vectors = vectors_of(self._newcomers)
            found += [neighbours(engine, new_ids, vectors, within, self._task), among(new_ids, vectors, within)]
        for one in found:
            yield from (pair_of(by_id[a], by_id[b]) for a, b in as_tuples(one) if a in by_id and b in by_id)

    def _may_go(self, content: bytes) -> bool:
        return not all(self._scope.is_reference(file.path) for file in self._by_content[content])

    def _is_asked(self, pair: Pair) -> bool:
        """Whether the scope leaves a reason to look at two contents. Decisions are brought to bear on groups: when one
        is revoked, the proof is there."""
        a, b = (self._by_content[content] for content in pair)
        return any(self._is_pair(one.path, other.path) for one in a for other in b)

    def _is_pair(self, a: str, b: str) -> bool:
        scope = self._scope
        if scope.is_reference(a) and scope.is_reference(b):
            return False
        same = scope.root_of(a) == scope.root_of(b)
        return scope.mode == "all" or same == (scope.mode == "within")

    def _find_stacks(self) -> None:
        shots = [
            Shot(file.path, file.hash, file.taken, file.camera, file.companions)
            for files in self._by_content.values()
            for file in files
        ]
        self._found.stacks = find_stacks(shots, self._is_proved)

    def _is_proved(self, a: bytes, b: bytes) -> bool:
        proof = self._proved.of(a, b)
        return proof is not None and proof.proved is not None

    def _make_groups(self) -> None:
        torn = self._torn()
        usable = (
            proof
            for pair, proof in self._proved.proofs.items()
            if proof.relations & SAME or (pair not in torn and not self._are_two_exposures(*pair))
            if self._verdicts.of(*pair) != "not-a-duplicate"
        )
        self._groups = copy_groups(usable)
        classes: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for content in self._by_content:
            classes[self._proved.stand_in(content)].append(content)
        grouped = [[content for one in group for content in classes.pop(one)] for group in self._groups]
        protected = self._protected()
        for contents in (*grouped, *classes.values()):
            if sum(len(self._by_content[content]) for content in contents) > 1:
                for files in self._parts(contents):
                    self._add_group(files, protected)
        self._found.groups = _untorn(self._found.groups, self._found.stacks, {})
        self._found.groups.sort(key=lambda group: os.fsencode(group.members[0].path))

    def _are_two_exposures(self, a: bytes, b: bytes) -> bool:
        """Whether their EXIF says that two pictures were taken at two times. Edits keep that time or lose it; two
        pictures of one flat thing can look like copies to any matcher."""
        times = [self._by_content[content][0].taken for content in (a, b)]
        return None not in times and len({time[:19] for time in times if time is not None}) == 2

    def _torn(self) -> set[Pair]:
        """Pairs of exposures of one burst: no group takes them in."""
        file_of = {file.path: file for files in self._by_content.values() for file in files}
        bursts = [[file_of[path] for path in stack.members] for stack in self._found.stacks if stack.kind == "burst"]
        return {
            pair_of(self._proved.stand_in(one.hash), self._proved.stand_in(other.hash))
            for burst in bursts
            for one in burst
            for other in burst
            if one.taken != other.taken
        }

    def _parts(self, contents: Sequence[bytes]) -> Iterable[list[PictureFile]]:
        """The files of a group as the scope cuts them, without second names of one file."""
        by_root: defaultdict[str | None, list[PictureFile]] = defaultdict(list)
        for file in _without_links(file for content in contents for file in self._by_content[content]):
            by_root[self._scope.root_of(file.path) if self._scope.mode == "within" else ""].append(file)
        for files in by_root.values():
            if self._scope.mode != "across" or len({self._scope.root_of(file.path) for file in files}) > 1:
                yield sorted(files, key=lambda file: os.fsencode(file.path))

    def _add_group(self, files: Sequence[PictureFile], protected: Mapping[str, str]) -> None:
        files = self._undecided(files)
        if len(files) < 2 or all(self._scope.is_reference(file.path) for file in files):
            return
        held = {file.hash for file in files}
        members = measured(self._session, [_member(file, protected) for file in files], self._rules)
        picks = self._picks(members, {})
        name = hash_bytes(b"".join(sorted(held)) + os.fsencode(files[0].path)).hex()[:16]
        self._found.groups.append(Group(name, kind_of(held, self._proved), tuple(members), tuple(picks), self._proved))

    def chosen(self, group: Group, by_hand: Mapping[str, bool]) -> Group:
        """A group that was found before, by the rules of now."""
        self._task.check()
        self._proved = group.proved
        members = measured(self._session, group.members, self._rules)
        return replace(group, members=tuple(members), picks=tuple(self._picks(members, by_hand)))

    def _picks(self, members: Sequence[Member], by_hand: Mapping[str, bool]) -> list[Pick]:
        context = replace(self._context({member.content for member in members}), by_hand=by_hand)
        picks = choose(members, self._rules, context)
        return [
            pick if member.path in by_hand else self._allowed(member, pick)
            for member, pick in zip(members, picks, strict=True)
        ]

    def _undecided(self, files: Sequence[PictureFile]) -> list[PictureFile]:
        """Without those about which a person decided for all of the others: of them there is nothing left to show."""

        def is_decided(one: PictureFile, other: PictureFile) -> bool:
            if self._verdicts.of(one.hash, other.hash) in ("keep-both", "ignore"):
                return True
            return self._verdicts.parts_folders(one.path, other.path)

        return [one for one in files if not all(is_decided(one, other) for other in files if other is not one)]

    def _context(self, contents: Collection[bytes]) -> Context:
        preferred: list[Pair] = []
        separate: list[frozenset[bytes]] = []
        for a, b in self._verdicts.among(contents):
            if (best := self._verdicts.preferred(a, b)) is not None:
                preferred.append((best, b if best == a else a))
            if self._verdicts.of(a, b) in ("keep-both", "ignore"):
                separate.append(frozenset((a, b)))
        return Context(self._ties, preferred, separate)

    def _ties(self, content: bytes, kept: bytes) -> Ties | None:
        proof = self._proved.of(content, kept)
        return None if proof is None else Ties(proof.relations, proof.is_crop(content))

    def _allowed(self, member: Member, pick: Pick) -> Pick:
        """The pick, unless the kept file is one that this one shall not be compared with."""
        if pick.state != "marked" or pick.to is None:
            return pick
        if self._scope.mode == "across" and self._scope.root_of(pick.to) == self._scope.root_of(member.path):
            return Pick("open", "its copies in the same folder are not looked at")
        if self._verdicts.parts_folders(member.path, pick.to):
            return Pick("open", "you decided not to compare these two folders")
        return pick

    def _protected(self) -> dict[str, str]:
        """Files that no rule marks. Members of stacks of files of the library are looked at in ``_untorn``."""
        beside = {
            path: f"{os.path.basename(stack.beside[0])} belongs to it"
            for stack in self._found.stacks
            if stack.beside
            for path in stack.members
        }
        files = (file for files in self._by_content.values() for file in files)
        return beside | {file.path: _REFERENCE for file in files if self._scope.is_reference(file.path)}

    def _list_the_rest(self) -> None:
        def lookalike(proof: Proof) -> Lookalike:
            return Lookalike(self._paths[proof.lo], self._paths[proof.hi], proof)

        proofs = [one for one in self._proved.proofs.values() if self._is_asked(one.pair)]
        proofs = [one for one in proofs if self._verdicts.of(*one.pair) is None and not one.relations & SAME]
        self._found.related = [lookalike(one) for one in related(proofs, self._groups)]
        unproved = (one for one in proofs if one.proved is None and Relation.UNRELATED not in one.relations)
        self._found.unproved = [lookalike(one) for one in sorted(unproved, key=lambda one: (-one.scene, one.pair))]


def _member(file: PictureFile, protected: Mapping[str, str]) -> Member:
    return Member(
        file.path,
        file.hash,
        file.size_bytes,
        file.width,
        file.height,
        file.format,
        exif=file.exif,
        taken=file.taken,
        protected=protected.get(file.path, ""),
    )


def _untorn(groups: Sequence[Group], stacks: Sequence[Stack], by_hand: Mapping[str, bool]) -> list[Group]:
    """Unmark what would tear a stack: of one that is marked in part, nothing goes without a question."""
    whole = [stack for stack in stacks if stack.kind != "burst" and len(stack.members) > 1]
    if not whole:
        return list(groups)
    marked = {
        m.path for group in groups for m, p in zip(group.members, group.picks, strict=True) if p.state == "marked"
    }
    torn = {path: stack for stack in whole if not marked.issuperset(stack.members) for path in stack.members}

    def pick(member: Member, before: Pick) -> Pick:
        if before.state != "marked" or member.path not in torn or member.path in by_hand:
            return before
        others = (os.path.basename(path) for path in torn[member.path].members if path != member.path)
        return Pick("open", f"it belongs to {', '.join(others)}: both or none", before.to)

    return [
        replace(group, picks=tuple(pick(m, p) for m, p in zip(group.members, group.picks, strict=True)))
        for group in groups
    ]


def _without_links(files: Iterable[PictureFile]) -> list[PictureFile]:
    """Hard links are one file: the first name stands for it. A file that is gone is left out."""
    seen: dict[tuple[int, int], PictureFile] = {}
    for file in files:
        try:
            status = os.lstat(file.path)
        except OSError:
            continue
        seen.setdefault((status.st_dev, status.st_ino), file)
    return list(seen.values())
