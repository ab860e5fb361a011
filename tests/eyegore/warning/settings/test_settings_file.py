"""Reading the settings of the warnings: what is accepted, and that each error names file, line, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.toml_file import TomlError
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.settings import WarningSettings, default_path, load_settings
from eyegore.warning.settings.model import Proof

SMALL = """\
time_zone = "Europe/Berlin"
[texts]
lab = "lab"
[people.anna]
name = "Anna"
email = "anna@lab.example"
[[duty]]
primary = "anna"
[smtp]
host = "mail.lab.example"
sender = "eyegore@lab.example"
"""
PHONE = '[twilio]\nsid = "AC0123456789abcdef0123456789ABCDEF"\nsender = "+4930123456"\n'
IMAP = '[imap]\nhost = "mail.lab.example"\nuser = "eyegore"\n'
ANNA = 'email = "anna@lab.example"\n'
DUTY = 'primary = "anna"\n'
TOP = 'time_zone = "Europe/Berlin"\n'


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def parse(text: str) -> WarningSettings:
    path = Path("w.toml")
    path.write_bytes(text.encode())
    return load_settings(path)


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def errors(text: str) -> list[str]:
    with pytest.raises(TomlError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def test_the_least_that_is_needed() -> None:
    settings = parse(SMALL)
    assert settings.routes == {Severity.CRITICAL: (Channel.EMAIL,), Severity.WARNING: (Channel.EMAIL,)}
    assert settings.reach("anna") == (Channel.EMAIL,)
    assert settings.reach("nobody") == ()
    assert settings.smtp is not None
    assert (settings.smtp.port, settings.smtp.security, settings.smtp.user) == (587, "starttls", "")
    assert (settings.escalate_after_s, settings.poll_s, settings.proof.at) == (600, 20, ())


def test_critical_goes_by_everything_there_is_and_a_warning_by_mail() -> None:
    text = changed(ANNA, f'{ANNA}phone = "+49 170-12345"\nother = ["chat"]\n') + PHONE + "[other.chat]\n"
    settings = parse(text)
    everything = (Channel.SMS, Channel.CALL, Channel.EMAIL, Channel.OTHER)
    assert settings.routes == {Severity.CRITICAL: everything, Severity.WARNING: (Channel.EMAIL,)}
    anna = settings.people["anna"]
    assert [anna.addresses(channel) for channel in everything] == [
        ("+4917012345",),
        ("+4917012345",),
        ("anna@lab.example",),
        ("chat",),
    ]


def test_nobody_is_rung_up_to_prove_the_path_unless_asked_for() -> None:
    text = f'{SMALL}{PHONE}[proof]\nat = ["20:00", "08:00"]\n'
    assert parse(text).proof == Proof((480, 1200), 1800, (Channel.SMS, Channel.EMAIL))
    assert parse(f'{text}channels = ["call"]\n').proof.channels == (Channel.CALL,)


def test_a_warning_may_go_to_nobody() -> None:
    assert parse(f"{SMALL}[routes]\nWARNING = []\n").routes[Severity.WARNING] == ()


def test_a_channel_without_account_reaches_nobody() -> None:
    assert parse(changed(ANNA, f'{ANNA}phone = "+4917012345"\n')).reach("anna") == (Channel.EMAIL,)


def test_quiet_hours_of_a_person_stand_for_those_of_the_lab() -> None:
    lab = 'quiet = [{ from = "22:00", to = "07:00" }]\n'
    night = 1_795_302_000.0  # 2026-11-21 23:00 UTC
    assert parse(TOP + lab + SMALL[len(TOP) :]).quiet_hours.quiet("anna", night)
    assert not parse(TOP + lab + changed(ANNA, f"{ANNA}quiet = []\n")[len(TOP) :]).quiet_hours.quiet("anna", night)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ('"08:00"', '"08:00"'),
        ("08:00:00", "08:00:00"),
        ('"00:00"', '"24:00"'),
        ('"2026-11-21 08:00"', '"2026-11-22T08:00"'),
        ("2026-11-21T08:00:00", "2026-11-22T08:00:00"),
    ],
)
def test_times_may_be_text_or_toml(begins: str, ends: str) -> None:
    assert len(parse(changed(DUTY, f"{DUTY}from = {begins}\nto = {ends}\n")).roster.entries) == 1


CASES = [
    # duty
    (DUTY, f'{DUTY}to = "23:00"\n', "7: duty: nobody is on duty from "),
    (DUTY, f'{DUTY}[[duty]]\n{DUTY}from = "08:00"\nto = "09:00"\n', "9: duty 2: overlaps duty 1 from "),
    (DUTY, f'{DUTY}from = "8:00"\n', "9: duty 1.from: must be a time of day"),
    (DUTY, f"{DUTY}from = 2026-11-21T08:00:00Z\n", "9: duty 1.from: must be without offset"),
    (DUTY, f'{DUTY}from = "2026-02-30 08:00"\n', "9: duty 1.from: is no date and time of the calendar"),
    (DUTY, f'{DUTY}from = "2026-11-21 08:00"\n', "7: duty 1: from and to must both"),
    (DUTY, f'{DUTY}from = "2026-11-21 08:00"\nto = "2026-11-20 08:00"\n', "10: duty 1.to: must be later than from"),
    (DUTY, f'{DUTY}to = "24:30"\n', "9: duty 1.to: must be a time of day"),
    (DUTY, f'{DUTY}days = ["monday"]\n', "9: duty 1.days 1: must be one of mon, tue"),
    (DUTY, f"{DUTY}days = []\n", "9: duty 1.days: must not be empty"),
    (DUTY, f"{DUTY}every_weeks = 2\n", "7: duty 1: every_weeks needs since"),
    (DUTY, f"{DUTY}since = 2026-11-02\nuntil = 2026-11-01\n", "7: duty 1: until must not be before since"),
    (DUTY, f'{DUTY}days = ["sun"]\nsince = 2026-11-02\nuntil = 2026-11-03\n', "7: duty 1: never begins"),
    (DUTY, f"{DUTY}instead = true\n", "7: duty 1: instead is for a shift with a date"),
    (DUTY, f'{DUTY}backup = "anna"\n', "9: duty 1.backup: must be somebody else"),
    (DUTY, f'{DUTY}backup = "ben"\n', "9: duty 1.backup: is none of the people: anna"),
    (DUTY, 'primary = "ben"\n', "8: duty 1.primary: is none of the people: anna"),
    (DUTY, "", "7: duty 1.primary: missing"),
    ("[[duty]]\n" + DUTY, "", ": duty: missing"),
    # people
    (ANNA, 'email = "anna"\n', "6: people.anna.email: must be one mail address"),
    (ANNA, 'email = "anna@lab.example, ben@lab.example"\n', "6: people.anna.email: must be one mail address"),
    (ANNA, f'{ANNA}phone = "0170 12345"\n', "7: people.anna.phone: must be a number with + and country code"),
    (ANNA, f"{ANNA}phone = +4917012345\n", "7: people.anna.phone: must be a number with + and country code as text"),
    (ANNA, f'{ANNA}channels = ["sms"]\n', "7: people.anna.channels: sms needs phone"),
    (ANNA, f'{ANNA}channels = ["fax"]\n', "7: people.anna.channels 1: must be 'email', 'sms', 'call' or 'other'"),
    (ANNA, f'{ANNA}other = ["chat"]\n', "7: people.anna.other: needs a section [other.NAME]"),
    (ANNA, f"{ANNA}[people.ben]\nname = 'Ben'\n{ANNA}", "9: people.ben.email: is that of anna too"),
    (ANNA, "", "4: people.anna: is on duty, but no CRITICAL warning could be sent"),
    ("[people.anna]", '[people."an na"]', "4: people.an na: must be a short name"),
    ('name = "Anna"\n', 'name = "An\\nna"\n', "5: people.anna.name: must be one line"),
    # accounts
    ('host = "mail.lab.example"\n', "", "9: smtp.host: missing"),
    ('host = "mail.lab.example"\n', 'host = "mail lab"\n', "10: smtp.host: must be the name or address"),
    ("sender = ", 'security = "ssl"\nsender = ', "11: smtp.security: must be 'starttls', 'tls' or 'none'"),
    ("sender = ", 'security = "none"\nuser = "me"\nsender = ', '12: smtp.user: with security = "none" the password'),
    ("sender = ", "port = 70000\nsender = ", "11: smtp.port: must be less than or equal to 65535"),
    ("sender = ", 'password = "hunter2"\nsender = ', "11: smtp.password: must not be in this file: credentials are in"),
    ("[smtp]", "[unheard]\n[smtp]", "9: unheard: unknown key"),
    (SMALL[SMALL.index("[smtp]") :], "", ": no channel at all"),
    (TOP, 'time_zone = "Berlin"\n', "1: time_zone: must be the name of an IANA time zone"),
    (TOP, 'time_zone = "../etc/passwd"\n', "1: time_zone: must be the name of an IANA time zone"),
    (TOP, f"{TOP}poll_s = 1\n", "2: poll_s: must be greater than or equal to 5"),
    (TOP, f"{TOP}poll_s = nan\n", "2: poll_s: must be a finite number"),
    (TOP, f"{TOP}poll_s = true\n", "2: poll_s: must be a number"),
    (TOP, f"{TOP}poll_s\n", "2: is not TOML"),
    (TOP, f"{TOP}{TOP}", "2: is not TOML: this key is there twice"),
]


@pytest.mark.parametrize(("old", "new", "told"), CASES, ids=[case[2] for case in CASES])
def test_an_error_names_line_and_key(old: str, new: str, told: str) -> None:
    found = errors(changed(old, new))
    assert any(line.startswith(f"w.toml:{told}" if told[0].isdigit() else f"w.toml{told}") for line in found), found
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[routes]\nCRITICAL = []\n", "13: routes.CRITICAL: must not be empty"),
        ('[routes]\nCRITICAL = ["sms"]\n', "13: routes.CRITICAL: sms needs a section [twilio]"),
        ('[routes]\nWARNING = ["email", "email"]\n', "13: routes.WARNING: must not name anything twice"),
        ('[routes]\nNONE = ["email"]\n', "13: routes.NONE: unknown key"),
        ("[rates]\ntotal = 0\n", "13: rates.total: must be greater than or equal to 1"),
        (f'{IMAP}[proof]\nat = ["24:00"]\n', "16: proof.at: midnight is"),
        (f'{IMAP}[proof]\nat = ["09:00"]\nchannels = ["call", "email"]\n', "17: proof.channels: call needs a section"),
        ('[proof]\nat = ["09:00"]\n', "12: proof: nobody could answer it: answers by mail need a section [imap]"),
        (f'{PHONE}[proof]\nat = ["09:00"]\nchannels = ["email"]\n', "15: proof: nobody could answer it"),
        ('[other.chat]\n[proof]\nat = ["09:00"]\n', "13: proof: nobody could answer it"),
        ('[heartbeat]\nurl = "https://me:pw@beat.example/x"\n', "13: heartbeat.url: must be without user, password"),
        ('[heartbeat]\nurl = "beat.example"\n', "13: heartbeat.url: must be a URL that begins with https://"),
        (PHONE.replace("AC0", "XY0"), "13: twilio.sid: must be AC and 32 hexadecimal digits"),
        (f'{PHONE}base_url = "http://proxy.example"\n', "15: twilio.base_url: must begin with https://"),
    ],
)
def test_an_error_of_a_further_section_names_line_and_key(more: str, told: str) -> None:
    found = errors(SMALL + more)
    assert [line for line in found if line.startswith(f"w.toml:{told}")], found


def test_all_errors_are_told_at_once_in_the_order_of_the_file() -> None:
    text = changed(ANNA, 'phone = "1"\n').replace(DUTY, f'{DUTY}to = "23:00"\nbackup = "carl"\n') + "port = 'x'\n"
    told = [line.split(": ")[0] + ": " + line.split(": ")[1] for line in errors(text)]
    assert told == [
        "w.toml:6: people.anna.phone",
        "w.toml:7: duty",
        "w.toml:10: duty 1.backup",
        "w.toml:14: smtp.port",
    ]


def test_a_gap_is_named_with_its_exact_time() -> None:
    text = changed(
        DUTY, f'{DUTY}until = 2026-11-20\n[[duty]]\n{DUTY}since = 2026-11-21\nfrom = "08:30"\nto = "08:30"\n'
    )
    assert errors(text) == [
        "w.toml:7: duty: nobody is on duty from Sat 21/Nov/2026 00:00 to Sat 21/Nov/2026 08:30",
    ]


def test_many_faults_of_a_roster_are_told_shortly() -> None:
    text = changed(DUTY, "".join(f"{DUTY}[[duty]]\n" for _ in range(30)) + DUTY)
    found = errors(text)
    assert len(found) == 21
    assert found[0].endswith("duty: and 445 more gaps and overlaps")


def test_a_file_that_is_not_there_tells_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(TomlError, match=r"no such file; begin with: mkdir -p .*; eyegore settings example > "):
        load_settings(tmp_path / "eyegore" / "warnings.toml")


def test_the_file_is_in_the_configuration_folder_of_the_user(private_home: Path) -> None:
    assert default_path() == private_home / ".config" / "eyegore" / "warnings.toml"
