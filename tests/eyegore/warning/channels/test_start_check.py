"""What is wrong with an account is found at the start."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eyegore.messages.warnings import Channel, Notice, Outcome, Result, Samples
from eyegore.warning.channels.fallback import ChannelWatch
from eyegore.warning.channels.start_check import Checked, StartCheck

from ....patience import AWAITED_S

WaitUntil = Callable[..., None]
NOW = 1_000_000.0
IN, OUT = Outcome(Result.SENT, "lets us in"), Outcome(Result.REFUSED, "535 refused the login")


class Door:
    """A channel that is let in, or not, or fails on it."""

    def __init__(self, channel: Channel, outcome: Outcome | None) -> None:
        self.channel, self.outcome = channel, outcome

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        raise NotImplementedError

    def check(self) -> Outcome:
        if self.outcome is None:
            raise RuntimeError("a fault of ours")
        return self.outcome


def test_each_channel_is_looked_at_whatever_comes_of_the_others(wait_until: WaitUntil) -> None:
    found: list[Checked] = []
    doors = {
        Channel.SMS: Door(Channel.SMS, OUT), Channel.CALL: Door(Channel.CALL, None),
        Channel.EMAIL: Door(Channel.EMAIL, IN),
    }  # fmt: skip
    check = StartCheck(doors, found.append)
    check.start()
    wait_until(lambda: not check.alive)
    assert check.stop(AWAITED_S)
    assert found == [Checked(Channel.SMS, OUT), Checked(Channel.EMAIL, IN)]


def test_a_channel_that_is_not_let_in_is_an_alarm_until_it_is() -> None:
    watch = ChannelWatch()
    path = watch.checked(Channel.EMAIL, OUT, NOW)
    assert path is not None
    assert (path.channel, path.problem) == ("email", "535 refused the login")
    assert watch.checked(Channel.EMAIL, OUT, NOW) is None
    well = watch.checked(Channel.EMAIL, IN, NOW)
    assert well is not None
    assert well.problem == ""
    assert watch.checked(Channel.EMAIL, IN, NOW) is None


@pytest.mark.parametrize("result", [Result.RETRY, Result.UNKNOWN])
def test_who_cannot_be_asked_is_no_alarm_yet(result: Result) -> None:
    assert ChannelWatch().checked(Channel.SMS, Outcome(result, "no answer"), NOW) is None
