"""The settings as people read them: what is in use, and what is allowed but worth knowing. Secrets are masked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from urllib.parse import urlsplit

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.channels.accounts import MailServer
from eyegore.warning.settings.credentials import Credentials, needed
from eyegore.warning.settings.model import WarningSettings

MASK = "****"
SOON_S = 14 * 86_400.0
"""A roster that ends sooner is worth a word [s]."""
ROUND_S = 28 * 86_400.0
"""A roster has come round once in so long [s]."""
Row = tuple[str, str]


def rows(settings: WarningSettings) -> list[Row]:
    """Each setting in use and its value."""
    routes = settings.routes
    told = [
        ("file", str(settings.path)),
        ("lab", settings.texts.lab),
        ("time zone", settings.zone.key),
        ("CRITICAL goes by", _channels(routes[Severity.CRITICAL])),
        ("WARNING goes by", _channels(routes[Severity.WARNING])),
        ("backup is told after", f"{settings.escalate_after_s / 60:g} min without acknowledgement"),
        ("at most", _rates(settings)),
        ("of no use after", f"{settings.rates.expires_s / 60:g} min"),
        ("answers are looked for", f"every {settings.poll_s:g} s"),
    ]
    for person in settings.people.values():
        addresses = (*filter(None, (person.phone, person.email)), *person.other)
        told.append((f"person {person.key}", "; ".join((person.name, _channels(person.channels), *addresses))))
    if settings.smtp:
        told.append(("[smtp]", f"{_server(settings.smtp)}, from {settings.smtp.sender}"))
    if settings.imap:
        told.append(("[imap]", f"{_server(settings.imap)}, folder {settings.imap.folder}"))
    if settings.twilio:
        instead = f", at {_host(settings.twilio.base_url)}" if settings.twilio.base_url else ""
        told.append(("[twilio]", f"{settings.twilio.sid}, from {settings.twilio.sender}{instead}"))
    told += [(f"[other.{name}]", f"time-out {timeout_s:g} s") for name, timeout_s in settings.other.items()]
    return [*told, ("proof of the path", _proof(settings)), ("heartbeat", _heartbeat(settings))]


def credential_rows(settings: WarningSettings, credentials: Credentials) -> list[tuple[str, str, str]]:
    """Name of each credential, what for, and masked where it is; "missing" where there is none."""
    told = []
    for name, what in needed(settings).items():
        found = credentials.find(name)
        told.append((name, what, f"{MASK} ({found.origin})" if found else "missing"))
    return told


def where_to_put(settings: WarningSettings, names: Iterable[str]) -> list[str]:
    """What to do about missing credentials, a line each."""
    file = settings.credentials
    example = next(iter(names))
    in_file = f"in {file}" if file else f'in a file named in {settings.path} by: credentials = "credentials"'
    return [
        "each of them in one of these places:",
        f"  in the environment of Eyegore: {example}",
        f'  {in_file}: a line {example}="..."; make it with: install -m 600 /dev/null {file or "credentials"}',
        f"  in the keyring of the desktop (package keyring): keyring set eyegore {example}",
    ]


def notes(settings: WarningSettings, now: float) -> list[str]:
    """What is allowed, but worth knowing before a night; ``now`` [unix s]."""
    roster, clock = settings.roster, settings.roster.clock
    found = never(settings, now)
    if math.isfinite(roster.ends) and roster.ends - now < SOON_S:
        told = "ended" if roster.ends <= now else "ends"
        when = clock.text(clock.local(roster.ends))
        found.append(f"the roster {told} {when}; those of its last shift stay on duty until it goes on")
    if roster.begins > now:
        when = clock.text(clock.local(roster.begins))
        found.append(f"the roster begins {when}; those of its first shift are on duty until then")
    alone = [str(place + 1) for place, each in enumerate(roster.entries) if not each.backup]
    if alone:
        found.append(f"without a backup: duty {', '.join(alone)}; nobody is told when the primary does not answer")
    if settings.escalate_after_s >= settings.rates.expires_s:
        found.append("the backup is told later than a message is of use: escalate_after_min and expires_min")
    if not settings.proof.at:
        found.append("no [proof]: a dead path is noticed only when a warning does not arrive")
    if not settings.heartbeat.wanted:
        found.append("no [heartbeat]: nobody notices when this computer or Eyegore itself stops")
    return found


def never(settings: WarningSettings, now: float) -> list[str]:
    """What of the settings never applies: who is told nothing of a severity, and channels that nobody is told by."""
    warned, on_duty = (
        settings.routes[Severity.WARNING],
        [one for one in settings.people if one in settings.roster.people],
    )
    if not warned:
        return ["a WARNING is sent to nobody: it is in the window and in the journal only", *_unused(settings)]
    found = []
    unheard = [key for key in on_duty if not set(warned) & set(settings.reach(key))]
    if unheard:
        found.append(f"a WARNING does not reach {', '.join(unheard)}: no channel of that route")
    always = [key for key in on_duty if settings.quiet_hours.always(key)]
    if always:
        found.append(f"the quiet hours of {', '.join(always)} never end: no WARNING is sent to them")
    asleep = [key for key in on_duty if key not in always and _always_asleep(settings, key, now)]
    if asleep:
        found.append(f"all duty of {', '.join(asleep)} is in quiet hours: a WARNING is told when they end")
    return [*found, *_unused(settings)]


def _unused(settings: WarningSettings) -> list[str]:
    """Channels of a route that nobody on duty has, and accounts that no route names."""
    reach = {channel for key in settings.roster.people for channel in settings.reach(key)}
    found = []
    for severity, channels in settings.routes.items():
        nobody = [one for one in channels if one not in reach]
        if nobody and len(nobody) < len(channels):
            found.append(f"a {severity.name} is never sent by {_channels(nobody)}: nobody on duty has that")
    named = {channel for channels in settings.routes.values() for channel in channels}
    idle = [one for one in settings.channels if one not in named and one not in settings.proof.channels]
    return [*found, f"nothing is sent by {_channels(idle)}: no route names it"] if idle else found


def _always_asleep(settings: WarningSettings, person: str, now: float) -> bool:
    """Whether all duty of a person in the next four weeks lies in quiet hours, looked at every 15 minutes."""
    shifts = [one for one in settings.roster.shifts(now, now + ROUND_S) if one.primary == person]
    times = (
        begins + step for one in shifts for begins in [one.begins] for step in range(0, int(one.ends - begins), 900)
    )
    return bool(shifts) and all(settings.quiet_hours.quiet(person, time) for time in times)


def _channels(channels: Iterable[Channel]) -> str:
    return ", ".join(channel.value for channel in channels) or "nothing"


def _rates(settings: WarningSettings) -> str:
    rates = settings.rates
    return f"{rates.per_parameter} messages about a parameter, {rates.total} in all, in {rates.window_s / 60:g} min"


def _server(server: MailServer) -> str:
    login = f", login {server.user}" if server.user else ", no login"
    return f"{server.host}:{server.port} {server.security}{login}"


def _proof(settings: WarningSettings) -> str:
    proof = settings.proof
    if not proof.at:
        return "none"
    times = ", ".join(f"{minute // 60:02}:{minute % 60:02}" for minute in proof.at)
    return f"daily at {times} by {_channels(proof.channels)}, answer within {proof.answer_s / 60:g} min"


def _heartbeat(settings: WarningSettings) -> str:
    beat = settings.heartbeat
    if not beat.wanted:
        return "none"
    where = beat.file or (_host(beat.url) if beat.url else "the URL that is a credential")
    return f"{where} every {beat.period_s:g} s"


def _host(url: str) -> str:
    """What of a URL is no secret for sure."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/{MASK if parts.path.strip('/') else ''}"
