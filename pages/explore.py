"""Explore: PCA scores beside bottleneck codes; every digit shows what each makes of it."""

from pcae.ui import component, other_codes
from pcae.ui.run_picker import chosen

opened = chosen()
codes = other_codes.choose(opened.view.data, opened.room)
component.show(opened.run, opened.view, codes)
