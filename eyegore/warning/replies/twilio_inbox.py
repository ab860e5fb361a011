"""Text messages to our own number, asked for at Twilio: no server of ours has to be reached from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from eyegore.warning.channels.network_words import trouble, unexpected
from eyegore.warning.channels.twilio_line import Line
from eyegore.warning.replies.reply import Polled, Reply

if TYPE_CHECKING:
    from requests import Response
    from twilio.rest.api.v2010.account.message import MessageInstance

    from eyegore.warning.channels.accounts import TwilioAccount

OVERLAP_S = 3600.0
"""Messages are asked for again for so long [s] after they were sent: clocks differ, and lists lag behind."""
WHAT = "the question for replies"
PAGE, MOST = 200, 2000
"""Messages on a page, and in all of one poll."""


class TwilioInbox:
    """Gives the text messages that were sent to our number since ``since`` [unix s], less :data:`OVERLAP_S`.

    Twilio compares days only: older ones of that day come too, and after a restart those of before; that is for the
    desk to tell. ``clock`` gives unix time [s].
    """

    def __init__(self, account: TwilioAccount, since: float, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._clock = clock
        self._since = since - OVERLAP_S
        self._taken: set[str] = set()
        self._ahead_s = 0.0

    def poll(self) -> Polled:
        """Replies that were not taken yet; ends within the account's time-out, whatever Twilio does."""
        now = self._clock()
        line = Line(self._account)
        found: list[MessageInstance] = []  # what was read before something went wrong counts
        problem = ""
        try:
            line.attempt.run(lambda: self._read(line, found, now))
        except Exception as why:  # noqa: BLE001 - whatever it is must not end the polling: people answer while it lasts
            problem = self._explained(line, why)
        read = list(found)
        if not problem:
            self._since = max(self._since, now - OVERLAP_S)
            self._taken &= {str(message.sid) for message in read}  # the others are not asked for any more
        new = [self._reply(message, now) for message in reversed(read) if self._is_new(message)]
        return Polled(tuple(sorted(new, key=lambda reply: reply.received)), problem)

    def taken(self, reply: Reply) -> str:
        """The reply is not wanted again."""
        self._taken.add(reply.reference)
        return ""

    def _read(self, line: Line, found: list[MessageInstance], now: float) -> None:
        with line.client() as client:

            def note_clock(response: Response, *_args: object, **_options: object) -> None:
                self._note_clock(response.headers.get("Date", ""), now)

            client.http_client.request_hooks["response"].append(note_clock)
            since = datetime.fromtimestamp(self._since, UTC) + timedelta(seconds=self._ahead_s)
            messages = client.messages.stream(
                to=self._account.sender, date_sent_after=since, page_size=PAGE, limit=MOST
            )
            for message in messages:
                found.append(message)

    def _note_clock(self, date: str, now: float) -> None:
        """How much Twilio's clock is ahead of ours."""
        try:
            self._ahead_s = parsedate_to_datetime(date).timestamp() - now
        except (ValueError, TypeError):
            return  # it does not say

    def _is_new(self, message: MessageInstance) -> bool:
        return bool(message.sid) and message.sid not in self._taken and message.direction == "inbound"

    def _reply(self, message: MessageInstance, now: float) -> Reply:
        sent = message.date_sent or message.date_created
        received = min(sent.timestamp() - self._ahead_s, now) if isinstance(sent, datetime) else now
        return Reply(str(message.sid), str(message.from_ or ""), str(message.body or ""), received)

    def _explained(self, line: Line, why: Exception) -> str:
        error = _of_list(why, answered=line.attempt.handed_over)
        if error is None:
            return f"{line.provider} answered {WHAT} with something that cannot be read"
        known = line.explain(error, WHAT)
        if known is not None:
            return known.detail.partition("; the message")[0]  # nothing was to be sent
        return f"{line.provider}: {trouble(why, self._account.timeout_s) or unexpected(why, line.provider)}"


def _of_list(why: Exception, answered: bool) -> Exception | None:
    """The error as the client raises it elsewhere: of lists it tells the bare answer. None for what is no list."""
    from twilio.base.exceptions import TwilioException
    from twilio.base.version import Version
    from twilio.http.response import Response

    if type(why) is not TwilioException or not answered:
        return why
    for answer in why.args:
        if isinstance(answer, Response) and answer.status_code >= 400:
            error: Exception = Version.exception("GET", "", answer, "the list was refused")
            return error
    return None
