"""The example can be used as it is, and with what it only mentions."""

from __future__ import annotations

import re
from pathlib import Path

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.settings import example, load_settings

EXAMPLE = example()


def test_the_example_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "warnings.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    settings = load_settings(path)
    assert settings.people.keys() == {"anna", "ben"}
    assert settings.routes[Severity.WARNING] == (Channel.EMAIL,)
    assert settings.people["anna"].addresses(Channel.SMS) == ("+491701234567",)


def test_what_the_example_has_in_comments_can_be_used(tmp_path: Path) -> None:
    """Every line ``# key = value`` and the sections [imap] and [other.lab-chat]."""
    text = re.sub(r"(?m)^# (?=[a-z_]+ = |\[)", "", EXAMPLE)
    path = tmp_path / "warnings.toml"
    path.write_text(text, encoding="utf-8")
    settings = load_settings(path)
    assert settings.credentials == tmp_path / "credentials"
    assert settings.people["anna"].channels == (Channel.SMS, Channel.EMAIL)
    assert settings.imap is not None
    assert settings.imap.port == 993
    assert settings.smtp is not None
    assert settings.smtp.ca_file == str(tmp_path / "lab-ca.pem")
    assert settings.other == {"lab-chat": 15}
