"""A folder of pictures with planted duplicates, bursts, views and pictures that only look alike, and the truth."""

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image as Pillow

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image
from cbir_desktop.evaluation import scenes
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS, edit
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.files import Readable
from cbir_desktop.evaluation.planting import MAX_FILLERS, MIN_SIDE, QUALITY, decodable, plant_one

Role: TypeAlias = Literal["original", "copy", "frame", "view", "trap"]
Truth: TypeAlias = Literal["copy", "scene", "none"]

EXACT = ("bytes", "pixels")
"""Copies that are no edits: the same file again, and the same pixels with other metadata."""
PLAIN = ("jpeg", "shrink", "quarter-turn", "mirror", "light")
"""Edits of pictures that have next to no keypoints."""
MOST_COPIES = 5
_MASTER = 95  # JPEG quality of originals; their copies are saved once more, at less
_PICTURES, _TRUTH, _MADE = "pictures", "truth.csv", "made.txt"
_BEGIN, _CAMERA = datetime(2019, 7, 1), "PlantCam 1"


@dataclass(frozen=True, slots=True)
class Item:
    """A picture of the set. ``group``: its original, burst, object, or itself alone. ``kind``, ``strength``: of the
    edit or the trap."""

    file: str
    role: Role
    group: str
    kind: str = ""
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes in. ``edited``: each gets 0 to 5 copies; ``others``: make bursts, shared overlays and collages;
    ``views``: of objects by their labels. ``bursts``, ``traps``: how many of each kind."""

    edited: ImageSet
    others: ImageSet
    views: ImageSet | None
    bursts: int
    traps: int
    seed: int

    @property
    def key(self) -> str:
        """Changes with all that the set depends on but the pixels of its pictures."""
        names = [*self.edited.names, "|", *self.others.names, "|", *(self.views.names if self.views else ())]
        parts = [*names, str(self.bursts), str(self.traps), str(self.seed), *EDITS]
        return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def truth(a: Item, b: Item) -> Truth:
    """What two pictures of the set are to each other. Two crops of one original count as copies: that either may show
    nothing of the other, nobody can hold against a program. Two collages may share a picture of the few that fill them:
    they have something in common, and are no copies."""
    if a.kind == b.kind == "collage":
        return "copy" if a.group == b.group else "scene"
    if a.group != b.group:
        return "none"
    return "copy" if {a.role, b.role} <= {"original", "copy"} else "scene"


def make_set(recipe: Recipe, folder: Path, task: Task = NULL_TASK) -> list[Item]:
    """Write the set into ``folder/pictures`` and its truth beside it; what is there already, whole, is taken as it is.

    Raises ``KnownError`` where there are too few pictures, OSError, ``Cancelled``.
    """
    made = folder / _MADE
    if made.exists() and made.read_text(encoding="utf-8") == recipe.key:
        return read_truth(folder)
    shutil.rmtree(folder / _PICTURES, ignore_errors=True)
    items: list[Item] = []
    for item, data in _pictures(recipe, task):
        target = folder / _PICTURES / item.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        items.append(item)
    _write_truth(items, folder)
    write_atomic(made, recipe.key.encode())
    return items


def read_truth(folder: Path) -> list[Item]:
    with (folder / _TRUTH).open(encoding="utf-8", newline="", errors="surrogateescape") as stream:
        return [Item(**{**row, "strength": int(row["strength"])}) for row in csv.DictReader(stream)]  # type: ignore[arg-type]


def _write_truth(items: Sequence[Item], folder: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Item)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(item) for item in items)
    write_atomic(folder / _TRUTH, text.getvalue().encode("utf-8", "surrogateescape"))


def _pictures(recipe: Recipe, task: Task) -> Iterator[tuple[Item, bytes]]:
    decode, rng = decoder(MIN_SIDE), np.random.default_rng((recipe.seed, 2))
    dealt = rng.permutation(len(recipe.others)).tolist()
    fillers = min(MAX_FILLERS, max(3, len(dealt) // 3))
    ends = (fillers, fillers + recipe.bursts)
    pool = decodable(_readable(recipe.others, dealt[: ends[0]]), decode)
    for done, entry in enumerate(recipe.edited.entries):
        task.step(done, len(recipe.edited))
        try:
            data = entry.read()
            yield from _with_copies(_name(entry), data, decode(data), pool, recipe.seed)
        except DecodeError:  # it is in no table, so nothing is missed
            continue
    for number, image in enumerate(decodable(_readable(recipe.others, dealt[ends[0] : ends[1]]), decode)):
        yield from _burst(number, image, pool, rng)
    yield from _shared(decodable(_readable(recipe.others, dealt[ends[1] : ends[1] + 2 * recipe.traps]), decode), rng)
    for number in range(recipe.traps):
        yield from _alike(number, rng)
        yield from _plain(number, rng)
    if recipe.views is not None:
        for row, entry in enumerate(recipe.views.entries):
            yield Item(f"views/{_name(entry)}.jpg", "view", f"view {recipe.views.labels[row]}"), entry.read()


def _readable(images: ImageSet, rows: Iterable[int]) -> list[bytes]:
    return [images.read(row) for row in rows]


def _with_copies(
    name: str, data: bytes, image: Image, pool: Sequence[Image], seed: int
) -> Iterator[tuple[Item, bytes]]:
    """An original and its copies. A JPEG stays as it is; of one half of what becomes one EXIF tells when it was taken,
    and of one half of the copies of these as well."""
    digest = blake2b(f"{seed}/copies/".encode() + data, digest_size=8).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    is_jpeg = data.startswith(b"\xff\xd8")  # and has an EXIF of its own, perhaps
    exif = _exif(int.from_bytes(digest[:2], "big")) if not is_jpeg and rng.random() < 0.5 else b""
    master = data if is_jpeg else _with_segment(encode_jpeg(image, _MASTER), exif)
    group = f"original {name}"
    yield Item(f"originals/{name}.jpg", "original", group), master
    kinds = rng.choice([*EXACT, *EDITS], int(rng.integers(0, MOST_COPIES + 1)), replace=False).tolist()
    for kind in kinds:
        strength = 1 if kind in EXACT else int(rng.choice(STRENGTHS))
        item = Item(f"copies/{kind}-{strength}/{name}.jpg", "copy", group, kind, strength)
        if kind == "bytes":
            yield item, master
        elif kind == "pixels":
            yield item, _with_segment(master, b"", comment=b"saved by another program")
        else:
            copy = plant_one(name, data, image, kind, strength, seed, pool).data
            yield item, _with_segment(copy, exif if rng.random() < 0.5 else b"")


def _burst(number: int, image: Image, pool: Sequence[Image], rng: np.random.Generator) -> Iterator[tuple[Item, bytes]]:
    """Exposures of one scene half a second apart; EXIF tells so of every other burst."""
    thing = pool[int(rng.integers(len(pool)))]
    strength = int(rng.integers(1, 3))
    first, second = scenes.exposures(image, strength, rng, [thing])
    third = scenes.exposures(image, strength, rng, [thing])[1]  # the first two of both differ by their view only
    for place, frame in enumerate((first, second, third)):
        exif = _exif(10 * number + 0.5 * place) if number % 2 else b""
        item = Item(f"bursts/{number:04}-{place}.jpg", "frame", f"burst {number}", "dated" if exif else "undated")
        yield item, _with_segment(encode_jpeg(frame, _MASTER), exif)


def _shared(images: Sequence[Image], rng: np.random.Generator) -> Iterator[tuple[Item, bytes]]:
    """Unrelated pictures by twos under the same text, mark, frame or screen."""
    kinds = list(scenes.SHARED.items())
    for number, pair in enumerate(zip(images[::2], images[1::2], strict=False)):
        kind, strongest = kinds[number % len(kinds)]
        made = scenes.shared(kind, int(rng.integers(1, strongest + 1)), *pair, int(rng.integers(1 << 30)))
        for side, image in zip("ab", made, strict=True):
            yield _alone(f"traps/shared-{kind}/{number:04}{side}.jpg", f"shared-{kind}"), encode_jpeg(image, QUALITY)


def _alike(number: int, rng: np.random.Generator) -> Iterator[tuple[Item, bytes]]:
    for kind, *pair in scenes.traps(rng):
        for side, image in zip("ab", pair, strict=True):
            yield _alone(f"traps/{kind}/{number:04}{side}.jpg", kind), encode_jpeg(image, QUALITY)


def _plain(number: int, rng: np.random.Generator) -> Iterator[tuple[Item, bytes]]:
    """Pictures that can be known again without keypoints, each with a copy."""
    for name, picture in scenes.plain_pictures(rng):
        kind, strength = str(rng.choice(PLAIN)), int(rng.integers(1, 3))
        group, file = f"plain {name} {number}", f"plain/{name}-{number:04}"
        yield Item(f"{file}.jpg", "original", group, f"plain-{name}"), encode_jpeg(picture, _MASTER)
        copy = encode_jpeg(edit(kind, strength, picture, rng).image, QUALITY)
        yield Item(f"{file}-{kind}.jpg", "copy", group, f"plain-{name}", strength), copy


def _alone(file: str, kind: str) -> Item:
    return Item(file, "trap", file, kind)


def _name(entry: Readable) -> str:
    stem = entry.name.rsplit(".", 1)[0]
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in stem)[:80]


def _exif(seconds: float) -> bytes:
    """An APP1 segment that says by which camera and when, in seconds after a beginning."""
    exif = Pillow.Exif()
    exif[0x0110] = _CAMERA
    details = exif.get_ifd(0x8769)
    details[0x9003] = (_BEGIN + timedelta(seconds=int(seconds))).strftime("%Y:%m:%d %H:%M:%S")
    details[0x9291] = f"{round(100 * (seconds % 1)):02}"
    body = exif.tobytes()
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _with_segment(jpeg: bytes, exif: bytes, comment: bytes = b"") -> bytes:
    said = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment if comment else b""
    return jpeg[:2] + exif + said + jpeg[2:]
