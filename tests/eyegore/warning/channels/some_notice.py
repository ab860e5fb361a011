"""A notice as the policy makes them, for the tests of what carries it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason, Samples


def notice(**changes: Any) -> Notice:
    made = time.time()
    plain = Notice(
        key="17/RAISED/anna",
        reason=Reason.RAISED,
        severity=Severity.CRITICAL,
        person="anna",
        channels=(Channel.EMAIL, Channel.SMS),
        parameter="CCD1_TEMP",
        incident=17,
        code="4711",
        subject="CRITICAL CCD1_TEMP −101.3 °C above −110 °C",
        text="CRITICAL: CCD1_TEMP is −101.3 °C, above −110 °C since 21:54:05.\n\n.hidden\nWhat to do: close the valve.",
        short="CRITICAL CCD1_TEMP −101.3 °C > −110 °C since 21:54. ACK 4711",
        spoken="Critical. C C D 1 temperature <−101> & rising. Code 4 7 1 1.",
        made=made,
        expires=made + 3600,
    )
    return replace(plain, **changes)


def samples(count: int = 3600) -> Samples:
    times = 1.78e9 + np.arange(count, dtype=float)
    values = -120 + np.sin(times / 300)
    values[count // 2 : count // 2 + 20] = np.nan
    return Samples("CCD1_TEMP", "°C", times, values, low=-130.0, high=-110.0)
