import os

import pytest

from cbir_desktop.library import mounts as mounts_module
from cbir_desktop.library.mounts import Mount, Mounts, parse_mountinfo, read_mounts

TABLE = rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:17 / /media/My\040Stick rw - vfat /dev/sdb1 rw
31 22 0:40 /@home /home rw - btrfs /dev/sda3 rw,subvol=/@home
32 22 0:50 / /mnt/nas rw - nfs4 server:/export rw
33 22 0:51 / /tmp rw - tmpfs tmpfs rw
"""


def test_the_table_of_the_kernel_is_read():
    mounts = {mount.path: mount for mount in parse_mountinfo(TABLE)}
    assert (mounts["/media/My Stick"].device, mounts["/media/My Stick"].kind) == ((8, 17), "vfat")
    assert (mounts["/home"].root, mounts["/home"].source) == ("/@home", "/dev/sda3")
    assert mounts["/mnt/nas"].is_network
    assert not mounts["/media/My Stick"].has_inodes
    assert mounts["/tmp"].has_inodes


def named(path, uuid, device=(8, 1)):
    return Mount(path, "/", "ext4", "", device, uuid, "label")


def test_a_volume_that_is_mounted_twice_is_one_place():
    mounts = Mounts([named("/", "A"), named("/mnt/b", "B", (8, 2)), named("/mnt/again", "B", (8, 2))])
    place = mounts.place_of("/mnt/again/dcim")
    assert (place.volume.uuid, place.full) == ("B", "/mnt/b/dcim")
    assert mounts.place_of("/mnt/other").full == "/mnt/other"


def test_cloned_disks_are_told_apart():
    mounts = Mounts([named("/", "A"), named("/mnt/b", "A", (8, 2))])
    assert mounts.place_of("/mnt/b/x").full == "/mnt/b/x"
    assert mounts.place_of("/mnt/b/x").volume.uuid == "A@/mnt/b"


def test_what_is_mounted_over_another_hides_it():
    mounts = Mounts([named("/", "A"), named("/mnt", "B", (8, 2)), named("/mnt", "C", (8, 3))])
    assert mounts.by_uuid("B") is None
    assert mounts.place_of("/mnt/x").volume.uuid == "C"


def test_this_machine(tmp_path):
    mounts = read_mounts()
    place = mounts.place_of(str(tmp_path))
    assert os.path.samefile(place.full, tmp_path)
    assert mounts.by_uuid(place.volume.uuid) is not None
    (tmp_path / "link").symlink_to(tmp_path)
    assert mounts.canonical(str(tmp_path / "link" / "x.jpg")) == os.path.join(place.full, "x.jpg")


@pytest.mark.parametrize("table", [b"33 22 0:51 / /proc rw - proc proc rw\n", None])
def test_in_a_chroot_or_without_proc_the_root_is_a_volume_all_the_same(tmp_path, monkeypatch, table):
    file = tmp_path / "mountinfo"
    if table is not None:
        file.write_bytes(table)
    monkeypatch.setattr(mounts_module, "MOUNTINFO", file)
    place = read_mounts().place_of(str(tmp_path))
    assert place.full == str(tmp_path)
    assert place.volume.mount == "/"
