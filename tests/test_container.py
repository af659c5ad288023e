"""The Dockerfile: what it copies is here and let in, and its steps are those that are tried."""

import re
from pathlib import Path

from benchmarks import container

ROOT = Path(__file__).parents[1]
STEPS = container.steps((ROOT / "Dockerfile").read_text("utf-8"))


def test_what_is_copied_is_here_and_nothing_else_is_let_in():
    copied = {part for name, of in STEPS if name == "COPY" for part in of.split()[:-1]}
    assert all((ROOT / each).exists() for each in copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert let_in == {each.split("/")[0] for each in copied}
    assert ignored[1] == "*" and ".streamlit/secrets.toml" in ignored


def test_steps_are_read_over_several_lines():
    text = "# a\nFROM a\nRUN one && \\\n    two\nENV A=1 B=2\n"
    assert container.steps(text) == [("FROM", "a"), ("RUN", "one &&      two"), ("ENV", "A=1 B=2")]


def test_the_container_runs_as_a_user_whose_the_volume_is(tmp_path):
    image = container.Image(tmp_path)
    for name, of in STEPS:
        if name not in {"RUN", "COPY"}:
            container.do(image, name, of)
    assert image.user == "pcae" and image.variables["PCAE_HOME"] == "/data"
    assert image.health == "python -m pcae.classroom.alive" and image.command[0] == "python"


def test_compose_gives_caddy_what_its_file_asks_for():
    asked = re.findall(r"\{\$(\w+)", (ROOT / "Caddyfile").read_text("utf-8"))
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert asked and all(re.search(rf"^      {name}: ", text, re.MULTILINE) for name in asked)
