"""From what files hold to a data set: what is judged, chosen instead, mended and left out."""
