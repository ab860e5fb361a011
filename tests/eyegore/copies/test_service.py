"""A session copies its folder, and says so when it cannot."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.service import BackupService
from eyegore.housekeeping.housekeeping import Rules
from eyegore.messages.copies import CopyProgress, Role, SyncState, VolumeSpace
from eyegore.messages.events import AlarmChanged, AlarmState, Event, FreeSpace
from eyegore.session.monitor import Monitor, Tick
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.session.side_workers import SideWorkers
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from ..restarted import restarted
from .ssh_server import SshServer

WaitUntil = Callable[..., None]
NOW = 1_000_000.0


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def start(tmp_path: Path, told: list[Event]) -> Iterator[Callable[[Path], Service]]:
    services: list[Service] = []

    def begin(backup: Path) -> Service:
        session = Session(
            tmp_path / "day", watch_disk=False, state=tmp_path / "state",
            backups=(str(backup),),
        )  # fmt: skip
        service = Service(session, [told.append])
        services.append(service)
        service.start()
        return service

    yield begin
    for service in services:
        assert service.stop(AWAITED_S)


def states(told: list[Event]) -> list[SyncState]:
    return [event for event in told if isinstance(event, SyncState)]


def test_what_elvis_writes_is_copied_and_verified_while_it_is_monitored(
    tmp_path: Path, told: list[Event], start: Callable[[Path], Service], wait_until: WaitUntil
) -> None:
    elvis = Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=10_000, force=True))
    elvis.append_rows(200)
    backup = tmp_path / "backup"
    backup.mkdir()
    start(backup)
    wait_until(lambda: (last := states(told)[-1:]) and last[0].complete == last[0].verified == 5)
    elvis.append_rows(100)
    names = sorted(path.name for path in (tmp_path / "day").iterdir() if not path.name.startswith("."))

    def same() -> bool:
        equal, different, missing = filecmp.cmpfiles(tmp_path / "day", backup / "day", names, shallow=False)
        return sorted(equal) == names and not different and not missing

    wait_until(same)


def test_a_target_inside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Service(Session(tmp_path / "day", backups=(str(tmp_path / "day" / "copy"),)))


def test_the_volumes_of_the_copies_are_watched_too(tmp_path: Path, wait_until: WaitUntil) -> None:
    for name in ("day", "b"):
        (tmp_path / name).mkdir()
    told: list[Event] = []
    session = Session(tmp_path / "day", backups=(str(tmp_path / "b"), "ana@gateway:/data"), watch_disk=True)
    disk = SideWorkers(session, told.append).disk
    assert disk is not None
    disk.start()
    wait_until(lambda: len(told) == 2)
    disk.stop()
    assert disk.join()
    assert {one.name for one in told if isinstance(one, FreeSpace)} == {"data volume", f"volume of {tmp_path / 'b'}"}


@pytest.mark.slow
def test_a_folder_is_copied_to_another_computer(tmp_path: Path, wait_until: WaitUntil) -> None:
    for name in ("sshd", "gateway"):
        (tmp_path / name).mkdir()
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=10_000, force=True)).append_rows(50)
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    server.make_known()
    told: list[object] = []
    service = BackupService([server.target(tmp_path / "gateway")], tmp_path / "state", told.append)
    try:
        service.begin(tmp_path / "day")
        found: list[SyncState] = []

        def verified() -> bool:
            found[:] = [one for one in list(told) if isinstance(one, SyncState)]
            return bool(found) and found[-1].verified == found[-1].complete > 0

        wait_until(verified)
        assert found[-1].problem == ""
        assert [one.name for one in told if isinstance(one, FreeSpace)] == [f"volume of {found[-1].target}"]
        server.kill()
        service.wake()
    finally:
        service.stop()
        assert service.join(AWAITED_S)
        server.kill()
    names = [path.name for path in (tmp_path / "day").iterdir() if not path.name.startswith(".")]
    assert filecmp.cmpfiles(tmp_path / "day", tmp_path / "gateway" / "day", names, shallow=False)[1:] == ([], [])


def alarms(events: list[Event]) -> list[tuple[str, str]]:
    changes = [event for event in events if isinstance(event, AlarmChanged)]
    return [(event.alarm.parameter, event.entry.after.name) for event in changes]


def state(problem: str = "", lag_s: float = 0.0, *, urgent: bool = False) -> SyncState:
    return SyncState("/mnt/b", Role.BACKUP, 10, 9, lag_s, NOW, problem, urgent)


def test_a_copy_that_fails_for_a_minute_is_an_alarm_and_ends_when_it_works() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    assert alarms(monitor.take(state("the disk is full"), NOW)) == []
    assert alarms(monitor.take(state("the disk is full"), NOW + 30)) == []
    assert alarms(monitor.take(state("the disk is full"), NOW + 60)) == [("BACKUP /mnt/b", "UNACK")]
    assert alarms(monitor.take(state(), NOW + 90)) == [("BACKUP /mnt/b", "RTN_UNACK")]
    assert alarms(monitor.take(state("the disk is full"), NOW + 100)) == []


def test_a_file_that_differs_is_an_alarm_at_once_and_stays_latched() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    assert alarms(monitor.take(state("ObsID 7: differs", urgent=True), NOW)) == [("BACKUP /mnt/b", "UNACK")]
    monitor.take(state(), NOW + 5)
    (alarm,) = [one for one in monitor.alarms.alarms() if one.parameter == "BACKUP /mnt/b"]
    assert alarm.state is AlarmState.RTN_UNACK
    assert "ObsID 7: differs" in alarm.limit


def test_a_file_that_waits_too_long_in_a_pass_that_goes_on_is_an_alarm_too() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    monitor.take(replace(state(lag_s=1000.0), interim=True), NOW + 80)
    (last,) = alarms(monitor.take(replace(state(lag_s=1100.0), interim=True), NOW + 150))
    assert last == ("BACKUP /mnt/b", "UNACK")


def test_after_a_restart_a_copy_is_well_again_at_the_end_of_a_pass() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    monitor.take(state("ObsID 7: differs", urgent=True), NOW)
    again = Monitor(Rules(lambda _elvis: None))
    again.restore(restarted(monitor.memory()))
    assert alarms(again.take(replace(state(), interim=True), NOW + 60)) == [], "it has only begun"
    assert alarms(again.take(replace(state(), succeeded=NOW + 90), NOW + 90)) == [("BACKUP /mnt/b", "RTN_UNACK")]


def test_the_volume_of_another_computer_is_foretold_as_ours_are() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    changes: list[tuple[str, str]] = []
    text = ""
    for minutes in range(0, 100, 10):
        now = NOW + 60.0 * minutes
        free = FreeSpace("volume of gate", 100e9 - 1e9 * minutes)
        events = monitor.take(free, now)
        changes += alarms(events)
        text = next(one.text for one in events if isinstance(one, VolumeSpace))
    assert changes[0] == ("VOLUME OF GATE", "UNACK")
    assert text.startswith("volume of gate full at ")


def test_a_file_that_waits_too_long_is_an_alarm() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    assert alarms(monitor.take(state(lag_s=800.0), NOW)) == []
    monitor.take(state(lag_s=1000.0), NOW + 5)
    assert alarms(monitor.take(state(lag_s=1100.0), NOW + 70)) == [("BACKUP /mnt/b", "UNACK")]


def test_a_copier_that_hangs_is_an_alarm_until_it_is_heard_of_again() -> None:
    monitor = Monitor(Rules(lambda _elvis: None))
    monitor.take(state(), NOW)
    monitor.take(CopyProgress("/mnt/b", Role.BACKUP, "EUC_1.fits"), NOW + 600)
    assert alarms(monitor.take(Tick(), NOW + 1490)) == []
    assert alarms(monitor.take(Tick(), NOW + 1510)) == [("BACKUP /mnt/b", "UNACK")]
    (alarm,) = [one for one in monitor.alarms.alarms() if one.parameter == "BACKUP /mnt/b"]
    assert "its disk or mount hangs, look at both" in alarm.limit
    assert alarms(monitor.take(Tick(), NOW + 1511)) == []
    assert alarms(monitor.take(state(), NOW + 1600)) == [("BACKUP /mnt/b", "RTN_UNACK")]
