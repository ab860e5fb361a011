"""What was found out about every image of a session, packed into a tenth of the memory."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace

from eyegore.messages.images import ImageResult

MOST_RESULTS = 15_000
"""Images of five nights; of more the oldest are given up."""


class ResultBook:
    """Results by ObsID and CCD, without their headers."""

    def __init__(self) -> None:
        self._packed: dict[tuple[int, int], bytes] = {}

    def put(self, result: ImageResult) -> None:
        """Keep the newest result of an image."""
        content = pickle.dumps(replace(result, header={}, details={}), pickle.HIGHEST_PROTOCOL)
        self._packed[result.obsid, result.ccd] = zlib.compress(content, 1)
        if len(self._packed) > MOST_RESULTS:
            del self._packed[min(self._packed)]

    def get(self, obsid: int, ccd: int) -> ImageResult | None:
        """The result of an image, None where none is known."""
        packed = self._packed.get((obsid, ccd))
        if packed is None:
            return None
        result: ImageResult = pickle.loads(zlib.decompress(packed))
        return result
