"""Charts as pages show them."""

import subprocess
import sys

from tests.pages.conftest import ROOT


def test_no_chart_is_made_while_another_visitors_page_imports_pandas():
    # Plotly uses pandas, if it is among the modules, be it half imported
    ask = "import sys, pcae.ui.charts; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "True"
