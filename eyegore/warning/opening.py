"""From the settings to warnings that run: accounts opened, senders and inboxes made, rules handed to the policy."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import time as clock_time
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.messages.warnings import Channel, Notice, Outcome, Result, Samples, Sender
from eyegore.session.monitor import Monitor
from eyegore.session.settings import Session
from eyegore.warning.center import People, WarningCenter
from eyegore.warning.channels.accounts import OtherAccount
from eyegore.warning.heartbeat import Heartbeat
from eyegore.warning.policy.answer_codes import CODES
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import Circumstances, PolicyRules
from eyegore.warning.replies.desk import ReplyDesk
from eyegore.warning.replies.path_proof import PathProof, ProofTimes
from eyegore.warning.replies.reply import Inbox
from eyegore.warning.service import News, WarningService
from eyegore.warning.settings.access import Accounts, open_accounts
from eyegore.warning.settings.credentials import Credentials
from eyegore.warning_settings import WarningSettings, load_settings

log = logging.getLogger(__name__)


def warnings_for(
    session: Session,
    monitor: Callable[[], Monitor],
    well: Callable[[], str],
    post: Callable[[News], object],
    clock: Callable[[], float],
    lab_offset_s: Callable[[float], float],
) -> WarningService:
    """The warnings a session asks for.

    Raises
    ------
    SettingsError
        When the settings are not right, or a credential they need is missing: who asks for warnings must not believe
        that there are some.
    """
    assert session.warnings is not None
    settings = load_settings(session.warnings)
    accounts = open_accounts(settings, Credentials(settings.credentials))
    if accounts.missing:
        raise SettingsError(f"warnings cannot be sent without: {', '.join(accounts.missing)} (eyegore settings check)")
    started = clock()
    people = people_of(settings)
    rules = PolicyRules(
        routes=settings.routes,
        duty=settings.roster.on_duty,
        quiet=settings.quiet_hours.quiet,
        people=tuple(settings.people),
        reach=settings.reach,
        circumstances=lambda parameter: circumstances(monitor(), parameter, clock() + lab_offset_s(clock())),
        lab_offset_s=lab_offset_s,
        escalate_after_s=settings.escalate_after_s,
        per_parameter=settings.rates.per_parameter,
        total=settings.rates.total,
        window_s=settings.rates.window_s,
        expires_s=settings.rates.expires_s,
        lab=settings.texts.lab,
        note="\n".join(filter(None, (settings.texts.instructions, settings.texts.signature))),
    )
    inboxes = inboxes_for(accounts, started)
    center = WarningCenter(
        Policy(rules, started, secrets.randbelow(CODES)),
        people,
        desk=ReplyDesk(_names_by_address(settings), started) if inboxes else None,
        proof=_proof(settings, started),
        limit_set=session.limit_set,
    )
    return WarningService(
        center,
        senders_of(accounts),
        post,
        inboxes=inboxes,
        poll_s=settings.poll_s,
        heartbeat=_heartbeat(settings, accounts, well),
        clock=clock,
    )


def people_of(settings: WarningSettings) -> People:
    """Who can be told how; who stands in is whoever else is on duty, then everybody else."""

    def others(person: str, now: float) -> tuple[str, ...]:
        duty = settings.roster.on_duty(now)
        order = dict.fromkeys([duty.backup, duty.primary, *settings.people])
        return tuple(name for name in order if name and name != person)

    def addresses(person: str, channel: Channel) -> tuple[str, ...]:
        known = settings.people.get(person)
        return known.addresses(channel) if known is not None else ()

    return People(settings.reach, addresses, settings.roster.on_duty, others)


def circumstances(monitor: Monitor, parameter: str, lab_now: float) -> Circumstances:
    """What is going on around a parameter at ``lab_now`` [lab s]."""
    exposure = monitor.index.at(lab_now)
    known = monitor.hk.parameter(parameter)
    return Circumstances(
        test=exposure.test if exposure is not None else "",
        obsid=exposure.obsid if exposure is not None else None,
        trend=monitor.hk.slope(parameter),
        value=monitor.flags.value(parameter),
        response=known.response if known is not None else "",
    )


# --- ways out and in -------------------------------------------------------------------------------------------------


class OtherSenders:
    """The channel OTHER: the address is the name of one of several accounts."""

    channel = Channel.OTHER

    def __init__(self, accounts: Mapping[str, OtherAccount]) -> None:
        from eyegore.warning.channels.other_sender import WebhookSender

        self._senders = {name: WebhookSender(account) for name, account in accounts.items()}

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """Send by the account of that name."""
        sender = self._senders.get(address)
        if sender is None:
            return Outcome(Result.REFUSED, f"other.{address} is not in the settings any more")
        return sender.send(address, notice, samples)


def senders_for(settings: WarningSettings) -> dict[Channel, Sender]:
    """The senders these settings give, those without a credential left out."""
    return senders_of(open_accounts(settings, Credentials(settings.credentials)))


def senders_of(accounts: Accounts) -> dict[Channel, Sender]:
    """A sender for each channel there is an account for."""
    from eyegore.warning.channels.mail_sender import MailSender
    from eyegore.warning.channels.twilio_sender import TwilioCall, TwilioSms

    senders: dict[Channel, Sender] = {}
    if accounts.twilio is not None:
        senders[Channel.SMS] = TwilioSms(accounts.twilio)
        senders[Channel.CALL] = TwilioCall(accounts.twilio)
    if accounts.smtp is not None:
        senders[Channel.EMAIL] = MailSender(accounts.smtp)
    if accounts.other:
        senders[Channel.OTHER] = OtherSenders(accounts.other)
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


def _names_by_address(settings: WarningSettings) -> dict[str, str]:
    return {address: key for key, one in settings.people.items() for address in (one.phone, one.email) if address}


def _proof(settings: WarningSettings, started: float) -> PathProof | None:
    proof = settings.proof
    if not proof.at:
        return None
    times = ProofTimes(tuple(clock_time(*divmod(minute, 60)) for minute in proof.at), settings.zone)
    return PathProof(times, started, channels=proof.channels, answer_s=proof.answer_s)


def _heartbeat(settings: WarningSettings, accounts: Accounts, well: Callable[[], str]) -> Heartbeat | None:
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
