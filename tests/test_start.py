"""What a start imports: what few sessions need comes when it is wanted, and the window before what judges."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LATER = (
    "matplotlib", "astropy", "twilio", "pydantic", "rich", "PIL", "sqlite3", "smtplib", "email",
    "eyegore.commands.limits", "eyegore.copies", "eyegore.ds9", "eyegore.feeds", "eyegore.simulator", "eyegore.reports",
    "eyegore.limits.table", "eyegore.warning.center", "eyegore.warning.policy",
    "eyegore.desktop.history.window", "eyegore.desktop.images.window",
)  # fmt: skip
JUDGES = ("eyegore.session.service", "eyegore.session.monitor", "eyegore.housekeeping", "eyegore.elvis.dialect")
WANTED = (
    "eyegore.elvis", "eyegore.series", "eyegore.images.trends", "eyegore.messages.events", "eyegore.messages.images",
    "eyegore.messages.readings", "eyegore.widgets.alarms.alarm_list",
    "eyegore.widgets.copies.copy_list", "eyegore.widgets.warnings.warning_list", "eyegore.widgets.dialogs",
)  # fmt: skip
"""What reads, carries and lists: it comes with the first row or image, or when a list is opened."""
PARSED = "import eyegore.cli; eyegore.cli.build_parser({words}).parse_args({words})"


def imported(code: str, names: tuple[str, ...]) -> list[str]:
    """Which of these modules and packages a fresh interpreter has after running ``code``."""
    asked = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [name for name in names if name in json.loads(told)]


def test_before_the_first_window() -> None:
    code = PARSED.format(words=["-p", "/data/14_Mar_19"]) + "\nimport eyegore.desktop.app"
    assert imported(code, LATER + JUDGES + WANTED) == []


@pytest.mark.parametrize("options", ["", ", backups=('/backup',)"])
def test_a_session_has_no_more_than_it_asks_for(options: str) -> None:
    code = f"""
from pathlib import Path
from eyegore.session.service import Service
from eyegore.session.settings import Session
Service(Session(Path("/data"), journal=False{options}))"""
    found = imported(code, ("eyegore.warning.center", "eyegore.warning.policy", "eyegore.copies.service", "pydantic"))
    assert found == (["eyegore.copies.service"] if options else [])


def test_a_command_imports_no_other() -> None:
    commands = ("eyegore.commands.sync", "eyegore.commands.limits", "eyegore.commands.demo")
    assert imported(PARSED.format(words=["limits", "show"]), commands) == ["eyegore.commands.limits"]
