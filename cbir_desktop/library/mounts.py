"""What is mounted now: each file system with a name that stays the same wherever it is mounted."""

import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cbir_desktop.store.places import Place, Volume

_PLATFORM: str = sys.platform  # a name of its own: mypy would leave out what the checking machine is not
MOUNTINFO = Path("/proc/self/mountinfo")
_BY_UUID, _BY_LABEL, _UDEV = Path("/dev/disk/by-uuid"), Path("/dev/disk/by-label"), Path("/run/udev/data")

# They send no events of changes that other machines make.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.rclone"}
)
# Their source names them on every machine and at every mount point, as a UUID does.
_NAMED_BY_SOURCE = _NETWORK | {"zfs", "virtiofs"}
# Their inode numbers are made up at each mount: they prove nothing, and must not look like a change.
_MADE_UP_INODES = frozenset(["vfat", "msdos", "exfat", "cifs", "smb3", "smbfs", "9p"])
# statfs gives these the file system's own UUID, folded to 64 bits (ext4_statfs; btrfs mixes the subvolume in); the
# others give the number of the device, which the next boot may give to another disk.
_STABLE_FSID = frozenset({"ext2", "ext3", "ext4", "btrfs"})


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system. ``device`` is (major, minor); ``root`` the folder of it that is mounted, mostly "/"."""

    path: str
    root: str
    kind: str
    source: str
    device: tuple[int, int]
    uuid: str = ""
    label: str = ""

    @property
    def is_network(self) -> bool:
        return self.kind in _NETWORK

    @property
    def has_inodes(self) -> bool:
        """Whether a file keeps its inode number while it lives."""
        return self.kind not in _MADE_UP_INODES and not self.kind.startswith("fuse.")

    @property
    def volume(self) -> Volume:
        return Volume(self.uuid, self.path, self.label)


class Mounts:
    """One look at what is mounted. Take a new one for each scan: drives come and go."""

    def __init__(self, mounts: Iterable[Mount]) -> None:
        self._at = {mount.path: mount for mount in mounts}  # what is mounted over another hides it
        self._named: dict[str, Mount] = {}
        for path, mount in self._at.items():
            if self._named.setdefault(mount.uuid, mount).device != mount.device:
                # A cloned disk: two file systems of one UUID.
                self._at[path] = self._named[f"{mount.uuid}@{path}"] = replace(mount, uuid=f"{mount.uuid}@{path}")

    def of(self, path: str) -> Mount:
        """The mount that an absolute path without links lies on."""
        while path not in self._at:
            parent = os.path.dirname(path)
            if parent == path:
                raise OSError(f"{path} lies on no mounted file system")
            path = parent
        return self._at[path]

    def by_uuid(self, uuid: str) -> Mount | None:
        """Where this volume is mounted now: of several places, the one that was mounted first."""
        return self._named.get(uuid)

    def at(self, path: str) -> Mount | None:
        """What is mounted at this very path."""
        return self._at.get(path)

    def place_of(self, folder: str) -> Place:
        """The volume of a folder and the folder's path on it; a volume that is mounted twice gives one place."""
        mount = self.of(folder)
        return Place(self._named[mount.uuid].volume, folder[len(mount.path) :].strip(os.sep))

    def canonical(self, path: str) -> str:
        """The one path under which a file or folder (absolute, there or not) is known, its links resolved."""
        try:
            path = os.path.realpath(path)
            if os.path.isdir(path):
                return self.place_of(path).full
            return os.path.join(self.place_of(os.path.dirname(path)).full, os.path.basename(path))
        except (OSError, ValueError):
            return path


def read_mounts() -> Mounts:
    """What is mounted now. Costs well under a millisecond on Linux."""
    if _PLATFORM == "linux":
        return Mounts(_with_root(_linux_mounts(_table())))
    return _WalkedMounts()


def place_of(folder: str) -> Place:
    """The volume of a folder, and the folder's path on it. ``folder`` is absolute."""
    return read_mounts().place_of(folder)


def parse_mountinfo(text: bytes) -> Iterator[Mount]:
    """The lines of /proc/self/mountinfo (man 5 proc), without names for the volumes."""
    for line in text.splitlines():
        before, _, after = line.partition(b" - ")
        fields, (kind, source, *_) = before.split(b" "), [*after.split(b" "), b""]
        major, _, minor = fields[2].partition(b":")
        root, path = (os.fsdecode(_unescape(field)) for field in fields[3:5])
        yield Mount(path, root, os.fsdecode(kind), os.fsdecode(_unescape(source)), (int(major), int(minor)))


def _table() -> bytes:
    try:
        return MOUNTINFO.read_bytes()
    except OSError:  # /proc is not mounted: all is one volume then
        return b""


def _with_root(mounts: Iterable[Mount]) -> Iterator[Mount]:
    """``mounts`` with "/" among them: in a chroot it is no mount point, and the table has only what lies below it."""
    found = list(mounts)
    if not any(mount.path == "/" for mount in found):
        device = os.stat("/").st_dev
        yield Mount("/", "/", "", "", (os.major(device), os.minor(device)), "mount:/", "/")
    yield from found


def _unescape(field: bytes) -> bytes:
    """``\\040`` is a space: the kernel writes space, tab, newline and backslash in octal."""
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), field)


def _linux_mounts(text: bytes) -> Iterator[Mount]:
    uuids, labels = dict(_links(_BY_UUID)), dict(_links(_BY_LABEL))
    for mount in parse_mountinfo(text):
        device = _block_device(mount)
        udev = _udev(device) if device and device not in uuids else {}
        uuid = device and (uuids.get(device) or udev.get("ID_FS_UUID") or _fsid(mount))
        if not uuid:
            named = mount.kind in _NAMED_BY_SOURCE and mount.source not in ("", "none")
            uuid = f"{mount.kind}:{mount.source}" if named else f"mount:{mount.path}"
        # A bound folder or a subvolume is a volume of its own: inode numbers and paths count from there.
        uuid += mount.root if mount.root != "/" and not uuid.startswith("mount:") else ""
        label = (device and labels.get(device)) or udev.get("ID_FS_LABEL") or os.path.basename(mount.path) or mount.path
        yield replace(mount, uuid=uuid, label=label)


def _links(folder: Path) -> Iterator[tuple[tuple[int, int], str]]:
    """((major, minor), name) of the links that udev keeps; ``\\x20`` in a name is a space."""
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        return
    for name in entries:
        try:
            device = os.stat(folder / name).st_rdev
        except OSError:
            continue
        plain = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), name)
        yield (os.major(device), os.minor(device)), plain.encode("latin-1", "replace").decode("utf-8", "replace")


def _block_device(mount: Mount) -> tuple[int, int] | None:
    """Of btrfs, mountinfo tells an anonymous number; its source is the device."""
    if mount.device[0] != 0:
        return mount.device
    if mount.kind != "btrfs" or not mount.source.startswith("/dev/"):
        return None
    try:
        device = os.stat(mount.source).st_rdev
    except OSError:
        return None
    return os.major(device), os.minor(device)


def _udev(device: tuple[int, int]) -> dict[str, str]:
    """What udev knows of a block device, also where the links in /dev are not visible (containers)."""
    try:
        text = (_UDEV / f"b{device[0]}:{device[1]}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    return {name: value for name, _, value in pairs if value}


def _fsid(mount: Mount) -> str:
    if mount.kind not in _STABLE_FSID:
        return ""
    try:
        return f"fsid:{os.statvfs(mount.path).f_fsid:016x}"
    except OSError:
        return ""


class _WalkedMounts(Mounts):
    """macOS and Windows, which have no table to read: mount points are found by walking up from a path.

    Windows gives a volume's serial number as ``st_dev``; macOS tells its UUID through diskutil, asked once a scan.
    """

    def __init__(self) -> None:
        super().__init__(())

    def of(self, path: str) -> Mount:
        while not os.path.ismount(path) and os.path.dirname(path) != path:
            path = os.path.dirname(path)
        if path not in self._at:
            uuid, label = _foreign_identity(path)
            self._at[path] = Mount(path, "/", "", "", (0, 0), uuid, label)
            self._named.setdefault(uuid, self._at[path])
        return self._at[path]

    def by_uuid(self, uuid: str) -> Mount | None:
        for path in _foreign_mount_points():
            self.of(path)
        return super().by_uuid(uuid)


def _foreign_mount_points() -> list[str]:
    if _PLATFORM == "win32":
        return [drive for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if os.path.isdir(drive := f"{letter}:\\")]
    return ["/", *(entry.path for entry in os.scandir("/Volumes") if entry.is_dir())] if _PLATFORM == "darwin" else []


def _foreign_identity(path: str) -> tuple[str, str]:
    label = os.path.basename(path) or path
    if _PLATFORM == "win32":
        return f"serial:{os.stat(path).st_dev:x}", label
    try:
        answer = subprocess.run(["diskutil", "info", "-plist", path], capture_output=True, timeout=10, check=True)
        info = plistlib.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, plistlib.InvalidFileException):
        info = {}
    uuid = str(info.get("VolumeUUID") or f"mount:{path}")
    return uuid, str(info.get("VolumeName") or label)
