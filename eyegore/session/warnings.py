"""The warnings of a session: its settings, and what the monitor knows around an alarm."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from eyegore.basics.errors import SettingsError
from eyegore.session.monitor import Monitor
from eyegore.session.settings import Session
from eyegore.warning.center import WarningCenter
from eyegore.warning.opening import heartbeat_of, inboxes_for, names_by_address, people_of, proof_of, senders_of
from eyegore.warning.orders import News
from eyegore.warning.policy.case_book import CODES
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import Circumstances, PolicyRules
from eyegore.warning.replies.desk import ReplyDesk
from eyegore.warning.service import WarningService
from eyegore.warning.settings import load_settings
from eyegore.warning.settings.credentials import Credentials, open_accounts


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
        circumstances=lambda parameter: circumstances(monitor(), parameter, monitor().shown(clock())),
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
    desk = ReplyDesk(names_by_address(settings), policy.parameters, started, came_back) if inboxes else None
    center = WarningCenter(policy, people, desk=desk, proof=proof, limit_set=session.limit_set)
    return WarningService(
        center,
        senders_of(accounts),
        post,
        inboxes=inboxes,
        poll_s=settings.poll_s,
        heartbeat=heartbeat_of(settings, accounts, well),
        clock=clock,
    )


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
