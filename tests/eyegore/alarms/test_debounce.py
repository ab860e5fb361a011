"""Soft and hard limits through the repetition number: against a plain model that looks at every sample anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from eyegore.alarms.debounce import Debounce, Repetition, StepKind, violation_in
from eyegore.limits.model import Severity, Verdict

from ..restarted import restarted

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
GRADES = {"i": None, "s": WARNING, "h": CRITICAL}


def run(samples: str, soft: int, hard: int, cuts: frozenset[int] = frozenset()) -> list[tuple[str, int, Severity]]:
    """Steps of samples (i inside, s beyond the soft, h beyond the hard limit) as (what, at, severity)."""
    debounce = Debounce(Repetition({Severity.NONE: soft, WARNING: soft, CRITICAL: hard}, dict.fromkeys(Severity, 2)))
    values = np.array([{"i": 0.0, "s": -1.0, "h": -2.0}[sample] for sample in samples])
    times = np.arange(len(samples), dtype=float)
    found: list[tuple[str, int, Severity]] = []
    start = 0
    for stop in range(1, len(samples) + 1):
        if stop < len(samples) and samples[stop] == samples[start] and stop not in cuts:
            continue
        part = slice(start, stop)
        grade = GRADES[samples[start]]
        verdict = Verdict.LOW if grade else Verdict.IN_LIMITS
        violation = violation_in(verdict, grade, times[part], values[part]) if grade else None
        for step in debounce.count(violation, verdict, times[part], values[part]):
            assert step.time == start + step.row
            if step.what is not StepKind.WORSE:
                found.append((step.what.value, start + step.row, step.violation.severity))
        memory = debounce.memory()
        debounce.forget()
        if memory is not None:
            debounce.restore(restarted(memory))
        start = stop
    return found


@pytest.mark.parametrize(
    ("samples", "soft", "hard", "expected"),
    [
        ("iiss", 3, 1, [("pending", 2, WARNING)]),
        ("sss", 3, 1, [("pending", 0, WARNING), ("active", 2, WARNING)]),
        ("ssh", 3, 1, [("pending", 0, WARNING), ("active", 2, CRITICAL)]),
        ("h", 3, 1, [("active", 0, CRITICAL)]),
        ("sssh", 3, 1, [("pending", 0, WARNING), ("active", 2, WARNING), ("active", 3, CRITICAL)]),
        ("shs", 3, 3, [("pending", 0, WARNING), ("active", 2, WARNING)]),
        ("hsh", 3, 3, [("pending", 0, CRITICAL), ("active", 2, WARNING)]),
        ("hshhh", 3, 3, [("pending", 0, CRITICAL), ("active", 2, WARNING), ("active", 4, CRITICAL)]),
        ("shhhh", 3, 3, [("pending", 0, WARNING), ("active", 2, WARNING), ("active", 3, CRITICAL)]),
        ("sii", 3, 1, [("pending", 0, WARNING), ("glitch", 1, WARNING)]),
        ("hssii", 3, 1, [("active", 0, CRITICAL), ("over", 4, CRITICAL)]),
    ],
)
def test_soft_and_hard_limits_count_together(
    samples: str, soft: int, hard: int, expected: list[tuple[str, int, Severity]]
) -> None:
    assert run(samples, soft, hard) == expected


def raises(samples: str, soft: int, hard: int) -> list[tuple[int, Severity]]:
    """When an alarm is raised and rises, told sample by sample: the last N were all out, or all beyond the hard one."""
    found, level, inside = [], Severity.NONE, 0
    for at in range(len(samples)):
        run = samples[: at + 1]
        inside = inside + 1 if run[-1] == "i" else 0
        if inside >= 2:
            level = Severity.NONE
        out = len(run) - len(run.rstrip("sh"))
        grave = len(run) - len(run.rstrip("h"))
        reached = CRITICAL if grave >= hard else WARNING if out >= soft else Severity.NONE
        if reached > level:
            found.append((at, reached))
            level = reached
    return found


@given(st.text("ish", max_size=30), st.integers(1, 4), st.data())
def test_alarms_are_raised_as_a_plain_model_says_in_any_batching(samples: str, soft: int, data: st.DataObject) -> None:
    hard = data.draw(st.integers(1, soft))
    cuts = data.draw(st.frozensets(st.integers(0, 30)))
    steps = run(samples, soft, hard, cuts)
    assert [(at, severity) for what, at, severity in steps if what == "active"] == raises(samples, soft, hard)
