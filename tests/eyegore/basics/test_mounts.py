import pytest

from eyegore.basics.files import mount_of

TABLE = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:25 / /data rw,relatime shared:7 - nfs4 server:/export rw
31 30 0:26 / /data/local rw - xfs /dev/sdb rw
32 27 0:27 / /mnt/two\\040words rw - fuse.sshfs me@host: rw
33 27 0:28 / /over rw - tmpfs first rw
34 27 0:29 / /over rw - cifs //lab/ccd rw
garbage
35 27 0:30 / /half
"""


@pytest.mark.parametrize(
    ("path", "kind", "remote"),
    [
        ("/", "ext4", False),
        ("/home/lab/21_Feb_80", "ext4", False),
        ("/data", "nfs4", True),
        ("/data/21_Feb_80", "nfs4", True),
        ("/database/21_Feb_80", "ext4", False),
        ("/data/local/21_Feb_80", "xfs", False),
        ("/mnt/two words/x", "fuse.sshfs", True),
        ("/over/x", "cifs", True),
    ],
)
def test_the_longest_mount_point_holds_the_path(path: str, kind: str, remote: bool) -> None:
    mount = mount_of(path, TABLE)
    assert mount is not None
    assert (mount.kind, mount.remote) == (kind, remote)


def test_the_later_of_two_on_one_point_counts() -> None:
    mount = mount_of("/over", TABLE)
    assert mount is not None
    assert mount.number == 34


def test_nothing_is_known_without_a_table() -> None:
    assert mount_of("/data", "") is None


def test_the_machines_own_table_knows_proc() -> None:
    mount = mount_of("/proc/self")
    assert mount is not None
    assert (mount.point, mount.kind, mount.remote) == ("/proc", "proc", False)
