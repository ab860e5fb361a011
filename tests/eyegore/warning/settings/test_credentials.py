"""Where credentials come from, which files are refused, and that no message has one in it."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.warning.settings.credentials import SMTP, TWILIO, Credentials, other_name

SECRET = "hunter2-planted"


def write(folder: Path, text: str = f'{SMTP}="{SECRET}"\n', mode: int = 0o600) -> Path:
    path = folder / "credentials"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refused(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        Credentials(path, {})
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def value(credentials: Credentials, name: str) -> str | None:
    secret = credentials.get(name)
    return secret.get_secret_value() if secret else None


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, f'{SMTP}="of the file"\n{TWILIO}="token"\n')
    credentials = Credentials(path, {SMTP: "of the environment", "EYEGORE_IMAP_PASSWORD": ""})
    assert (value(credentials, SMTP), value(credentials, TWILIO)) == ("of the environment", "token")
    assert value(credentials, "EYEGORE_IMAP_PASSWORD") is None
    found = [credentials.find(name) for name in (SMTP, TWILIO)]
    assert [each.origin for each in found if each] == ["environment", str(path)]


def test_the_name_of_the_credential_of_another_channel() -> None:
    assert other_name("lab-chat") == "EYEGORE_OTHER_LAB_CHAT"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o700, 0o400, 0o4600])
def test_a_file_of_another_mode_is_refused_and_told_how_to_mend(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path, mode=mode)
    assert refused(path) == f"{path}: has mode {mode:04o}, must be 0600 (for you alone): chmod 600 {path}"


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(write(tmp_path))
    assert "is a link" in refused(link)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "not a regular file" in refused(pipe)
    assert "not a regular file" in refused(tmp_path)
    assert "cannot be read: No such file" in refused(tmp_path / "none")


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    assert "belongs to another user" in refused(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{SMTP}={SECRET}\n", ":1: is not TOML"),
        (f'\n{SMTP}="{SECRET}\n', ":2: is not TOML"),
        (f'{SMTP}="a"\n"{SECRET}"="b"\n', ":2: only names that begin with EYEGORE_"),
        (f'{SMTP}=["{SECRET}"]\n', f":1: {SMTP}: must be text"),
        (f'{SMTP}=""\n', f":1: {SMTP}: must be text"),
        ("x" * 70_000, ": is too long"),
    ],
)
def test_an_error_in_the_file_names_the_line_not_the_secret(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, text)
    assert refused(path).startswith(f"{path}{told}")


def test_no_text_form_shows_a_secret(tmp_path: Path) -> None:
    credentials = Credentials(write(tmp_path), {TWILIO: SECRET})
    found = [credentials.find(SMTP), credentials.get(TWILIO)]
    assert SECRET not in f"{credentials!r} {credentials} {vars(credentials)} {found!r} {found}"


class KeyringError(Exception):
    pass


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A package ``keyring``, which is optional: whether a real one is there does not matter to these tests."""
    package, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return package


def test_a_keyring_is_asked_last(keyring: types.ModuleType) -> None:
    kept = {("eyegore", SMTP): "of the keyring", ("eyegore", TWILIO): "other"}
    keyring.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    credentials = Credentials(None, {TWILIO: "of the environment"})
    assert (value(credentials, SMTP), value(credentials, TWILIO)) == ("of the keyring", "of the environment")
    assert value(credentials, "EYEGORE_OTHER_CHAT") is None


def test_a_keyring_that_is_locked_has_nothing(keyring: types.ModuleType) -> None:
    def locked(service: str, name: str) -> str:
        raise KeyringError(SECRET)

    keyring.get_password = locked  # type: ignore[attr-defined]
    assert Credentials(None, {}).find(SMTP) is None


def test_without_the_package_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert Credentials(None, {}).find(SMTP) is None
