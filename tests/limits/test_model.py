"""What a parameter says of itself."""

from __future__ import annotations

import pytest

from eyegore.limits.model import LimitSet, Parameter, Range, Severity, Verdict

SAFE, TIGHT = Range(-133.0, 35.0), Range(-121.0, -119.0)
ONE = Parameter(
    "P", "degC", "", safe=SAFE, performance=TIGHT, severity_low=Severity.WARNING, severity_high=Severity.CRITICAL
)


def test_each_set_has_its_limit() -> None:
    assert ONE.limit(LimitSet.SAFE) == SAFE
    assert ONE.limit(LimitSet.PERFORMANCE) == TIGHT
    assert Parameter("Q", "V", "").limit(LimitSet.SAFE) is None


@pytest.mark.parametrize(
    ("verdict", "severity"),
    [
        (Verdict.UNCHECKED, Severity.NONE),
        (Verdict.INVALID, Severity.NONE),
        (Verdict.STALE, Severity.NONE),
        (Verdict.IN_LIMITS, Severity.NONE),
        (Verdict.LOW, Severity.WARNING),
        (Verdict.DELTA_LOW, Severity.WARNING),
        (Verdict.HIGH, Severity.CRITICAL),
        (Verdict.DELTA_HIGH, Severity.CRITICAL),
        (Verdict.UNEXPECTED, Severity.CRITICAL),
    ],
)
def test_only_a_known_violation_has_a_severity(verdict: Verdict, severity: Severity) -> None:
    assert ONE.severity(verdict) == severity
    assert verdict.out == (severity != Severity.NONE)
