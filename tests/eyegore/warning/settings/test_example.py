"""The example can be used as it is, and with what it only mentions."""

from __future__ import annotations

import re
from pathlib import Path

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.settings.example import EXAMPLE
from eyegore.warning.settings.settings_file import parse_settings


def test_the_example_can_be_used() -> None:
    settings = parse_settings(Path("warnings.toml"), EXAMPLE.encode())
    assert settings.people.keys() == {"anna", "ben"}
    assert settings.routes[Severity.WARNING] == (Channel.EMAIL,)
    assert settings.people["anna"].addresses(Channel.SMS) == ("+491701234567",)


def test_what_the_example_has_in_comments_can_be_used() -> None:
    """Every line ``# key = value`` and the sections [imap] and [other.lab-chat]."""
    text = re.sub(r"(?m)^# (?=[a-z_]+ = |\[)", "", EXAMPLE)
    settings = parse_settings(Path("/etc/lab/warnings.toml"), text.encode())
    assert settings.credentials == Path("/etc/lab/credentials")
    assert settings.people["anna"].channels == (Channel.SMS, Channel.EMAIL)
    assert settings.imap is not None
    assert settings.imap.port == 993
    assert settings.smtp is not None
    assert settings.smtp.ca_file == "/etc/lab/lab-ca.pem"
    assert settings.other == {"lab-chat": 15}
