"""One tree of errors: who catches EyegoreError catches all that Eyegore raises on purpose."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[3]


def test_every_error_of_ours_is_an_eyegore_error() -> None:
    above: dict[str, str] = {}
    for folder in ("eyegore", "limits", "widgets"):
        for path in (TOP / folder).rglob("*.py"):
            above |= dict(re.findall(r"(?m)^class ([A-Z]\w*Error)\((\w+)", path.read_text(encoding="utf-8")))
    assert len(above) > 10
    for name in above:
        known = name
        while known in above:
            known = above[known]
        assert known == "Exception", f"{name} is a {known}"
        assert above[name] != "Exception" or name == "EyegoreError", f"{name} is no EyegoreError"
