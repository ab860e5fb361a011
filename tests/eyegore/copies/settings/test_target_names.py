"""What a name, a path, a host mean; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.settings import TargetNames
from eyegore.copies.target import SyncTarget, TargetKind
from eyegore.messages.events import Role

SETTINGS = """\
[broadcast]
host = "gateway"
user = "lab"
port = 2222
key = "id"
known_hosts = "hosts"
root = "/srv/data"
bandwidth_kb = 5000
[targets.vault]
host = "vault"
root = "/backup"
role = "backup"
[targets.web]
host = "gateway"
user = "www"
root = "/var/www"
role = "broadcast"
[targets.usb]
root = "/mnt/usb"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "copies.toml").write_text(SETTINGS, encoding="utf-8")
    for name in ("id", "other"):
        (tmp_path / name).touch(0o600)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def names(folder: Path) -> TargetNames:
    return TargetNames(folder / "copies.toml")


GATEWAY = ("lab", "gateway", 2222, "id", 5000)
PLAIN = ("", "", 0, "", 0)


@pytest.mark.parametrize(
    ("option", "text", "path", "reached"),
    [
        ("-B", "campaign", "/srv/data/campaign", GATEWAY),
        ("-B", "a/b c", "/srv/data/a/b c", GATEWAY),
        ("-B", "/elsewhere/x", "/elsewhere/x", GATEWAY),
        ("-B", "here", "/srv/data/here", GATEWAY),
        ("-B", "web", "/var/www", ("www", "gateway", 0, "", 0)),
        ("-B", "usb", "/mnt/usb", PLAIN),
        ("-B", "lab@Gateway:/x", "/x", ("lab", "Gateway", 2222, "id", 5000)),
        ("-B", "gateway:/x", "/x", GATEWAY),
        ("-B", "gateway:campaign", "/srv/data/campaign", GATEWAY),
        ("-B", "www@gateway:pages", "/var/www/pages", ("www", "gateway", 0, "", 0)),
        ("-B", "ana@gateway:/x", "/x", ("ana", "gateway", 0, "", 0)),
        ("-B", "ssh://gateway:2222/x", "/x", GATEWAY),
        ("-B", "ssh://gateway:999/x", "/x", ("", "gateway", 999, "", 0)),
        ("-B", "unknown:/x", "/x", ("", "unknown", 0, "", 0)),
        ("-r", "vault", "/backup", ("", "vault", 0, "", 0)),
        ("-r", "usb", "/mnt/usb", PLAIN),
        ("-r", "./usb", "{here}/usb", PLAIN),
        ("-r", "here", "{here}/here", PLAIN),
        ("-r", "/mnt/b", "/mnt/b", PLAIN),
        ("-r", "gateway:/x", "/x", GATEWAY),
    ],
)
def test_what_is_meant(
    names: TargetNames, folder: Path, option: str, text: str, path: str, reached: tuple[str, str, int, str, int]
) -> None:
    role = {"-r": Role.BACKUP, "-B": Role.BROADCAST}[option]
    found = names.target(text, role)
    assert (found.name, found.role, found.path) == (text, role, path.format(here=folder))
    key = found.key.name if found.key else ""
    assert (found.user, found.host, found.port, key, found.bandwidth_kb) == reached


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("-r", "vualt", r"no target of the settings \(known are vault, web, usb\) and no folder here"),
        ("-r", "web", r"copies.toml:13 says it is for broadcast \(role\): give it with -B"),
        ("-B", "vault", r"copies.toml:9 says it is for backup \(role\): give it with -r"),
        ("-B", "..", "no"),
        ("-B", "", "an empty target"),
        ("-B", "-x", "begins with a dash"),
        ("-B", "elsewhere:x", r"needs the whole path on elsewhere .* or a section with host = 'elsewhere'"),
        ("-B", "gateway:../x", "give a plain name"),
        ("-B", "gateway:", "whole path"),
        ("-B", "gateway::x", "rsync daemon"),
    ],
)
def test_what_cannot_be_meant_is_refused(names: TargetNames, option: str, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        names.target(text, {"-r": Role.BACKUP, "-B": Role.BROADCAST}[option])


def test_without_option_the_settings_tell_what_it_is_for(names: TargetNames) -> None:
    found = [names.target(text, None).role for text in ("vault", "web", "usb", "gateway:x", "/mnt/b")]
    assert found == [Role.BACKUP, Role.BROADCAST, Role.BACKUP, Role.BROADCAST, Role.BACKUP]


def test_what_is_given_beside_goes_before_the_settings(names: TargetNames, folder: Path) -> None:
    found = names.target("gateway:x", None, key=folder / "other", known_hosts=folder / "mine", bandwidth_kb=0)
    assert (found.key, found.known_hosts, found.bandwidth_kb) == (folder / "other", folder / "mine", 0)
    with pytest.raises(SettingsError, match=r"--key: .*missing cannot be read"):
        names.target("gateway:x", None, key=folder / "missing")
    with pytest.raises(SettingsError, match="KiB/s is none"):
        names.target("gateway:x", None, bandwidth_kb=-1)


def test_a_key_that_ssh_would_not_use_is_refused_only_where_it_is_needed(names: TargetNames, folder: Path) -> None:
    (folder / "id").chmod(0o644)
    with pytest.raises(SettingsError, match=r"copies.toml:5: broadcast.key: .*chmod 600"):
        names.target("campaign", Role.BROADCAST)
    assert names.target("vault", Role.BACKUP).key is None


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_file_of_the_home_is_read_when_there_is_one(private_home: Path) -> None:
    file = private_home / ".config" / "eyegore" / "copies.toml"
    with pytest.raises(SettingsError, match=f"has none|{file}"):
        TargetNames().target("vault", Role.BACKUP)
    with pytest.raises(SettingsError, match=r"on which computer\? Give user@host:/path, or \[broadcast\]"):
        TargetNames().target("campaign", Role.BROADCAST)
    file.parent.mkdir(parents=True)
    file.write_text(SETTINGS, encoding="utf-8")
    assert TargetNames().target("vault", Role.BACKUP).host == "vault"


def test_settings_that_cannot_be_used_do_not_keep_a_path_from_being_copied_to(private_home: Path) -> None:
    file = private_home / ".config" / "eyegore" / "copies.toml"
    file.parent.mkdir(parents=True)
    file.write_text("not TOML", encoding="utf-8")
    assert TargetNames().session(["/mnt/b"], [])[0].path == "/mnt/b"
    with pytest.raises(SettingsError, match=r"copies.toml:1: is not TOML"):
        TargetNames(file).session(["/mnt/b"], [])
    with pytest.raises(SettingsError, match=r"copies.toml:1: is not TOML"):
        TargetNames().session(["/mnt/b"], ["campaign"])


# --- the same place twice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("backups", "broadcasts", "told"),
    [
        (["/mnt/b", "/mnt/b"], [], "-r /mnt/b is given twice"),
        (["/mnt/b", "/mnt//b/"], [], "-r /mnt//b/ and -r /mnt/b are the same place"),
        (["here", "link"], [], "-r link and -r here are the same place"),
        (["usb"], ["usb"], "-B usb and -r usb are the same place"),
        (["gateway:/srv/data/x"], ["x"], "-B x and -r gateway:/srv/data/x are the same place"),
        ([], ["lab@gateway:x", "x"], "-B x and -B lab@gateway:x are the same place"),
    ],
)
def test_the_same_place_twice_is_refused(
    names: TargetNames, folder: Path, backups: list[str], broadcasts: list[str], told: str
) -> None:
    (folder / "link").symlink_to(folder / "here")
    with pytest.raises(SettingsError, match=told):
        names.session(backups, broadcasts)


def test_several_of_each_kind(names: TargetNames) -> None:
    found = names.session(["vault", "/mnt/a"], ["campaign", "web", "ana@gateway:/srv/data/campaign2"])
    assert [one.role for one in found] == [Role.BACKUP] * 2 + [Role.BROADCAST] * 3


# --- computers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("vault", "vault", 0),
        ("broadcast", "gateway", 2222),
        ("gateway", "gateway", 2222),
        ("lab@gateway", "gateway", 2222),
        ("ssh://gateway:22022", "gateway", 22022),
        ("ssh://gateway:22022/x", "gateway", 22022),
        ("gateway:campaign", "gateway", 2222),
        ("other:/x", "other", 0),
        ("me@[::1]:/x", "::1", 0),
    ],
)
def test_a_computer(names: TargetNames, text: str, host: str, port: int) -> None:
    found = names.computer(text)
    assert (found.kind, found.host, found.port) == (TargetKind.SSH, host, port)
    assert isinstance(found, SyncTarget)


@pytest.mark.parametrize("text", ["usb", "/mnt/usb", "./here"])
def test_a_folder_of_this_computer_is_no_computer(names: TargetNames, text: str) -> None:
    with pytest.raises(SettingsError, match="no host key to trust"):
        names.computer(text)
