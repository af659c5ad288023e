"""Draw: a digit of one's own in both planes, what each makes of it, and its neighbours."""

from pcae.explorer import component
from pcae.ui.run_picker import chosen

opened = chosen()
component.draw(opened.run, opened.view)
