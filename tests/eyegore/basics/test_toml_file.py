"""A file that people write: every fault at once, with its line, from top to bottom."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from eyegore.basics.toml_file import Fault, TomlError, UnreadableError, read_toml


class Place(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    root: str
    port: int = 22


class File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    lab: str
    duty: list[Place] = []
    targets: dict[str, Place] = {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab.toml"


def faults(path: Path, text: str, *more: Fault) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TomlError) as raised:
        read_toml(path).valid(File, more)
    return str(raised.value).replace(f"{path}:", "").splitlines()


def test_what_is_right_is_read(path: Path) -> None:
    path.write_text('lab = "Ü"\n[targets.vault]\nroot = "/x"\n', encoding="utf-8")
    assert read_toml(path).valid(File) == File(lab="Ü", targets={"vault": Place(root="/x")})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('lab = 1\n[targets.a]\nroot = "/x"\nport = "22"\n', ["1: lab: must be text", "4: targets.a.port: must be a"]),
        ("[[duty]]\nroot = 1\n", [" lab: missing", "2: duty 1.root: must be text"]),
        ('lab = "x"\n[target.a]\nroot = "/x"\n', ["2: target: unknown key"]),
        ('lab = "x"\ntargets.a.port = 1\n', ["2: targets.a.root: missing"]),
        ('lab = "x"\n[targets."7"]\n', ["2: targets.7.root: missing"]),
        ('lab = "x"\n[targets]\n" " = 3\n', ["2: targets.' ': must be a table"]),
        ('lab = "x"\nlab = "y"\n', ["2: is not TOML"]),
        ('lab = "x"\n[targets.a]\nroot = "/"\n[targets.a]\n', ["4: targets.a: has a second entry here"]),
    ],
)
def test_every_fault_is_told_with_line_and_key(path: Path, text: str, told: list[str]) -> None:
    found = faults(path, text)
    assert len(found) == len(told)
    assert all(one.startswith(begin) or begin in one for one, begin in zip(found, told, strict=True)), found


def test_what_else_is_wrong_stands_among_the_rest(path: Path) -> None:
    text = 'lab = 1\n[targets.a]\nroot = "/x"\n[targets.b]\nroot = 1\n'
    more = [(("targets", "a"), "is full"), (("lab",), "is closed")]
    assert [one.split(", not ")[0] for one in faults(path, text, *more)] == [
        "1: lab: must be text",
        "1: lab: is closed",
        "2: targets.a: is full",
        "5: targets.b.root: must be text",
    ]
    assert faults(path, 'lab = "x"\n', (("lab",), "is closed")) == ["1: lab: is closed"]


def test_a_file_that_cannot_be_read_tells_how_to_begin(path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"lab\.toml: cannot be read: No such file"):
        read_toml(path)
    with pytest.raises(UnreadableError, match=rf"no such file; begin with: make one > {path}$"):
        read_toml(path, begin="make one")
    with pytest.raises(UnreadableError, match=rf"begin with: mkdir -p {path}; make one > {path}/x$"):
        read_toml(path / "x", begin="make one")
    path.mkdir()
    with pytest.raises(UnreadableError, match="cannot be read: Is a directory"):
        read_toml(path, begin="make one")


def test_a_file_that_it_names_lies_beside_it(path: Path, private_home: Path) -> None:
    path.write_text("")
    source = read_toml(path)
    named = ["key", "/etc/key", "~/key", "~nobody-of-that-name/key"]
    assert [source.below(name) for name in named] == [
        path.parent / "key",
        Path("/etc/key"),
        private_home / "key",
        path.parent / "~nobody-of-that-name/key",
    ]
