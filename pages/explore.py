"""Explore: PCA scores beside bottleneck codes; every digit shows what each makes of it."""

from pcae.explorer import component
from pcae.ui.run_picker import chosen

opened = chosen()
component.show(opened.run, opened.view)
