"""The warnings of a session: its settings, and what the monitor knows around an alarm."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from eyegore.basics.errors import SettingsError
from eyegore.messages.events import Alarm
from eyegore.session.monitor import Monitor
from eyegore.session.settings import Session
from eyegore.warning.center import WarningCenter
from eyegore.warning.opening import heartbeat_of, inboxes_for, people_of, proof_of, senders_of
from eyegore.warning.orders import News
from eyegore.warning.policy.case_book import CODES
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import Circumstances, PolicyRules
from eyegore.warning.replies.desk import ReplyDesk
from eyegore.warning.service import WarningService
from eyegore.warning.settings import load_settings
from eyegore.warning.settings.credentials import Credentials, open_accounts
from eyegore.warning.settings.in_force import SettingsInForce, SettingsWatch, seen
from eyegore.warning.settings.told import never


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
    known = seen(session.warnings)
    settings = load_settings(session.warnings)
    accounts = open_accounts(settings, Credentials(settings.credentials))
    if accounts.missing:
        raise SettingsError(f"warnings cannot be sent without: {', '.join(accounts.missing)} (eyegore settings check)")
    if accounts.flawed:
        raise SettingsError(f"warnings cannot be sent: {'; '.join(accounts.flawed)} (eyegore settings check)")
    started = clock()
    in_force = SettingsInForce(settings)
    rules = PolicyRules(
        routes=settings.routes,
        duty=in_force.duty,
        quiet=in_force.quiet,
        people=in_force.names,
        reach=in_force.reach,
        answering=in_force.answering,
        circumstances=lambda alarm: circumstances(monitor(), alarm, monitor().shown(clock())),
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
    policy, proof = Policy(rules, secrets.randbelow(CODES)), proof_of(settings, started)
    came_back = proof.came_back if proof is not None else None
    desk = ReplyDesk(in_force.by_address(), policy.alarms, started, came_back) if inboxes else None
    center = WarningCenter(policy, people_of(in_force), desk=desk, proof=proof, limit_set=session.limit_set)
    return WarningService(
        center,
        senders_of(accounts),
        post,
        inboxes=inboxes,
        poll_s=settings.poll_s,
        heartbeat=heartbeat_of(settings, accounts, well),
        in_force=in_force,
        notes=[f"{session.warnings}: {note}" for note in never(settings, started)],
        watch=SettingsWatch(session.warnings, known, load_settings, post),
        clock=clock,
    )


def circumstances(monitor: Monitor, alarm: Alarm, lab_now: float) -> Circumstances:
    """What is going on around an alarm at ``lab_now`` [lab s]."""
    exposure = monitor.index.at(lab_now)
    known = monitor.hk.parameter(alarm.parameter)
    timer = monitor.alarms.timer_of(alarm.parameter, alarm.kind)
    value, time = monitor.flags.newest(alarm.parameter)
    return Circumstances(
        test=exposure.test if exposure is not None else "",
        obsid=exposure.obsid if exposure is not None else None,
        trend=monitor.hk.slope(alarm.parameter),
        value=value,
        response=known.todo(alarm.side) if known is not None else "",
        unit=known.unit if known is not None else "",
        name=known.description if known is not None else "",
        time=time,
        old=monitor.flags.stale,
        text=timer.limit if timer is not None else "",
    )
