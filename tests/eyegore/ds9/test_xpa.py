"""XPA calls: which client carries them, what it complains about, when it is given up."""

from __future__ import annotations

import threading

import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9 import xpa as xpa_calls
from eyegore.ds9.xpa import PYDS9, XPA_TOOLS, Ds9GivenUpError, Transport, Xpa, available_transport


def test_xpa_tools_come_first_then_pyds9_then_a_clear_error(monkeypatch):
    assert available_transport() is XPA_TOOLS
    monkeypatch.setenv("PATH", "/nowhere")
    assert available_transport() is PYDS9
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Ds9Error, match="install the package xpa-tools"):
        available_transport()


def script(text: str) -> Transport:
    """A transport whose calls run a shell script in place of an XPA client."""
    command = ("/bin/sh", "-c", text)
    return Transport("script", command, command, command)


def calls(transport: Transport) -> Xpa:
    return Xpa(transport, {}, threading.Event())


def test_a_call_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(xpa_calls, "HANDSHAKE_S", 0)
    monkeypatch.setattr(xpa_calls, "COMMAND_S", 0.2)
    with pytest.raises(Ds9Error, match="did not end 'file x' within"):
        calls(script("exec sleep 60")).put("there", "file", "x")


def test_a_call_in_flight_is_given_up_when_it_is_not_wanted_any_more():
    ending = threading.Event()
    ending.set()
    with pytest.raises(Ds9GivenUpError, match="'version' given up"):
        Xpa(script("exec sleep 60"), {}, ending).get("there", "version")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "echo 'XPA$ERROR Unable to load fits /x (DS9:eyegore-1 /tmp/x/DS9_e.1)' >&2; exit 1",
            "'frame 1': Unable to load fits /x",
        ),
        (
            "echo 'XPA$ERROR: no response from server during handshake (?:?)' >&2",
            "answer (no response from server during handshake)",
        ),
        ("exit 3", "'frame 1': error 3"),
    ],
)
def test_what_xpa_complains_about_is_one_plain_sentence(text, sentence):
    with pytest.raises(Ds9Error) as refused:
        calls(script(text)).put("there", "frame", "1")
    assert str(refused.value).endswith(sentence)


def test_a_client_that_cannot_be_run_is_said():
    missing = Transport("missing", ("/nowhere/xpaget",), (), ())
    with pytest.raises(Ds9Error, match="/nowhere/xpaget cannot be run: No such file"):
        calls(missing).get("there", "version")


def test_the_name_servers_list_is_read_with_blanks_in_titles():
    answer = "printf 'DS9 lab gs 7f000001:3 me\\nDS9 Eyegore images gs /tmp/x.1 me\\nOTHER o gs 7f000001:4 me\\nxx\\n'"
    found = calls(script(answer)).running()
    assert [(point.name, point.address) for point in found] == [("lab", "7f000001:3"), ("Eyegore images", "/tmp/x.1")]
