"""Twilio's official client, bound to one attempt, and what Twilio's answers mean for the person who set it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from eyegore.messages.warnings import Outcome, Result, Scope
from eyegore.warning.channels.attempt import Attempt, mount
from eyegore.warning.channels.network_words import lasting, told

if TYPE_CHECKING:
    from requests import Response
    from twilio.base.exceptions import TwilioRestException
    from twilio.rest import Client

    from eyegore.warning.channels.accounts import TwilioAccount

T = TypeVar("T")
LOGIN = "check the account SID and EYEGORE_TWILIO_TOKEN"
RATE_S = 30.0
"""When to come again [s] after "too many requests" that names no time."""
MEANING = {
    10001: "the account is not active: look at the console",
    20003: f"the login was refused: {LOGIN}",
    20005: "the account is not active: look at the console",
    20404: f"there is no such account: {LOGIN}",
    21210: "the sender's number is not verified: verify it in the console",
    21211: "it is not a telephone number: write it as +49301234567 in the settings",
    21212: "the sender's number is not valid: check the sender in the settings",
    21214: "it cannot be called: check the number in the settings",
    21215: "calls to that country are not allowed: allow them in the console (Geo permissions)",
    21217: "it is not a telephone number: write it as +49301234567 in the settings",
    21219: "a trial account calls verified numbers only: verify it in the console",
    21408: "text messages to that country are not allowed: allow them in the console (Geo permissions)",
    21606: "the sender's number cannot send text messages: check the sender in the settings",
    21608: "a trial account sends to verified numbers only: verify it in the console",
    21610: "its owner has answered STOP: START has to be sent from that telephone",
    21612: "the sender's number cannot reach it: check the sender in the settings",
    21614: "it is not a mobile telephone: give another number in the settings",
}
"""Error codes of https://www.twilio.com/docs/api/errors in words; others are told in Twilio's own."""
NOT_ARRIVED = {
    30001: "its network has no room for more messages",
    30002: "the account is suspended: look at the console",
    30003: "the telephone is off or out of reach",
    30004: "the telephone or its network blocks our number",
    30005: "the number is not in use: check it in the settings",
    30006: "it is no mobile telephone, or its network cannot be reached",
    30007: "its network took the message for spam: look at the console (Messaging, Regulatory compliance)",
    30008: "its network gives no reason",
    30023: "our number has sent as much as it may today: look at the console (A2P 10DLC)",
    30032: "our toll-free number is not verified: verify it in the console",
    30034: "our number is not registered for the United States: register it in the console (A2P 10DLC)",
    30036: "the telephone was off or out of reach for too long",
    30410: "its network gave no answer",
}
"""Codes of a message that Twilio took and that did not arrive, of the same list; others are told in Twilio's words."""
NOBODY = (10001, 20003, 20005, 20404)
"""Codes of an account with which nobody can be told anything."""
BUSY = (20429, 14107, 30001)
"""Codes of "too many requests" and of a full queue, besides status 429."""


class Line:
    """What a message goes through in one attempt; ``retry_after`` [s] is what the last answer asked for."""

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account
        self.attempt = Attempt(account.timeout_s)
        self.retry_after: float | None = None

    @property
    def provider(self) -> str:
        """Twilio, or what stands in for it."""
        return f"Twilio ({self.account.base_url})" if self.account.base_url else "Twilio"

    def work(self, work: Callable[[Client], T]) -> T:
        """What ``work`` makes of the client."""
        with self.client() as client:
            return work(client)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """The official client; its connections end with the attempt and are not kept."""
        from requests import Session
        from twilio.base.exceptions import TwilioException
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        token = self.account.secret
        if not (self.account.sid and token):  # the client would look for another login in the environment
            raise TwilioException("no login")
        session = Session()
        with session:
            http = TwilioHttpClient(timeout=self.attempt.left, request_hooks={"response": [self._note_delay]})
            mount(session, self.attempt)
            http.session = session
            client = Client(self.account.sid, token, http_client=http)
            if self.account.base_url:
                client.api.base_url = self.account.base_url
            yield client

    def explain(self, why: Exception, what: str) -> Outcome | None:
        """What an error means for ``what`` was to be done; None where only the network is to blame."""
        from twilio.base.exceptions import TwilioException, TwilioRestException

        if isinstance(why, TwilioRestException):
            return self._answer(why, what)
        if isinstance(why, TwilioException):  # without a login nothing is asked at all
            return Outcome(Result.REFUSED, f"{self.provider}: {what} was not tried: {LOGIN}", scope=Scope.PROVIDER)
        if self.attempt.handed_over and isinstance(why, ValueError | TypeError | AttributeError | KeyError):
            if _is_request_error(why):
                return None
            words = f"{self.provider} answered {what} with something that cannot be read"
            return Outcome(Result.UNKNOWN, f"{words}; the message may have been sent", scope=Scope.PROVIDER)
        trust = None if self.attempt.handed_over else lasting(why)
        return Outcome(Result.REFUSED, f"{self.provider}: {trust}", scope=Scope.PROVIDER) if trust else None

    def _answer(self, why: TwilioRestException, what: str) -> Outcome:
        code = why.code if isinstance(why.code, int) else why.status
        number = f"{code}" if code == why.status else f"{why.status}, {code}"
        if why.status == 429 or code in BUSY:
            words = f"{self.provider} puts off {what}: too many requests ({number})"
            return Outcome(Result.RETRY, words, retry_after=self.retry_after or RATE_S, scope=Scope.PROVIDER)
        if why.status == 504:  # the door keeper gave up waiting; what is behind it may go on
            words = f"{self.provider} gave no answer to {what} ({number}); the message may have been sent"
            return Outcome(Result.UNKNOWN, words, scope=Scope.PROVIDER)
        if why.status >= 500:
            words = f"{self.provider} has trouble of its own with {what} ({number}): see https://status.twilio.com"
            return Outcome(Result.RETRY, words, retry_after=self.retry_after, scope=Scope.PROVIDER)
        token = self.account.secret
        said = told(why.msg or "", token, f"{self.account.sid}:{token}")
        meaning = MEANING.get(code) or (f"the login was refused: {LOGIN}" if why.status == 401 else said)
        scope = Scope.PROVIDER if why.status in (401, 403) or code in NOBODY else Scope.ADDRESS
        return Outcome(Result.REFUSED, f"{self.provider} refused {what} ({number}): {meaning}", scope=scope)

    def _note_delay(self, response: Response, *_args: object, **_options: object) -> None:
        asked = str(response.headers.get("Retry-After", ""))
        self.retry_after = float(asked) if asked.isdigit() else None


def _is_request_error(why: Exception) -> bool:
    from requests import RequestException

    return isinstance(why, RequestException)
