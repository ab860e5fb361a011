"""Warnings as text messages and calls through Twilio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eyegore.basics.safe_text import one_line
from eyegore.messages.warnings import Channel, Outcome, Result, Scope
from eyegore.warning.channels.gsm7 import fitted, segments
from eyegore.warning.channels.network_words import told, trouble
from eyegore.warning.channels.twilio_line import NOT_ARRIVED, Line

if TYPE_CHECKING:
    from twilio.rest import Client

    from eyegore.messages.warnings import Notice, Samples
    from eyegore.warning.channels.accounts import TwilioAccount

LONGEST_TWIML = 4000
"""Twilio refuses more [characters] (error 21623)."""
VALIDITY_S = (10, 36_000)
"""What Twilio takes for how long a message may wait for a telephone that is off [s]."""
REPETITIONS = 3
"""How often a call says its text: who was woken understands it the second time."""
RING_S = 45
"""How long a telephone rings [s]; much longer and a mailbox takes the call."""
LOOK_BACK = 100
"""Messages to one number that are looked through."""
CLOCKS_S = 120.0
"""By how much the clocks of this computer and of Twilio may differ [s]."""
LOST = ("failed", "undelivered", "canceled")
ARRIVED = ("delivered", "read")
"""What a message is in the end (https://www.twilio.com/docs/messaging/api/message-resource, status). "sent" only says
that the network of the telephone has it; many networks report no more than that."""
HEARD, UNHEARD = ("in-progress", "completed"), ("busy", "no-answer")
"""What a call is once somebody, or a mailbox, took it; and when it rang in vain."""


class TwilioSms:
    """The channel SMS."""

    channel = Channel.SMS

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """One text message, in the telephones' alphabet as far as it goes."""
        body = sms_body(notice)
        wait = int(min(max(notice.expires - time.time(), VALIDITY_S[0]), VALIDITY_S[1]))

        def create(client: Client) -> Outcome:
            made = client.messages.create(to=address, from_=self._account.sender, body=body, validity_period=wait)
            count = segments(body)
            parts = f" in {count} parts" if count > 1 else ""
            return _taken(made, f"the text message to {address}{parts}")

        return _try(self._account, f"the text message to {address}", create)

    def check(self) -> Outcome:
        """Whether Twilio lets us in."""
        return _let_in(self._account)

    def settle(self, address: str, notice: Notice, since: float) -> Outcome:
        """What became of an attempt without an answer at ``since`` (unix [s]): SENT, RETRY (it never came) or UNKNOWN.

        A failed one is REFUSED. UNKNOWN: Twilio could not be asked either.
        """
        body = sms_body(notice)

        def look(client: Client) -> Outcome:
            found = client.messages.list(to=address, from_=self._account.sender, limit=LOOK_BACK)
            # a trial account's messages begin with words of Twilio's own
            same = [one for one in found if _made_after(one, since) and (one.body or "").strip().endswith(body.strip())]
            return _settled(same, f"the text message to {address}")

        return _look(self._account, f"the search for the text message to {address}", look)

    def receipt(self, address: str, reference: str) -> Outcome:
        """What became of a message that Twilio took: SENT when it was delivered, REFUSED when it never will be."""
        what = f"the text message to {address}"

        def look(client: Client) -> Outcome:
            found = client.messages(reference).fetch()
            if found.status in LOST:
                return Outcome(Result.REFUSED, f"{what} did not arrive ({_reason(found)})", reference)
            if found.status in ARRIVED:
                return Outcome(Result.SENT, f"{what} was delivered", reference)
            return Outcome(Result.RETRY, f"{what}: no report of delivery yet ({found.status})", reference)

        return _look(self._account, f"the question for {what}", look)


class TwilioCall:
    """The channel CALL: a voice says the notice, several times.

    A call at Twilio holds no text, so that none of another notice can be told from this one's: it is not looked for.
    """

    channel = Channel.CALL

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """One call; it is SENT when Twilio has taken it, whether or not someone picks it up."""

        def create(client: Client) -> Outcome:
            twiml = spoken_twiml(notice.spoken)
            made = client.calls.create(to=address, from_=self._account.sender, twiml=twiml, timeout=RING_S)
            return _taken(made, f"the call to {address}")

        return _try(self._account, f"the call to {address}", create)

    def check(self) -> Outcome:
        """Whether Twilio lets us in."""
        return _let_in(self._account)

    def receipt(self, address: str, reference: str) -> Outcome:
        """What became of a call: SENT when somebody, or a mailbox, took it, REFUSED when nobody did."""
        what = f"the call to {address}"

        def look(client: Client) -> Outcome:
            found = client.calls(reference).fetch()
            if found.status in UNHEARD:
                return Outcome(Result.REFUSED, f"nobody took {what} ({found.status})", reference, scope=Scope.PERSON)
            if found.status in LOST:
                return Outcome(Result.REFUSED, f"{what} did not get through ({found.status})", reference)
            if found.status in HEARD:
                return Outcome(Result.SENT, f"{what} was taken", reference)
            return Outcome(Result.RETRY, f"{what} is not taken yet ({found.status})", reference)

        return _look(self._account, f"the question for {what}", look)


def sms_body(notice: Notice) -> str:
    """The text of a message as it is sent; of one that is too long the end is left out, but not the code."""
    return fitted(notice.short, f" ACK {notice.code}" if notice.code else "")


def spoken_twiml(text: str) -> str:
    """What Twilio's voice is to say, as TwiML: the text several times with pauses."""
    from twilio.twiml.voice_response import VoiceResponse

    words = one_line(text)
    while True:
        response = VoiceResponse()
        for turn in range(REPETITIONS):
            if turn:
                response.pause(length=1)
            response.say(words, language="en-GB")
        twiml = str(response)
        if len(twiml) <= LONGEST_TWIML:
            return twiml
        words = words[: len(words) * 9 // 10]


def _try(account: TwilioAccount, what: str, work: Callable[[Client], Outcome]) -> Outcome:
    line = Line(account)
    provider = f"{what} through {line.provider}"
    return line.attempt.outcome(provider, lambda: line.work(work), lambda why: line.explain(why, what))


def _let_in(account: TwilioAccount) -> Outcome:
    line = Line(account)

    def look(client: Client) -> Outcome:
        found = client.api.v2010.accounts(account.sid).fetch()
        if found.status != "active":
            return Outcome(Result.REFUSED, f"the account with {line.provider} is {found.status}: look at the console")
        return Outcome(Result.SENT, f"{line.provider} lets us in")

    return line.attempt.outcome(line.provider, lambda: line.work(look), lambda why: line.explain(why, "the login"))


def _look(account: TwilioAccount, what: str, work: Callable[[Client], Outcome]) -> Outcome:
    """A question changes nothing: whatever goes wrong with it, the matter stays unknown."""
    line = Line(account)
    try:
        return line.attempt.run(lambda: line.work(work))
    except Exception as why:  # noqa: BLE001 - as in sending: whatever it is becomes an outcome
        explained = line.explain(why, what)
        words = explained.detail if explained else f"{what}: {trouble(why, account.timeout_s) or type(why).__name__}"
        return Outcome(Result.UNKNOWN, f"{words}; it stays open whether it was sent", retry_after=line.retry_after)


def _reason(message: Any) -> str:
    """Why a message did not arrive, with the number under which Twilio explains it."""
    code = message.error_code
    said = NOT_ARRIVED.get(code) or told(message.error_message or "") or "no reason is given"
    return f"{message.status}, {code}: {said}" if code else f"{message.status}: {said}"


def _taken(made: Any, what: str) -> Outcome:
    if not made.sid:
        return Outcome(Result.UNKNOWN, f"Twilio took {what} without naming it; it may have been sent")
    if made.status in LOST:
        return Outcome(Result.REFUSED, f"Twilio took {what} and failed with it at once ({made.status})", made.sid)
    return Outcome(Result.SENT, f"Twilio took {what} ({made.status})", made.sid)


def _made_after(one: Any, since: float) -> bool:
    made: datetime | None = one.date_created
    return made is None or made.astimezone(UTC).timestamp() >= since - CLOCKS_S


def _settled(found: Iterable[Any], what: str) -> Outcome:
    """The best that happened to any of what was found: a retry may have come through where the first was lost."""
    alike = list(found)
    alive = [one for one in alike if one.status not in LOST]
    if alive:  # while Twilio could not be asked, it may have been sent again
        twice = f" (sent {len(alive)} times)" if len(alive) > 1 else ""
        return Outcome(Result.SENT, f"Twilio has {what} ({alive[0].status}){twice}", alive[0].sid)
    lost = alike[-1] if alike else None
    if lost is not None:
        return Outcome(Result.REFUSED, f"Twilio failed with {what} ({lost.status})", lost.sid)
    return Outcome(Result.RETRY, f"Twilio has no trace of {what}; it was not sent")
