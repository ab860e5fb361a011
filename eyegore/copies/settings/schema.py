"""What the settings of the copies in TOML must look like; ``docs/sync.rst`` describes every key."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, field_validator, model_validator

from eyegore.copies.settings.model import GATEWAY
from eyegore.copies.target import HOST, USER

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
BRIEFEST_KB = 10
"""Less than this [KiB/s] would take longer than a night for one image: a slip of the keyboard."""


def _host(value: object) -> str:
    if not (isinstance(value, str) and HOST.fullmatch(value)):
        raise ValueError("must be the name or address of a computer, such as gateway.lab.example")
    return value


def _user(value: object) -> str:
    if not (isinstance(value, str) and USER.fullmatch(value)):
        raise ValueError("must be the name of a user there, such as lab")
    return value


def _path(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a path")
    if not value.isprintable():
        raise ValueError("must be one line of printable text")
    return value


def _name(value: object) -> str:
    if not (isinstance(value, str) and NAME.fullmatch(value)):
        raise ValueError("must be a short name of letters, digits, - and _, such as vault")
    if value == GATEWAY:
        raise ValueError(f"must be called otherwise: [{GATEWAY}] is a section of its own")
    return value


Host = Annotated[str, PlainValidator(_host)]
User = Annotated[str, PlainValidator(_user)]
PathText = Annotated[str, PlainValidator(_path)]
Name = Annotated[str, PlainValidator(_name)]


class Entry(BaseModel):
    """Nothing is converted, nothing unknown is passed over: settings are either right or refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


class PlaceEntry(Entry):
    """``[targets.NAME]``: a folder of this computer or, with ``host``, of another."""

    ONLY_WITH_HOST: ClassVar = ("user", "port", "key", "known_hosts")

    host: Host | None = None
    user: User | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    key: PathText | None = None
    known_hosts: PathText | None = None
    root: PathText
    bandwidth_kb: Annotated[int, Field(ge=BRIEFEST_KB)] | None = None
    role: Literal["backup", "broadcast"] | None = None

    @field_validator("root")
    @classmethod
    def _whole(cls, root: str) -> str:
        if not root.startswith(("/", "~/")):
            raise ValueError("must be a whole path, such as /srv/data")
        return root

    @model_validator(mode="after")
    def _reached(self) -> PlaceEntry:
        alone = [name for name in self.ONLY_WITH_HOST if getattr(self, name) is not None]
        if alone and self.host is None:
            raise ValueError(f"needs host = ... for {', '.join(alone)}; a folder of this computer has only root")
        if self.host is not None and self.root.startswith("~"):
            raise ValueError("needs the whole path on the other computer as root: ~ is not known here")
        return self


class GatewayEntry(PlaceEntry):
    """``[broadcast]``: the computer that people outside read from."""

    host: Host
    role: Literal["broadcast"] | None = None


class SettingsEntry(Entry):
    """The whole file."""

    broadcast: GatewayEntry | None = None
    targets: dict[Name, PlaceEntry] = {}
