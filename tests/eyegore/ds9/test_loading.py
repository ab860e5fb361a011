"""Images in the frames of one real DS9, which all tests of this file share."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.loading import Loading, PlainNames
from eyegore.ds9.order import Arrangement, Ds9Order, Fate, FrameImage, OrderOutcome, not_shown
from eyegore.ds9.running_ds9 import RunningDs9
from eyegore.ds9.xpa import XPA_TOOLS, Ds9GivenUpError, Ds9SilentError, Transport

from ...patience import AWAITED_S
from .lab_ds9 import Lab, dialog, go_there, opened_lab, write_image

pytestmark = pytest.mark.ds9


@pytest.fixture(scope="module")
def shared(display: str, wait_until: Callable[..., None]) -> Iterator[Lab]:
    with opened_lab(wait_until) as lab:
        lab.start("lab")
        wait_until(lambda: lab.known("lab"))
        yield lab


@pytest.fixture
def lab(shared: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    go_there(shared, monkeypatch)
    shared.order("lab", "frame", "delete", "all")
    shared.order("lab", "single", "yes")
    return shared


Load = Callable[..., list[OrderOutcome]]


@pytest.fixture
def load(temporary: Path) -> Iterator[Load]:
    """Carries out an order in the DS9 of the lab; what came of each image."""
    names = PlainNames()

    def carry_out(order: Ds9Order, transport: Transport | None = None, **options: object) -> list[OrderOutcome]:
        given_up = options.pop("given_up", threading.Event())
        assert isinstance(given_up, threading.Event)
        loading = Loading(order, names, given_up, **options)  # type: ignore[arg-type]
        outcomes = list(loading.check())
        xpa, address = RunningDs9("lab", transport or XPA_TOOLS, given_up).connect()
        return outcomes + list(loading.load(xpa, address))

    yield carry_out
    names.remove()


@pytest.fixture
def images(write_frame: Callable[..., Path], tmp_path: Path) -> tuple[FrameImage, ...]:
    """CCD1 of ObsIDs 11 to 15 for frames 1 to 5; 12 is not there and 14 is cut."""
    paths = {obsid: write_frame(tmp_path / f"EUC_{obsid}_ROE1_CCD1.fits", 2000 + obsid) for obsid in (11, 13, 14, 15)}
    paths[14].write_bytes(paths[14].read_bytes()[:-3000])
    return tuple(FrameImage(obsid - 10, obsid, 1, paths.get(obsid)) for obsid in range(11, 16))


def order_of(images: tuple[FrameImage, ...], **options: object) -> Ds9Order:
    return replace(Ds9Order(f"{len(images)} images", images), **options)  # type: ignore[arg-type]


def test_many_frames_are_tiled_and_each_has_its_file_and_fate(
    lab: Lab, load: Load, images: tuple[FrameImage, ...]
) -> None:
    outcomes = load(order_of(images, equalised=True))
    assert {one.image.obsid: one.fate for one in outcomes} == {
        11: Fate.SHOWN, 12: Fate.MISSING, 13: Fate.SHOWN, 14: Fate.INCOMPLETE, 15: Fate.SHOWN,
    }  # fmt: skip
    assert lab.files("lab") == {str(n): f"EUC_{10 + n}_ROE1_CCD1.fits" for n in (1, 3, 5)}
    assert lab.ask("lab", "tile") == "yes"
    assert (lab.ask("lab", "scale"), lab.ask("lab", "scale", "mode")) == ("histequ", "zscale")
    assert not_shown(outcomes)[0] == "not there: CCD1 of ObsID 12"
    assert re.fullmatch(r"not complete: CCD1 of ObsID 14 \(it has \d+ of \d+ bytes\)", not_shown(outcomes)[1])


def test_all_tiles_are_fitted_to_the_same_size(lab: Lab, load: Load, images: tuple[FrameImage, ...]) -> None:
    load(order_of(images))
    zooms = set()
    for frame in ("1", "3", "5"):
        lab.order("lab", "frame", frame)
        zooms.add(lab.ask("lab", "zoom"))
    assert len(zooms) == 1


@pytest.mark.parametrize("arrangement", [Arrangement.BLINK, Arrangement.SINGLE])
def test_frames_blink_or_stand_alone(
    lab: Lab, load: Load, images: tuple[FrameImage, ...], arrangement: Arrangement
) -> None:
    load(order_of(images, arrangement=arrangement))
    assert lab.ask("lab", arrangement.value) == "yes"
    assert lab.ask("lab", "tile") == "no"


def test_an_arrangement_that_is_not_asked_for_is_left(lab: Lab, load: Load, images: tuple[FrameImage, ...]) -> None:
    lab.order("lab", "tile", "yes")
    load(order_of(images, arrangement=None))
    assert lab.ask("lab", "tile") == "yes"


@pytest.mark.parametrize(("emptied", "left"), [(True, ""), (False, "EUC_11_ROE1_CCD1.fits")])
def test_the_frame_of_a_missing_image_is_emptied_or_left(
    lab: Lab, load: Load, images: tuple[FrameImage, ...], emptied: bool, left: str
) -> None:
    first, _, third = images[:3]
    load(order_of((first, replace(third, frame=2))))
    load(order_of((replace(first, path=None), replace(third, frame=2)), emptied=emptied))
    shown = lab.files("lab")
    assert shown == {"1": left, "2": "EUC_13_ROE1_CCD1.fits"}


def test_quadrants_are_drawn_in_pixels_of_the_image_and_go_with_it(
    lab: Lab, load: Load, tmp_path: Path, transport: Transport, private_home: Path
) -> None:
    (private_home / ".config").mkdir(exist_ok=True)
    image = FrameImage(1, 7, 1, write_image(tmp_path / "full.fits", 4256, 4132))
    (outcome,) = load(order_of((image,), quadrants=True), transport)
    assert (outcome.fate, outcome.note) == (Fate.SHOWN, "")
    drawn = lab.ask("lab", "regions", "-system", "image")
    assert len(re.findall(r"^box", drawn, re.MULTILINE)) == 4 * 3
    assert set(re.findall(r"text={(\w)}", drawn)) == set("EFGH")
    # the prescan of H: columns 1 to 51, rows 1 to 2066 as DS9 counts them
    assert re.search(r"^box\(26,1033\.5,51,2066,0\)", drawn, re.MULTILINE)
    load(order_of((image,)), transport)
    assert "box" not in lab.ask("lab", "regions")


def test_an_image_without_four_quadrants_is_shown_and_that_is_said(
    lab: Lab, load: Load, images: tuple[FrameImage, ...]
) -> None:
    (outcome,) = load(order_of(images[:1], quadrants=True))
    assert outcome.fate is Fate.SHOWN
    assert outcome.sentence.startswith("CCD1 of ObsID 11: no quadrants are drawn: ")


def test_progress_is_told_and_what_is_given_up_stops_before_the_next_image(
    lab: Lab, load: Load, images: tuple[FrameImage, ...]
) -> None:
    given_up, begun = threading.Event(), []

    def began(image: FrameImage, done: int, total: int) -> None:
        begun.append((image.obsid, done, total))
        if done == 1:
            given_up.set()

    with pytest.raises(Ds9GivenUpError):
        load(order_of(images), given_up=given_up, began=began)
    assert begun == [(11, 0, 3), (13, 1, 3)]
    assert "5" not in lab.files("lab")


def test_an_image_that_is_cut_after_it_was_checked_is_not_given_to_ds9(
    lab: Lab, load: Load, images: tuple[FrameImage, ...]
) -> None:
    second = images[2].path
    assert second is not None

    def began(image: FrameImage, done: int, total: int) -> None:
        second.write_bytes(second.read_bytes()[:3000])

    outcomes = load(order_of((images[0], images[2])), began=began)
    assert [one.fate for one in outcomes] == [Fate.SHOWN, Fate.INCOMPLETE]


def test_nothing_to_show_is_an_error_after_all_reasons(images: tuple[FrameImage, ...]) -> None:
    found = Loading(order_of((images[1], images[3])), PlainNames(), threading.Event()).check()
    assert [next(found).fate, next(found).fate] == [Fate.MISSING, Fate.INCOMPLETE]
    with pytest.raises(Ds9Error, match="none of its images is there and complete"):
        next(found)


def test_an_order_that_raises_a_dialog_is_not_taken_for_done_and_once_it_is_closed_all_is_well(
    lab: Lab,
    load: Load,
    images: tuple[FrameImage, ...],
    transport: Transport,
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    session = RunningDs9("lab", transport, threading.Event())
    xpa, address = session.connect()
    with dialog(xpa, address, tmp_path, wait_until) as raised:
        assert "did not end 'analysis message {hello}' within" in str(raised)
        assert session.failed(raised) == "DS9 lab is waiting for you to close a dialog"
        with pytest.raises(Ds9SilentError) as silent:
            load(order_of(images[:1]))
        assert session.failed(silent.value) == "DS9 lab is waiting for you to close a dialog"
    assert "EUC_11_ROE1_CCD1.fits" not in lab.files("lab").values()
    assert load(order_of(images[:1]))[0].fate is Fate.SHOWN


def test_a_suspended_ds9_is_told_and_works_when_it_goes_on(
    lab: Lab, load: Load, images: tuple[FrameImage, ...]
) -> None:
    session = RunningDs9("lab", XPA_TOOLS, threading.Event())
    xpa, address = session.connect()
    lab.processes["lab"].send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(Ds9SilentError) as silent:
            xpa.get(address, "version")
        assert session.failed(silent.value) == "DS9 lab does not answer: it is suspended (by a signal or Ctrl-Z)"
    finally:
        lab.processes["lab"].send_signal(signal.SIGCONT)
    assert load(order_of(images[:1]))[0].fate is Fate.SHOWN


def test_a_ds9_killed_while_it_loads_is_told_as_gone(
    lab: Lab, load: Load, images: tuple[FrameImage, ...], wait_until: Callable[..., None]
) -> None:
    lab.start("victim")
    wait_until(lambda: lab.known("lab", "victim"))
    session = RunningDs9("victim", XPA_TOOLS, threading.Event())
    xpa, address = session.connect()

    def began(image: FrameImage, done: int, total: int) -> None:
        if done == 1:
            lab.processes["victim"].kill()
            lab.processes["victim"].wait(AWAITED_S)

    loading = Loading(order_of(images), PlainNames(), threading.Event(), began)
    assert len(list(loading.check())) == 2
    with pytest.raises(Ds9SilentError) as silent:
        list(loading.load(xpa, address))
    assert session.failed(silent.value) == "DS9 victim does not answer: it has ended"
    assert loading.loaded == [1]
    assert lab.ask("lab", "version")
