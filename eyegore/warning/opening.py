"""From the settings to what warnings need: people, senders, inboxes, the proof of the path, the sign of life."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import time as clock_time
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.messages.warnings import Channel, Sender
from eyegore.warning.center import People
from eyegore.warning.heartbeat import Heartbeat
from eyegore.warning.replies.path_proof import PathProof, ProofTimes
from eyegore.warning.replies.reply import Inbox
from eyegore.warning.settings import WarningSettings
from eyegore.warning.settings.credentials import Accounts, Credentials, open_accounts
from eyegore.warning.settings.in_force import SettingsInForce

log = logging.getLogger(__name__)


def people_of(in_force: SettingsInForce) -> People:
    """Who can be told how, by the newest settings."""
    return People(in_force.reach, in_force.addresses, in_force.duty, in_force.others)


# --- ways out and in -------------------------------------------------------------------------------------------------


def senders_for(settings: WarningSettings) -> dict[Channel, Sender]:
    """The senders these settings give, those without a credential left out."""
    return senders_of(open_accounts(settings, Credentials(settings.credentials)))


def senders_of(accounts: Accounts) -> dict[Channel, Sender]:
    """A sender for each channel there is an account for."""
    from eyegore.warning.channels.mail_sender import MailSender
    from eyegore.warning.channels.other_sender import WebhookSender
    from eyegore.warning.channels.twilio_sender import TwilioCall, TwilioSms

    senders: dict[Channel, Sender] = {}
    if accounts.twilio is not None:
        senders[Channel.SMS] = TwilioSms(accounts.twilio)
        senders[Channel.CALL] = TwilioCall(accounts.twilio)
    if accounts.smtp is not None:
        senders[Channel.EMAIL] = MailSender(accounts.smtp)
    if accounts.other:
        senders[Channel.OTHER] = WebhookSender(accounts.other)
    return senders


def inboxes_for(accounts: Accounts, started: float) -> list[Inbox]:
    """Where answers can arrive."""
    from eyegore.warning.replies.imap_inbox import ImapInbox
    from eyegore.warning.replies.twilio_inbox import TwilioInbox

    inboxes: list[Inbox] = []
    if accounts.twilio is not None:
        inboxes.append(TwilioInbox(accounts.twilio, started))
    if accounts.imap is not None:
        inboxes.append(ImapInbox(accounts.imap, started))
    return inboxes


def test_targets(
    settings: WarningSettings, person: str | None, channel: Channel | None
) -> list[tuple[str, Channel, str]]:
    """Whom a test goes to: person, channel, address; raises :class:`SettingsError` for a person nobody knows."""
    if person is not None and person not in settings.people:
        raise SettingsError(f"{person!r} is not in the settings; known are {', '.join(settings.people)}")
    return [
        (name, way, address)
        for name, known in settings.people.items()
        if person in (None, name)
        for way in known.channels
        if channel in (None, way)
        for address in known.addresses(way)
    ]


def proof_of(settings: WarningSettings, started: float) -> PathProof | None:
    """The proof that warnings and answers arrive, if one is wanted."""
    proof = settings.proof
    if not proof.at:
        return None
    times = ProofTimes(tuple(clock_time(*divmod(minute, 60)) for minute in proof.at), settings.zone)
    return PathProof(times, started, channels=proof.channels, answer_s=proof.answer_s)


def heartbeat_of(settings: WarningSettings, accounts: Accounts, well: Callable[[], str]) -> Heartbeat | None:
    """The sign of life, if one is wanted; ``well`` says what is wrong, or nothing."""
    beat = settings.heartbeat
    if not beat.wanted:
        return None
    file = Path(beat.file) if beat.file else None
    return Heartbeat(
        well,
        lambda text: log.warning("%s", text),
        file=file,
        url=accounts.heartbeat_url,
        period_s=beat.period_s,
    )
