"""Where what runs in the browser lies: our own scripts, and the plotly.js of Plotly's package."""

from __future__ import annotations

from pathlib import Path

import plotly

FOLDER = Path(__file__).parent / "browser"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
