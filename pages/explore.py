"""Explore: PCA scores beside bottleneck codes; every digit shows what each makes of it."""

from pcae.explorer import component
from pcae.ui import other_codes
from pcae.ui.run_picker import chosen

opened = chosen()
with opened.room:
    codes = other_codes.choose(opened.view.data)
component.show(opened.run, opened.view, codes)
