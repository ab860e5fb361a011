"""``eyegore settings`` and ``eyegore roster`` as a person types them; no secret comes out of any of it."""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from eyegore.cli import main
from eyegore.warning.settings import example, load_settings
from eyegore.warning.settings.credentials import Credentials, open_accounts

EXAMPLE = example()

SECRET = "hunter2-planted"
WITH_ALL = re.sub(r"(?m)^# (?=[a-z_]+ = |\[)", "", EXAMPLE)
"""The example with what it only mentions; its credentials are in the file ``credentials`` beside it."""
NAMES = [f"EYEGORE_{name}" for name in ("SMTP_PASSWORD", "TWILIO_TOKEN", "IMAP_PASSWORD", "OTHER_LAB_CHAT")]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "warnings.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def with_credentials(file: Path) -> None:
    file.write_text(WITH_ALL, encoding="utf-8")
    beside = file.parent / "credentials"
    kept = {name: f"{'https://' if 'OTHER' in name else ''}{SECRET}-{name}" for name in NAMES}
    beside.write_text("".join(f'{name}="{secret}"\n' for name, secret in kept.items()), encoding="utf-8")
    beside.chmod(0o600)


def test_example_prints_what_check_accepts(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert main(["settings", "example"]) == 0
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["settings", "check", str(file)]) == 1
    told = capsys.readouterr().out
    assert "can be used: 2 people, 4 entries of the roster; sms, call, email" in told


def test_check_tells_which_credentials_are_missing_and_where_they_may_be(
    capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EYEGORE_TWILIO_TOKEN", SECRET)
    assert main(["settings", "check", str(file)]) == 1
    told = capsys.readouterr().out
    assert "EYEGORE_SMTP_PASSWORD: missing, password of [smtp]\n" in told
    assert "EYEGORE_TWILIO_TOKEN: **** (environment), auth token of [twilio]\n" in told
    for place in ("in the environment", "install -m 600", "keyring set eyegore EYEGORE_SMTP_PASSWORD"):
        assert place in told


def test_check_tells_every_error_and_exits_with_2(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(EXAMPLE.replace("total = 30", "total = 0").replace('"Anna Berg"', '""'), encoding="utf-8")
    assert main(["settings", "check", str(file)]) == 2
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1] for line in told] == ["people.anna.name", "rates.total"]


def test_check_refuses_credentials_that_others_can_read(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    with_credentials(file)
    beside = file.parent / "credentials"
    beside.chmod(0o644)
    assert main(["settings", "check", str(file)]) == 2
    assert f"chmod 600 {beside}" in capsys.readouterr().out
    assert main(["settings", "show", str(file)]) == 2
    assert f"chmod 600 {beside}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "secret", "told"),
    [
        ("EYEGORE_SMTP_PASSWORD", "größe", ""),
        ("EYEGORE_SMTP_PASSWORD", f"{SECRET}\n", "EYEGORE_SMTP_PASSWORD holds a line break"),
        ("EYEGORE_IMAP_PASSWORD", f"{SECRET}\t", "EYEGORE_IMAP_PASSWORD holds a line break"),
        ("EYEGORE_TWILIO_TOKEN", f"{SECRET}ß", "EYEGORE_TWILIO_TOKEN holds letters that no token has"),
        ("EYEGORE_TWILIO_TOKEN", f" {SECRET}", "EYEGORE_TWILIO_TOKEN holds letters that no token has"),
        ("EYEGORE_OTHER_LAB_CHAT", SECRET, "EYEGORE_OTHER_LAB_CHAT is no URL that begins with https://"),
    ],
)
def test_a_credential_that_can_never_work_is_found_without_telling_it(
    capsys: pytest.CaptureFixture[str], file: Path, name: str, secret: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_credentials(file)
    monkeypatch.setenv(name, secret)
    assert main(["settings", "check", str(file)]) == (1 if told else 0)
    found = capsys.readouterr().out
    assert told in found
    assert SECRET not in found
    settings = load_settings(file)
    assert bool(open_accounts(settings, Credentials(settings.credentials)).flawed) is bool(told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('backup = "ben"\n', "", "note: without a backup: duty 1, 4;"),
        ('WARNING = ["email"]', "WARNING = []", "note: a WARNING is sent to nobody"),
        ('WARNING = ["email"]', 'WARNING = ["sms"]', ""),
        ('email = "ben@lab.example"\n', "", "note: a WARNING does not reach ben"),
        (
            'from = "22:00", to = "07:00"',
            'from = "22:00", to = "22:00"',
            "note: the quiet hours of anna never end: no WARN",
        ),
        (
            'from = "22:00", to = "07:00" }]',
            'from = "06:00", to = "18:00" }, { from = "12:00", to = "06:00" }]',
            "note: the quiet hours of anna never end: no WARNING is sent to them",
        ),
        ('from = "22:00", to = "07:00"', 'from = "22:00", to = "21:59"', "note: all duty of anna is in quiet hours"),
        ('from = "22:00", to = "07:00" }]', 'from = "22:00", to = "07:00" }, { from = "08:00", to = "20:00" }]', ""),
        ("quiet = []  ", 'quiet = [{ from = "20:00", to = "08:00" }]  ', ""),
        (
            "escalate_after_min = 10",
            "escalate_after_min = 240",
            "note: the backup is told later than a message is of use",
        ),
        ('WARNING = ["email"]', 'WARNING = ["email", "sms"]\n[other.chat]', "note: nothing is sent by other: no route"),
        (
            '["sms", "call", "email"] # default',
            '["sms", "email"] # default',
            "note: nothing is sent by call: no route na",
        ),
        (EXAMPLE[EXAMPLE.index("[proof]") :], "", "note: no [proof]"),
        (EXAMPLE[EXAMPLE.index("[heartbeat]") :], "", "note: no [heartbeat]"),
    ],
)
def test_check_notes_what_is_worth_knowing(
    capsys: pytest.CaptureFixture[str], file: Path, old: str, new: str, told: str
) -> None:
    assert old in EXAMPLE
    file.write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    assert main(["settings", "check", str(file)]) == 1
    found = capsys.readouterr().out
    assert told in found
    assert told or "a WARNING" not in found


def test_without_a_file_the_one_in_the_home_is_meant(capsys: pytest.CaptureFixture[str], private_home: Path) -> None:
    assert main(["settings", "check"]) == 2
    path = private_home / ".config" / "eyegore" / "warnings.toml"
    assert f"{path}: no such file" in capsys.readouterr().out
    path.parent.mkdir(parents=True)
    path.write_text(EXAMPLE, encoding="utf-8")
    assert main(["settings", "check"]) == 1, "the credentials are missing"


def test_a_file_and_another_by_option_are_refused(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert main(["settings", "check", str(file), "--settings", "other.toml"]) == 2
    assert "either as FILE or with --settings FILE" in capsys.readouterr().err


def test_both_files_of_the_home_are_checked_and_shown(capsys: pytest.CaptureFixture[str], private_home: Path) -> None:
    home = private_home / ".config" / "eyegore"
    home.mkdir(parents=True)
    assert main(["settings", "example", "copies"]) == 0
    copies = home / "copies.toml"
    copies.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["settings", "check"]) == 0
    assert f"{copies}: can be used: -B NAME below lab@gateway.lab.example:/srv/data" in capsys.readouterr().out
    (home / "warnings.toml").write_text(EXAMPLE, encoding="utf-8")
    assert main(["settings", "check"]) == 1, "credentials are missing"
    assert "4 entries of the roster" in (told := capsys.readouterr().out)
    assert "targets vault, usb" in told
    assert main(["settings", "show"]) == 0
    assert "target usb\t/mnt/usb\n" in (told := capsys.readouterr().out)
    assert "person anna\t" in told


@pytest.mark.parametrize("option", [[], ["--copies"]])
def test_a_file_of_copies_can_be_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, private_home: Path, option: list[str]
) -> None:
    copies = tmp_path / "copies.toml"
    copies.write_text('[targets.vault]\nhost = "vault"\nroot = "/backup"\nkey = "id"\n', encoding="utf-8")
    assert main(["settings", "check", *option, str(copies)]) == 1
    assert f"{copies}:4: targets.vault.key: {tmp_path}/id cannot be read" in capsys.readouterr().out
    copies.write_text("[targets.vault]\n", encoding="utf-8")
    assert main(["settings", "check", *option, str(copies)]) == 2
    assert capsys.readouterr().out == f"{copies}:1: targets.vault.root: missing\n"
    assert main(["settings", "show", *option, str(copies)]) == 2


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_accounts_have_their_secrets_and_show_none(file: Path) -> None:
    with_credentials(file)
    settings = load_settings(file)
    credentials = Credentials(settings.credentials)
    accounts = open_accounts(settings, credentials)
    assert accounts.missing == ()
    assert accounts.smtp is not None
    assert accounts.smtp.password is not None
    assert accounts.smtp.password.get_secret_value() == f"{SECRET}-EYEGORE_SMTP_PASSWORD"
    assert accounts.twilio is not None
    assert accounts.imap is not None
    assert accounts.other["lab-chat"].url.get_secret_value() == f"https://{SECRET}-EYEGORE_OTHER_LAB_CHAT"
    shown = f"{settings!r} {accounts!r} {accounts} {credentials!r}"
    assert SECRET not in shown


def test_an_account_without_its_credential_is_none_and_named(file: Path) -> None:
    settings = load_settings(file)
    accounts = open_accounts(settings, Credentials(None, {"EYEGORE_SMTP_PASSWORD": SECRET}))
    assert accounts.smtp is not None
    assert accounts.twilio is None
    assert accounts.missing == ("EYEGORE_TWILIO_TOKEN (auth token of [twilio])",)


@pytest.mark.parametrize("command", [["settings", "check"], ["settings", "show"]])
def test_planted_secrets_are_masked(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, file: Path, command: list[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with_credentials(file)
    assert main([*command, str(file)]) == 0
    told = capsys.readouterr()
    assert told.out.count("****") == len(NAMES)
    assert SECRET not in told.out + told.err + caplog.text


PLANTED = [
    ('user = "eyegore"', f'user = "eyegore"\npassword = "{SECRET}"'),
    ('user = "eyegore"', f'user = ["{SECRET}"]'),
    ('host = "mail.lab.example"', f'host = "{SECRET} {SECRET}"'),
    ('security = "starttls"', f'security = "{SECRET}"'),
    ('sid = "AC00000000000000000000000000000000"', f'sid = "{SECRET}"'),
    ('sid = "AC00000000000000000000000000000000"', f'token = "{SECRET}"'),
    ('sender = "+49 30 1234599"', f'sender = "{SECRET}"'),
    ('phone = "+49 170 1234567"', f'phone = "{SECRET}"'),
    ('phone = "+49 170 1234567"', f'phone = "+49 170 1234567"\nother = ["https://chat.example/{SECRET}"]'),
    ('phone = "+49 170 1234567"', f'phone = "+49 170 1234567"\nother = ["{SECRET}"]'),
    ('phone = "+49 170 1234567"', f'phone = "+49 170 1234567"\nchannels = ["{SECRET}"]'),
    ('primary = "anna"', f'primary = "{SECRET}"'),
    ("period_s = 60", f'url = "https://beat.example/x?key={SECRET}"'),
    ("period_s = 60", f'url = "https://me:{SECRET}@beat.example/x"'),
    ("period_s = 60", f'period_s = "{SECRET}"'),
    ("total = 30", f"total = {SECRET}"),
    ('lab = "CCD lab"', f'lab = "{SECRET}'),
    ('time_zone = "Europe/Berlin"', f'time_zone = "{SECRET}"'),
    ("[smtp]", f'[smtp]\nport = "{SECRET}"'),
]


@pytest.mark.parametrize(("old", "new"), PLANTED)
@pytest.mark.parametrize("command", [["settings", "check"], ["settings", "show"], ["roster", "today", "--settings"]])
def test_a_secret_in_the_wrong_place_is_refused_without_being_told(
    capsys: pytest.CaptureFixture[str], file: Path, old: str, new: str, command: list[str]
) -> None:
    assert old in EXAMPLE
    file.write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    assert main([*command, str(file)]) == 2
    told = capsys.readouterr()
    assert SECRET not in told.out + told.err


@pytest.mark.parametrize(("old", "new"), PLANTED)
def test_a_traceback_of_refused_settings_has_no_secret(file: Path, old: str, new: str) -> None:
    file.write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Exception, match="warnings") as caught:
        load_settings(file)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_the_path_of_a_heartbeat_url_is_masked(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    beat = EXAMPLE.replace('file = "~/.local/state/eyegore/heartbeat"', f'url = "https://beat.example/{SECRET}"')
    file.write_text(beat, encoding="utf-8")
    assert main(["settings", "show", str(file)]) == 0
    told = capsys.readouterr().out
    assert "heartbeat\thttps://beat.example/**** every 60 s" in told
    assert SECRET not in f"{told} {load_settings(file)!r}"


# --- roster ----------------------------------------------------------------------------------------------------------


def test_roster_of_a_day(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert main(["roster", "today", "--settings", str(file), "--date", "2026-12-24"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "on duty on Thursday 24 December 2026 (Europe/Berlin)",
        "\tfrom\tto\tprimary\tbackup",
        "\tWed 23/Dec/2026 20:00\tThu 24/Dec/2026 08:00\tBen Okafor (ben)\tAnna Berg (anna)",
        "\tThu 24/Dec/2026 08:00\tSun 27/Dec/2026 08:00\tAnna Berg (anna)\t-",
    ]


def test_roster_marks_now(capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 12, 24, 23, 30, tzinfo=UTC).timestamp()  # the 25th in Berlin
    monkeypatch.setattr(time, "time", lambda: moment)
    assert main(["roster", "today", "--settings", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["date"], told["time_zone"]) == ("2026-12-25", "Europe/Berlin")
    assert told["shifts"] == [
        {
            "from": "2026-12-24T08:00:00+01:00",
            "to": "2026-12-27T08:00:00+01:00",
            "primary": "anna",
            "backup": None,
            "now": True,
            "entry": 4,
        }
    ]
    assert main(["roster", "today", "--settings", str(file)]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["", "now"]


def test_roster_before_and_after_its_shifts(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    small = re.sub(r"(?s)\[\[duty\]\].*?(?=# --- what goes where)", "", EXAMPLE)
    duty = '[[duty]]\nprimary = "anna"\nfrom = "2026-11-21 08:00"\nto = "2026-11-21 20:00"\n'
    file.write_text(small.replace("# --- what goes", f"{duty}# --- what goes"), encoding="utf-8")
    assert main(["roster", "today", "--settings", str(file), "--date", "2026-11-21"]) == 0
    rows = [line.split("\t")[1:4] for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [
        ["always", "Sat 21/Nov/2026 08:00", "Anna Berg (anna)"],
        ["Sat 21/Nov/2026 08:00", "Sat 21/Nov/2026 20:00", "Anna Berg (anna)"],
        ["Sat 21/Nov/2026 20:00", "no end", "Anna Berg (anna)"],
    ]
    assert main(["settings", "check", str(file)]) == 1
    assert re.search("note: the roster (ends|ended) Sat 21/Nov/2026 20:00", capsys.readouterr().out)


@pytest.mark.parametrize("day", ["today", "2026-13-01", "1815-06-18"])
def test_what_is_no_day_is_refused(capsys: pytest.CaptureFixture[str], day: str) -> None:
    with pytest.raises(SystemExit):
        main(["roster", "today", "--date", day])
    assert "is no day such as" in capsys.readouterr().err
