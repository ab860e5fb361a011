"""All images of a folder judged at once, in as many processes as wanted; what is kept of them is not measured again."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.worker import all_ended
from eyegore.images.judge import ImageJudge
from eyegore.messages.events import Exposure, ImageFile
from eyegore.messages.images import ImageJudged, ImageResult, ImagesWaiting

if TYPE_CHECKING:
    from eyegore.limits.frame_model import CheckTable


def judge_folder(
    images: Sequence[ImageFile],
    rows: Iterable[Exposure],
    table: CheckTable,
    block: str,
    state: Path | None,
    *,
    jobs: int = 1,
    done: Callable[[str], object] = lambda name: None,
) -> dict[tuple[int, int], ImageResult]:
    """The results by ObsID and CCD, without header and statistics: verdict, checks and problem.

    ``rows`` are those of the exposure log, ``state`` is the state folder (None: nothing is kept), ``done`` is called
    with the path of each image.
    """
    rows = tuple(rows)
    told: queue.SimpleQueue[ImageJudged | ImagesWaiting] = queue.SimpleQueue()
    judges = [ImageJudge(lambda: table, block, state, told.put) for _ in range(max(1, min(jobs, len(images))))]
    try:
        for number, judge in enumerate(judges):
            judge.exposed(rows)
            for image in images[number :: len(judges)]:
                judge.offer(image)
            judge.start()
        found: dict[tuple[int, int], ImageResult] = {}
        waiting = {image.path for image in images}
        while waiting:
            news = told.get()
            if isinstance(news, ImageJudged):
                result = news.result
                waiting.discard(result.file)
                found[result.obsid, result.ccd] = replace(result, header={}, quadrants={})
                done(result.file)
        return found
    finally:
        for judge in judges:
            judge.stop()
        all_ended(judges, 5.0)
