"""The mail itself: what happened, the last samples as a table, the last hour as a picture."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from eyegore.basics.errors import EyegoreError
from eyegore.basics.lab_time import age_text, clock_text, iso
from eyegore.basics.quantities import word
from eyegore.limits.model import Severity
from eyegore.warning.channels.attempt import Attempt

if TYPE_CHECKING:
    from eyegore.messages.warnings import Notice, Samples

log = logging.getLogger(__name__)

LATE_S = 120.0
"""A mail that was written so long ago [s] says so."""
ROWS = 100
"""Samples in the table, the latest."""
PLOT_S = 5.0
"""A picture that takes longer [s] is left out: the first one of an account makes a list of all fonts."""
POLICY = SMTP.clone(cte_type="7bit")
"""Every server takes lines of 7 bit."""


class AddressError(EyegoreError):
    """What is to be a mail address is none."""


@dataclass(frozen=True)
class Mail:
    """One mail in two sizes: ``bare`` is for a server that takes none of the size of ``full``."""

    message_id: str
    full: bytes
    bare: bytes


def mail(sender: str, address: str, notice: Notice, samples: Samples | None, now: float) -> Mail:
    """The mail for one notice to one address, sent at ``now`` [unix s]; raises :class:`AddressError`."""
    message = _message(sender, address, notice)
    text = _late(now - notice.made) + notice.text.rstrip()
    message.set_content(f"{text}\n", cte="quoted-printable")
    bare = message.as_bytes(policy=POLICY)
    if samples is not None:
        message.set_content(f"{text}\n\n{table(samples)}", cte="quoted-printable")
        _attach(message, samples)
    return Mail(message["Message-ID"], message.as_bytes(policy=POLICY), bare)


def _late(age: float) -> str:
    """What goes before a text that was written some time ago [s], for it says "now"."""
    if age < LATE_S:
        return ""
    return f"This could not be sent before: it was written {age_text(age)} ago, and tells how things were then.\n\n"


def message_id(sender: str, address: str, key: str) -> str:
    """The same for the same notice to the same address, so that a mail program shows a repeat once."""
    name = hashlib.sha256(f"{key}\n{address}".encode()).hexdigest()[:32]
    return f"<{name}@{_address(sender, 'sender').domain}>"


def table(samples: Samples) -> str:
    """The last samples as text, the latest first."""
    times, values = samples.times[-ROWS:][::-1], samples.values[-ROWS:][::-1]
    unit = f" [{samples.unit}]" if samples.unit else ""
    register = samples.unit == "register"
    told = [word(value) if register else f"{value:.6g}" for value in values]
    rows = [f"{clock_text(time):<16} {value:>14}" for time, value in zip(times, told, strict=True)]
    title = f"{samples.parameter}{unit}, limits {samples.low:.6g} to {samples.high:.6g}".replace("nan", "none")
    head = f"{title}\nThe last {len(rows)} samples, the latest first:"
    return "\n".join([head, f"{'lab time':<16} {'value':>14}", *rows]) + "\n" if rows else f"{title}\nNo samples.\n"


def csv_text(samples: Samples) -> str:
    """The last samples for other programs: ISO 8601 in the lab's own time, the latest last."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["lab_time", f"{samples.parameter} [{samples.unit}]" if samples.unit else samples.parameter])
    for time, value in zip(samples.times[-ROWS:], samples.values[-ROWS:], strict=True):
        writer.writerow([iso(float(time)) or "", f"{value:.9g}"])
    return file.getvalue()


def _message(sender: str, address: str, notice: Notice) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = Address("Eyegore", addr_spec=_address(sender, "sender").addr_spec)
    message["To"] = _address(address, "address")
    message["Subject"] = " ".join(notice.subject.split())
    message["Date"] = datetime.fromtimestamp(notice.made, UTC)
    message["Message-ID"] = message_id(sender, address, notice.key)
    # nobody's holiday answers, please (RFC 3834; the second is Exchange's)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if notice.severity >= Severity.CRITICAL:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    return message


def _address(text: str, what: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as why:  # the parser stumbles over ""
        raise AddressError(f"the {what} {text!r} is not a mail address") from why
    if not (address.username and address.domain and text.isascii()):
        raise AddressError(f"the {what} {text!r} is not a mail address")
    return address


def _attach(message: EmailMessage, samples: Samples) -> None:
    from eyegore.warning.channels.sample_plot import plot

    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in samples.parameter)
    try:
        png = Attempt(PLOT_S).run(lambda: plot(samples))
    except (TimeoutError, ValueError, TypeError, RuntimeError, OSError, ImportError, MemoryError) as why:
        log.warning("the mail goes without a picture of %s: %s", samples.parameter, str(why) or "it takes too long")
    else:
        message.add_attachment(png, "image", "png", filename=f"{name}.png", disposition="inline")
    message.add_attachment(csv_text(samples), subtype="csv", filename=f"{name}.csv", cte="quoted-printable")
