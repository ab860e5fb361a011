from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.target import SyncTarget, TargetKind, parse_target, refuse_inside


@pytest.mark.parametrize(
    ("text", "user", "host", "port", "path", "address"),
    [
        ("gate:/data", "", "gate", 0, "/data", "gate:/data/"),
        ("lab@gate.example.org:/data/", "lab", "gate.example.org", 0, "/data", "lab@gate.example.org:/data/"),
        ("gate:/two words/x", "", "gate", 0, "/two words/x", "gate:/two words/x/"),
        ("gate:/a:b", "", "gate", 0, "/a:b", "gate:/a:b/"),
        ("gate:/", "", "gate", 0, "/", "gate:/"),
        ("me@[fe80::1%eth0]:/data", "me", "fe80::1%eth0", 0, "/data", "me@[fe80::1%eth0]:/data/"),
        ("ssh://lab@Gate:2222/data/x", "lab", "Gate", 2222, "/data/x", "lab@Gate:/data/x/"),
        ("ssh://gate/two%20words", "", "gate", 0, "/two words", "gate:/two words/"),
        ("ssh://[::1]:22022/data", "", "::1", 22022, "/data", "[::1]:/data/"),
    ],
)
def test_another_computer(text: str, user: str, host: str, port: int, path: str, address: str) -> None:
    target = parse_target(text)
    assert target.kind is TargetKind.SSH
    assert (target.user, target.host, target.port, target.path) == (user, host, port, path)
    assert target.address == address
    assert target.login == (f"{user}@{host}" if user else host)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/mnt/backup", "/mnt/backup"),
        ("/mnt/backup//x/", "/mnt/backup/x"),
        ("/mnt/two words", "/mnt/two words"),
        ("/mnt/a:b", "/mnt/a:b"),
        ("./a:b", "{here}/a:b"),
        ("./-x", "{here}/-x"),
        ("backup", "{here}/backup"),
        ("~/backup", "{home}/backup"),
    ],
)
def test_a_folder_of_this_computer(
    text: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    target = parse_target(text)
    path = path.format(here=tmp_path, home=private_home)
    assert target == SyncTarget(text, TargetKind.LOCAL, path)
    assert (target.address, target.login) == (path + "/", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("-e sh", "dash"),
        ("/mnt/a\nb", "line break"),
        ("gate:/a\0b", "line break"),
        ("gate:data", "whole path"),
        ("gate:", "whole path"),
        ("ssh://gate", "whole path"),
        ("gate::module", "daemon"),
        ("rsync://gate/module", "not known"),
        ("ssh://lab:secret@gate/data", "no password"),
        ("ssh://gate:99999/data", "cannot be read"),
        ("ssh://gate/a?b", "%3F"),
        ("ssh://-oProxyCommand=x/data", "no name or address"),
        ("lab@-oProxyCommand=x:/data", "no name or address"),
        ("two words:/data", "no name or address"),
        (":/data", "no name or address"),
        ("@gate:/data", "no user"),
        ("ssh://-l@gate/data", "no name of a user"),
        ("ssh://gate/a%0ab", "line break"),
        ("two words@gate:/data", "no name of a user"),
    ],
)
def test_what_cannot_be_a_target_is_refused(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as raised:
        parse_target(text)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("folder", "path"), [("14_Mar_80", "/root/14_Mar_80"), ("a/b c", "/root/a/b c"), ("/else/x", "/else/x")]
)
def test_a_folder_below_the_root(folder: str, path: str) -> None:
    target = replace(parse_target("lab@gate:/root"), key=Path("/key"))
    below = target.below(folder)
    assert (below.path, below.host, below.key) == (path, "gate", Path("/key"))


@pytest.mark.parametrize("folder", ["", " ", "..", "a/../../b", "-x", ".", "a\nb"])
def test_a_folder_that_leads_out_of_the_root_is_refused(folder: str) -> None:
    with pytest.raises(SettingsError):
        parse_target("gate:/root").below(folder)


# --- the source is never copied into itself -----------------------------------------------------------------------


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "14_Mar_80"
    folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "data link").symlink_to(tmp_path / "data")
    (tmp_path / "backup").mkdir()
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "data/14_Mar_80",
        "data/14_Mar_80/backup/not/there",
        "data/elsewhere/../14_Mar_80/x",
        "link",
        "link/x",
        "data link/14_Mar_80/x",
        "data",  # the folder of the source's name below it is the source
        "data link",
    ],
)
def test_a_target_inside_the_source_is_refused(text: str, source: Path, tmp_path: Path) -> None:
    for chosen in (source, tmp_path / "link"):
        with pytest.raises(SettingsError, match="outside"):
            refuse_inside(chosen, parse_target(str(tmp_path / text)))


@pytest.mark.parametrize("text", ["backup", "data/14_Mar_80_copy", "data/15_Mar_80", "not/there"])
def test_a_target_beside_the_source_is_taken(text: str, source: Path, tmp_path: Path) -> None:
    refuse_inside(source, parse_target(str(tmp_path / text)))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", socket.gethostname()])
def test_this_computer_over_ssh_is_known(host: str, source: Path) -> None:
    with pytest.raises(SettingsError, match="outside"):
        refuse_inside(source, parse_target(f"{host}:{source}/x"))


def test_the_same_path_on_another_computer_is_taken(source: Path) -> None:
    refuse_inside(source, parse_target(f"gate.invalid:{source}"))


def test_a_bind_mount_is_seen_through(source: Path, tmp_path: Path, mounted: Callable[[], Path]) -> None:
    day = mounted()  # of another device than its parent: the fixture knows such a mount again
    place = tmp_path / "backup"
    subprocess.run(["mount", "--bind", str(day), str(place)], check=True)
    try:
        with pytest.raises(SettingsError, match="outside"):
            refuse_inside(day, parse_target(str(place / "x")))
    finally:
        subprocess.run(["umount", str(place)], check=True)
