"""A swap that is entered while a session runs: who is told, and who is said to be on duty, are the same people."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from eyegore.messages.warnings import Channel
from eyegore.warning.policy.rules import Answering
from eyegore.warning.settings import load_settings
from eyegore.warning.settings.in_force import SettingsInForce, SettingsWatch, seen
from eyegore.warning.settings.model import SettingsRead

from ....patience import AWAITED_S

WaitUntil = Callable[..., None]
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()
TEXT = """\
time_zone = "UTC"
[texts]
lab = "lab"
[people.anna]
name = "Anna"
email = "anna@lab.example"
[people.ben]
name = "Ben"
email = "ben@lab.example"
phone = "+4930123456"
[[duty]]
primary = "anna"
[smtp]
host = "mail.lab.example"
sender = "eyegore@lab.example"
"""
SWAP = (
    '[[duty]]\ninstead = true\nprimary = "ben"\nbackup = "anna"\nfrom = "2026-03-14 08:00"\nto = "2026-03-15 08:00"\n'
)
PHONE = '[twilio]\nsid = "AC0123456789abcdef0123456789ABCDEF"\nsender = "+4930123456"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "warnings.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def in_force(path: Path) -> SettingsInForce:
    return SettingsInForce(load_settings(path))


def changed(path: Path, text: str) -> SettingsRead:
    path.write_text(text)
    return SettingsRead(load_settings(path))


def test_a_swap_is_taken_up_and_said(path: Path, in_force: SettingsInForce) -> None:
    assert in_force.duty(NOON).primary == "anna"
    level, said = in_force.take(changed(path, TEXT + SWAP), NOON)
    assert (in_force.duty(NOON).primary, in_force.duty(NOON).backup) == ("ben", "anna")
    assert level == logging.INFO
    assert said == f"{path} was changed: on duty ben, backup anna until Sun 15/Mar/2026 08:00"


@pytest.mark.parametrize(
    ("old", "new", "look", "expected"),
    [
        ("anna@lab", "a.berg@lab", lambda one: one.addresses("anna", Channel.EMAIL), ("a.berg@lab.example",)),
        ("anna@lab", "a.berg@lab", lambda one: one.by_address()["a.berg@lab.example"], "anna"),
        ("[[duty]]", '[people.cem]\nname = "C"\nemail = "c@d.example"\n[[duty]]', lambda one: [*one.names],
         ["anna", "ben", "cem"]),
        ("[[duty]]", '[people.cem]\nname = "C"\nemail = "c@d.example"\n[[duty]]', lambda one: one.others("ben", NOON),
         ("anna", "cem")),
        ('"UTC"\n', '"UTC"\nquiet = [{ from = "11:00", to = "13:00" }]\n', lambda one: one.quiet("anna", NOON), True),
    ],
)  # fmt: skip
def test_people_and_quiet_hours_are_taken_up(
    path: Path, in_force: SettingsInForce, old: str, new: str, look: Callable[[SettingsInForce], object],
    expected: object,
) -> None:  # fmt: skip
    in_force.take(changed(path, TEXT.replace(old, new)), NOON)
    assert look(in_force) == expected


@pytest.mark.parametrize(
    ("text", "later"),
    [
        (TEXT + PHONE, "[routes], [twilio]"),
        (TEXT.replace('"UTC"\n', '"UTC"\nescalate_after_min = 5\n'), "escalate_after_min"),
        (TEXT.replace("mail.lab", "post.lab"), "[smtp]"),
        (TEXT + '[proof]\nat = ["09:00"]\n' + "[imap]\nhost = 'mail.lab.example'\nuser = 'e'\n", "[imap], [proof]"),
    ],
)
def test_what_counts_from_the_next_start_is_named(path: Path, in_force: SettingsInForce, text: str, later: str) -> None:
    _, said = in_force.take(changed(path, text), NOON)
    assert said.endswith(f"; {later}: from the next start on")
    assert in_force.reach("ben") == (Channel.EMAIL,)
    assert in_force.addresses("ben", Channel.SMS) == ()


INBOX = "[imap]\nhost = 'mail.lab.example'\nuser = 'e'\n"


@pytest.mark.parametrize(
    ("more", "anna", "ben"),
    [
        ("", Answering(False, False), Answering(False, False)),
        (INBOX, Answering(True, False), Answering(True, False)),
        (PHONE, Answering(False, False, "+4930123456"), Answering(False, True, "+4930123456")),
        (PHONE + INBOX, Answering(True, False, "+4930123456"), Answering(True, True, "+4930123456")),
    ],
)
def test_how_somebody_can_answer(path: Path, more: str, anna: Answering, ben: Answering) -> None:
    path.write_text(TEXT + more)
    one = SettingsInForce(load_settings(path))
    assert (one.answering("anna"), one.answering("ben")) == (anna, ben)
    assert one.answering("zoe") == Answering(False, False)


def test_a_file_that_cannot_be_used_changes_nothing(path: Path, in_force: SettingsInForce) -> None:
    level, said = in_force.take(SettingsRead(None, "line 3: no"), NOON)
    assert level == logging.WARNING
    assert said == f"{path} was changed and cannot be used, all stays as it was: line 3: no"
    assert in_force.duty(NOON).primary == "anna"


def put(path: Path, text: str) -> None:
    """Write it in one step, as editors do."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


@pytest.fixture
def watched(path: Path) -> Iterator[list[SettingsRead]]:
    found: list[SettingsRead] = []
    watch = SettingsWatch(path, seen(path), load_settings, found.append, look_s=0.01)
    watch.start()
    yield found
    assert watch.stop(AWAITED_S)


def test_the_file_is_read_when_it_was_changed_and_only_then(
    path: Path, watched: list[SettingsRead], wait_until: WaitUntil
) -> None:
    put(path, TEXT + SWAP)
    wait_until(lambda: watched)
    (first,) = watched
    assert first.settings is not None
    assert first.settings.roster.on_duty(NOON).primary == "ben"
    put(path, TEXT.replace('primary = "anna"', 'primary = "zoe"') + "[nothing]\n")
    wait_until(lambda: len(watched) == 2)
    assert watched[1].settings is None
    assert "warnings.toml:12" in watched[1].problem
    assert watched[1].problem.endswith("(and 1 more)")
    path.unlink()
    wait_until(lambda: len(watched) == 3)
    assert "no such file" in watched[2].problem
