"""What reads files, with files that do it harm: for tests of what starts it.

What a file is called says what happens to the process that reads it.
"""

import os
import time

from pcae.data.apart import program
from pcae.data.dataset import DataError


def read(files, *, told, **_):
    """What a hostile file might bring a reader to do."""
    (name, *_) = files
    told(0.25, f"Reading {name}")
    match name:
        case "crash":
            os.abort()
        case "memory":
            return [bytearray(2**28) for _ in range(8)]
        case "patience":
            time.sleep(60)
        case "busy":
            while True:
                pass
        case "noise":
            print("no answer", flush=True)
        case "words":
            raise DataError("These words are said.")
        case "other":
            raise ZeroDivisionError
    raise DataError(f"{name} was read.")


if __name__ == "__main__":
    program.uploads.read = read
    program.main()
