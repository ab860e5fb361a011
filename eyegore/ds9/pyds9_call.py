"""One XPA call through the binding of pyds9; run as a child process: ``pyds9_call.py get|set|send ADDRESS WORD...``.

Only the binding ``xpa`` is imported. Importing ``pyds9`` itself would start a name server that outlives us, need
``distutils`` and cost half a second, and its ``get`` hides what DS9 complained about.
Nothing of Eyegore is imported here: the file is run by its path, with ``-P`` lest our ``xpa.py`` beside it be found.
"""

from __future__ import annotations

import os
import sys


def main(verb: str, address: str, words: list[str]) -> int:
    """Do the call; answers as xpaget and xpaset do: text to stdout, ``XPA$ERROR`` to stderr, 1 for an error."""
    import xpa  # type: ignore[import-untyped]

    target, line = os.fsencode(address), os.fsencode(" ".join(words))
    try:
        if verb == "get":
            found = xpa.xpaget(target, line, 1)
            reached = found is not None
            for text in found or ():
                sys.stdout.write(text.decode(errors="replace"))
        else:
            data = sys.stdin.buffer.read() if verb == "send" else None
            reached = bool(xpa.xpaset(target, line, data, -1 if data is None else len(data), 1))
    except ValueError as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except TypeError:
        # xpa.xpaget cannot join its own error text: only the fact is left
        sys.stderr.write("XPA$ERROR refused, or no response\n")
        return 1
    if not reached:
        sys.stderr.write(f"XPA$ERROR no access points match {address}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
