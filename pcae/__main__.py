"""`python -m pcae`: see `pcae.cli`."""

import sys

from pcae.cli import main

sys.exit(main())
