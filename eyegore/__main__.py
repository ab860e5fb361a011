"""``python -m eyegore``."""

import sys

from eyegore.cli import main

sys.exit(main())
