"""What reading one visitor's files may take; both sides of the process that does it hold to it."""

MOST_SECONDS = 60
MOST_MEMORY = 2**30  # bytes, beside what the process takes at its start
MOST_WRITTEN = 2**30  # bytes of a file
ARRAYS, UNDERSTOOD = "arrays.safetensors", "understood.json"  # what comes of it
