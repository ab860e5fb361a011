"""What is right, what is refused, and that an error can be found by file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.toml_file import TomlError
from eyegore.copies.settings import load_settings
from eyegore.copies.settings.settings_file import EXAMPLE
from eyegore.copies.target import SyncTarget, TargetKind
from eyegore.messages.events import Role


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "copies.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_the_example_is_right(file: Path) -> None:
    settings = load_settings(file)
    assert settings.gateway is not None
    assert settings.gateway.target == SyncTarget(
        "broadcast", TargetKind.SSH, "/srv/data", "gateway.lab.example", "lab", bandwidth_kb=5000
    )
    assert settings.targets["usb"].target == SyncTarget("usb", TargetKind.LOCAL, "/mnt/usb")
    roles = [settings.gateway.role, *(place.role for place in settings.targets.values())]
    assert roles == [Role.BROADCAST, Role.BACKUP, None]


def test_what_the_example_only_mentions_is_right_too(file: Path, private_home: Path) -> None:
    text = EXAMPLE.replace("# port", "port").replace("# key", "key")
    file.write_text(text, encoding="utf-8")
    gateway = load_settings(file).gateway
    assert gateway is not None
    assert (gateway.target.port, gateway.target.key) == (22, private_home / ".ssh" / "eyegore")
    line = next(number for number, words in enumerate(text.splitlines(), 1) if words.startswith("key ="))
    assert gateway.key_fault().startswith(f"{file}:{line}: broadcast.key: {private_home}/.ssh/eyegore cannot be read")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('host = "gateway.lab.example"', "port = 22", 7, "broadcast.host: missing"),
        ('host = "gateway.lab.example"', 'host = "two words"', 8, "broadcast.host: must be the name or address"),
        ('host = "gateway.lab.example"', 'host = "-oProxyCommand=x"', 8, "broadcast.host: must be the name"),
        ('user = "lab"', 'user = "-l"', 9, "broadcast.user: must be the name of a user"),
        ("# port = 22", 'port = "22"', 10, "broadcast.port: must be a whole number"),
        ("# port = 22", "port = 70000", 10, "broadcast.port: must be less than or equal to 65535"),
        ('root = "/srv/data"', 'root = "srv/data"', 12, "broadcast.root: must be a whole path"),
        ('root = "/srv/data"', 'root = "~/data"', 7, "broadcast: needs the whole path on the other computer"),
        ('root = "/srv/data"', 'root = "/srv\\ndata"', 12, "broadcast.root: must be one line"),
        ("bandwidth_kb = 5000", "bandwidth_kb = 5", 13, "broadcast.bandwidth_kb: must be greater than or equal to 10"),
        ("bandwidth_kb = 5000", 'password = "hunter2"', 13, "broadcast.password: must not be in this file"),
        ("bandwidth_kb = 5000", "bandwith = 5000", 13, "broadcast.bandwith: unknown key"),
        ("bandwidth_kb = 5000", 'role = "backup"', 13, "broadcast.role: must be 'broadcast'"),
        ("[targets.vault]", "[targets.broadcast]", 15, "targets.broadcast: must be called otherwise"),
        ("[targets.vault]", '[targets."a b"]', 15, "targets.a b: must be a short name"),
        ('role = "backup"', 'role = "both"', 19, "targets.vault.role: must be 'backup' or 'broadcast'"),
        ("[targets.usb] ", "[targets.usb]\nport = 22\n#", 21, "targets.usb: needs host = ... for port"),
        ('root = "/mnt/usb"', 'root = ""', 22, "targets.usb.root: must be a path"),
        ('root = "/mnt/usb"', "", 21, "targets.usb.root: missing"),
        ('root = "/mnt/usb"', 'root = "/mnt/usb"\n[targets.b]\nroot = "/mnt/usb/"', 23, "same place as targets.usb"),
        ("[targets.vault]", "[target.vault]", 15, "target: unknown key"),
        ("[targets.usb]", "[targets.vault]", 21, "targets.vault: has a second entry"),
        ('root = "/mnt/usb"', "root = /mnt/usb", 22, "is not TOML"),
    ],
)
def test_an_error_is_told_with_line_and_key(file: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in EXAMPLE
    file.write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TomlError) as raised:
        load_settings(file)
    lines = str(raised.value).splitlines()
    assert any(one.startswith(f"{file}:{line}: ") and told in one for one in lines), lines
    assert "hunter2" not in str(raised.value)


def test_every_error_is_told_at_once_from_top_to_bottom(file: Path) -> None:
    file.write_text('[targets.b]\nroot = 1\n[broadcast]\nport = 0\nroot = "x"\n', encoding="utf-8")
    with pytest.raises(TomlError) as raised:
        load_settings(file)
    told = [line.removeprefix(str(file)).split(": ")[:2] for line in str(raised.value).splitlines()]
    assert told == [
        [":2", "targets.b.root"],
        [":3", "broadcast.host"],
        [":4", "broadcast.port"],
        [":5", "broadcast.root"],
    ]


def test_a_missing_file_tells_how_to_begin(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there.toml"
    with pytest.raises(TomlError, match="eyegore settings example copies > "):
        load_settings(path)


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mode", "told"),
    [
        ("id", 0o600, ""),
        ("id", 0o400, ""),
        ("id", 0o640, "can be read by others, so ssh does not use it: chmod 600"),
        ("id", 0o604, "chmod 600"),
        ("id.pub", 0o644, "is the public half: name the private key"),
        ("missing", 0, "No such file"),
        ("folder", 0o700, "is no file"),
    ],
)
def test_a_key_that_ssh_would_not_use_is_told_with_line_and_key(file: Path, name: str, mode: int, told: str) -> None:
    key = file.parent / "keys" / name
    key.parent.mkdir()
    if name == "folder":
        key.mkdir()
    elif mode:
        key.touch()
    if mode:
        key.chmod(mode)
    file.write_text(EXAMPLE.replace('# key = "~/.ssh/eyegore"', f'key = "keys/{name}"'), encoding="utf-8")
    found = load_settings(file).faults
    assert len(found) == bool(told)
    if told:
        assert found[0].startswith(f"{file}:11: broadcast.key: {key}")
        assert told in found[0]


def test_people_read_what_there_is(file: Path) -> None:
    settings = load_settings(file)
    told = dict(settings.rows)
    assert told["-B NAME"].startswith("lab@gateway.lab.example:/srv/data, keys of ssh, at most 5000 KiB/s")
    assert told["target vault"] == "lab@vault.lab.example:/backup/camera, keys of ssh, for backup only"
    assert told["target usb"] == "/mnt/usb"
    assert settings.summary == "-B NAME below lab@gateway.lab.example:/srv/data; targets vault, usb"
