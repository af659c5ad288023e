"""The Dockerfile's steps, and what its container is to do, in a root file system without an engine.

For a machine on which no container engine runs. A folder takes the place of the image that the
Dockerfile begins with: Debian, made by

    debootstrap --include=python3-venv,ca-certificates bookworm FOLDER

in which `/usr/local` becomes a Python of its own, as that image has it. Each step is then done in
it by `chroot`, in namespaces of its own for processes and mounts. What only an engine does, it
cannot try: layers, the network between containers, limits, and that the engine asks for health.

    python -m benchmarks.container FOLDER          does the steps, then starts what CMD says
    python -m benchmarks.container FOLDER --start  only starts it
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PASSED = ("PIP_", "STREAMLIT_", "PCAE_")  # variables of this process's that steps may see
_MOUNTS = "mount -t proc proc /proc; mount -t tmpfs -o mode=1777 shm /dev/shm; "


@dataclass
class Image:
    """The state that steps change."""

    folder: Path
    place: str = "/"
    user: str = "root"
    variables: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)  # build arguments
    command: list[str] = field(default_factory=list)
    health: str = ""

    def run(self, command: str) -> int:
        """The exit status of a shell's command within the folder, as its user and in its place."""
        known = {name: of for name, of in os.environ.items() if name.startswith(_PASSED)}
        settings = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/tmp"}
        settings |= known | self.given | self.variables
        inner = f"cd {shlex.quote(self.place)} && {command}"
        if self.user != "root":
            who = f"--reuid={self.user} --regid={self.user} --init-groups --no-new-privs"
            inner = f"exec setpriv {who} /bin/sh -c {shlex.quote(inner)}"
        apart = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "chroot",
            str(self.folder),
        ]
        done = subprocess.run([*apart, "/bin/sh", "-c", _MOUNTS + inner], env=settings, check=False)
        return done.returncode


def steps(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, each with what stands behind its name."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (name, rest)
        for name, _, rest in (line.partition(" ") for line in joined.split("\n"))
        if name
    ]


def do(image: Image, name: str, rest: str) -> None:
    """Do one instruction; `SystemExit` where it fails or is not known here."""
    match name:
        case "FROM" | "EXPOSE" | "VOLUME":
            print(f"   (left to an engine: {name})", flush=True)
        case "ARG":
            key, _, usual = rest.partition("=")
            image.given.setdefault(key, usual)
        case "ENV":
            image.variables |= dict(part.split("=", 1) for part in shlex.split(rest))
        case "WORKDIR":
            image.place = rest
            (image.folder / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = rest
        case "COPY":
            *sources, to = rest.split()
            target = image.folder / image.place.lstrip("/") / to
            for source in sources:
                _copy(ROOT / source, target / Path(source).name if to.endswith("/") else target)
        case "RUN":
            if status := image.run(rest):
                sys.exit(f"{name} {rest}: {status}")
        case "HEALTHCHECK":
            image.health = re.sub(r"^(--\S+ )*CMD ", "", rest)
        case "CMD":
            image.command = json.loads(rest)
        case _:
            sys.exit(f"{name} is not known here")


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, to, dirs_exist_ok=True, ignore=ignored)
    else:
        shutil.copy(source, to)


def _without_python(image: Image) -> bool:
    return not (image.folder / "usr/local/bin/python").exists()


def main() -> int:
    """Do the steps in a folder; the exit status of what is started there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", action="store_true", help="the steps are done already")
    parser.add_argument("--health", action="store_true", help="only ask for the health of it")
    parser.add_argument("--cuda", action="store_true", help="with the build argument CUDA=1")
    options = parser.parse_args()
    image = Image(options.folder.absolute(), given={"CUDA": "1" if options.cuda else "0"})
    building = not (options.start or options.health)
    if building and _without_python(image) and image.run("python3 -m venv /usr/local"):
        sys.exit(f"{image.folder} has no Python that can make an environment")
    for name, rest in steps((ROOT / "Dockerfile").read_text("utf-8")):
        if building or name not in {"RUN", "COPY"}:
            print(f"== {name} {rest}", flush=True)
            do(image, name, rest)
    return image.run(image.health if options.health else f"exec {shlex.join(image.command)}")


if __name__ == "__main__":
    sys.exit(main())
