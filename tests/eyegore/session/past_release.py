"""The session whose journal, written by release 0.1.0, lies in ``tests/data/release_0.1.0``: its limits and people."""

from __future__ import annotations

import math
from datetime import UTC, time
from pathlib import Path

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Severity
from eyegore.messages.events import HkHeader
from eyegore.messages.warnings import Channel
from eyegore.session.monitor import Monitor
from eyegore.warning.center import People, WarningCenter
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.replies.desk import ReplyDesk
from eyegore.warning.replies.path_proof import PathProof, ProofTimes

DATA = Path(__file__).parents[2] / "data" / "release_0.1.0"
START = 1_000_000.0
"""When the session began [unix s]; the lab's clock is that of UTC."""
KILLED = START + 700.0
"""When it was killed [unix s]."""
COLUMNS = ("ACKED", "UNACK", "BACK", "SHELVED", "PENDING", "SERVICE", "UNREAD", "BOTH", "GLITCH")
CRITICAL = Severity.CRITICAL


def _parameter(name: str, *, critical: bool = False, out_of_service: str = "") -> Parameter:
    low = CRITICAL if critical else Severity.WARNING
    performance = Range(-110, -90) if name == "BOTH" else None
    return Parameter(
        name, "degC", "", Range(-133, 35), performance, severity_low=low, deadband=0.5, out_of_service=out_of_service
    )


TABLE = LimitTable(
    "7.5.X",
    "lab.toml",
    "",
    {
        **{name: _parameter(name) for name in COLUMNS},
        **{name: _parameter(name, critical=True) for name in ("ACKED", "UNACK", "SHELVED")},
        "SERVICE": _parameter("SERVICE", out_of_service="sensor is broken"),
    },
)
REACH: dict[str, tuple[Channel, ...]] = {"Ana": (Channel.SMS, Channel.CALL), "Ben": (Channel.SMS,)}
ADDRESSES = {"+49301": "Ana", "+49302": "Ben"}
RULES = PolicyRules(
    routes={Severity.WARNING: (Channel.SMS,), CRITICAL: (Channel.SMS, Channel.CALL)},
    duty=lambda _now: Duty("Ana", "Ben", math.inf),
    people=("Ana", "Ben"),
    reach=REACH.__getitem__,
    per_parameter=2,
    flood_alarms=4,
)


def monitor() -> Monitor:
    """A monitor that knows nothing of before."""
    return Monitor(Rules(lambda _elvis: TABLE, LimitSet.BOTH), "/data/12_Jan_70")


def header() -> HkHeader:
    """What makes the monitor watch the parameters."""
    return HkHeader("hk", "7.5.X", COLUMNS, units=("degC",) * len(COLUMNS))


def center(now: float) -> WarningCenter:
    """Warnings that know nothing of before."""
    proof = PathProof(ProofTimes((time(13, 50),), UTC), now, channels=(Channel.SMS,))
    people = People(
        REACH.__getitem__,
        lambda person, channel: tuple(
            address for address, name in ADDRESSES.items() if name == person and channel in REACH[name]
        ),
        RULES.duty,
        lambda person, _now: tuple(one for one in REACH if one != person),
    )
    policy = Policy(RULES, 11)
    desk = ReplyDesk(ADDRESSES, policy.alarms, now, proof.came_back)
    return WarningCenter(policy, people, desk=desk, proof=proof)
