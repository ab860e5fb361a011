"""What an error of the network means and what to check, in words that hold no address, login or content."""

from __future__ import annotations

import errno
import logging
import os
import socket
import ssl
import traceback
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from eyegore.basics.safe_text import cut, one_line

log = logging.getLogger(__name__)

LONGEST = 300
"""Of what a provider says [characters]; some answer with a whole web page."""


def causes(why: BaseException) -> Iterator[BaseException]:
    """An error and all it was made from, the outermost first; libraries keep the cause in one of four places."""
    waiting, seen = [why], set[int]()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        inner = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args)
        waiting += [one for one in inner if isinstance(one, BaseException)]


def trouble(why: BaseException, seconds: float) -> str | None:
    """Words for a network error after ``seconds`` [s] of trying at most; None for what is none."""
    found = list(causes(why))
    for error in reversed(found):  # the innermost says most
        words = _words(error, seconds)
        if words:
            return words
    if any("Timeout" in type(error).__name__ for error in found):
        return _no_answer(seconds)
    if any(type(error).__name__ in ("SMTPServerDisconnected", "ProtocolError", "ProxyError") for error in found):
        return "it closed the connection"
    return None


def unexpected(why: Exception, provider: str) -> str:
    """Words for an error that nobody foresaw; the log tells where it came up.

    It has neither the error's text nor its arguments: addresses of chats and logins may be in them.
    """
    frames = "".join(traceback.format_tb(why.__traceback__))
    log.error("unexpected %s from %s\n%s", type(why).__name__, provider, frames)
    return f"an unexpected {type(why).__name__} came up (see the log)"


def lasting(why: BaseException) -> str | None:
    """Words for what a second try will not mend: a certificate, or no TLS where TLS is wanted; None for the rest."""
    for error in causes(why):
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({error.verify_message}): check host name and ca_file"
        if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
            return "it does not speak TLS on this port: check port and security"
        if isinstance(error, FileNotFoundError | PermissionError):
            return "ca_file cannot be read: check its path and who may read it"
    return None


def _words(error: BaseException, seconds: float) -> str | None:
    match error:
        case socket.gaierror():
            return "its name cannot be resolved: check the host name and whether this computer is on the network"
        case ConnectionRefusedError():
            return "it refuses connections: check host and port, and whether it runs"
        case TimeoutError():
            return _no_answer(seconds)
        case ConnectionError():
            return "it closed the connection"
        case ssl.SSLError():
            return f"the encrypted connection failed ({error.reason or 'it was closed'})"
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH):
            return "there is no way to it: check whether this computer is on the network"
        case OSError(errno=int(number)):
            return f"the connection failed ({os.strerror(number)})"
    return None


def _no_answer(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def told(text: str | bytes, *secrets: str) -> str:
    """What a provider said, on one line not too long; secrets it repeats, as they are or travel, are struck out."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for secret in filter(None, secrets):
        for form in (secret, quote(secret), quote_plus(secret), b64encode(secret.encode()).decode()):
            said = said.replace(form, "***")
    return cut(one_line(said), LONGEST)
