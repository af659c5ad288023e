"""Firefox and WebKitGTK (Safari's engine) by what each of them understands without more packages.

Firefox by WebDriver BiDi over a socket, WebKitGTK by WebDriver over HTTP; both take what the
pointer and the keyboard do in the same form.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

from tests.browser.conftest import free_port

SIZE = (1280, 800)
MINI_BROWSERS = (
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
)
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowRight": "\ue014", "ArrowLeft": "\ue012"}
STARTS = 40  # seconds, at most


class Driver:
    """A window of a browser; what differs between browsers is in `open`, `evaluate`, `act`."""

    def open(self, url):
        """Go to an address."""
        raise NotImplementedError

    def evaluate(self, expression):
        """What an expression is in the page; a promise's value."""
        raise NotImplementedError

    def act(self, sources):
        """Take actions, as WebDriver has them."""
        raise NotImplementedError

    def wait(self, expression, seconds=30):
        """Wait until an expression is true in the page; what it is then."""
        end = time.monotonic() + seconds
        while not (found := self.evaluate(expression)):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            time.sleep(0.1)
        return found

    def pointer(self, *places, pressed=False):
        """Move to places of the window one after another, with the button down after the first."""
        steps = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 80} for x, y in places
        ]
        if pressed:
            steps.insert(1, {"type": "pointerDown", "button": 0})
            steps.append({"type": "pointerUp", "button": 0})
        kind = {"pointerType": "mouse"}
        self.act([{"type": "pointer", "id": "mouse", "parameters": kind, "actions": steps}])

    def click(self, element):
        """Click in the middle of the element that an expression gives."""
        found = f"""(() => {{ const at = {element}; at?.scrollIntoView({{ block: 'nearest' }});
            const {{ x, y, width, height }} = at?.getBoundingClientRect() ?? {{}};
            return at && width ? [x + width / 2, y + height / 2] : null; }})()"""
        self.pointer(self.wait(found), pressed=True)

    def press(self, element, then):
        """Click until something is true: a page that is drawn anew can move a button from under."""
        for _ in range(4):
            self.click(element)
            with contextlib.suppress(TimeoutError):
                return self.wait(then, 10)
        raise TimeoutError(then)

    def keys(self, *keys):
        """Press keys one after another."""
        steps = [
            {"type": kind, "value": KEYS.get(key, key)}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        self.act([{"type": "key", "id": "keyboard", "actions": steps}])


class Firefox(Driver):
    """Firefox, headless."""

    missing = None if shutil.which("firefox-esr") else "no Firefox here: install firefox-esr"

    def __init__(self, folder: Path, started: contextlib.ExitStack):
        port, self.number = free_port(), 0
        (folder / "user.js").write_text('user_pref("remote.active-protocols", 1);\n')
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", folder]
        command += ["--width", str(SIZE[0]), "--height", str(SIZE[1])]
        command += ["--remote-debugging-port", str(port)]
        _run(started, command, folder)
        self.socket = started.enter_context(
            _retried(lambda: connect(f"ws://127.0.0.1:{port}/session", max_size=None))
        )
        self.call("session.new", capabilities={})
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        size = dict(zip(("width", "height"), SIZE, strict=True))
        self.call("browsingContext.setViewport", context=self.context, viewport=size)

    def call(self, method, **parameters):
        """What a command answers."""
        self.number += 1
        said = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(said))
        while (answer := json.loads(self.socket.recv(timeout=60))).get("id") != self.number:
            pass
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, url):
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        expression = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        where = {"target": {"context": self.context}, "awaitPromise": True}
        answer = self.call("script.evaluate", expression=expression, **where)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def act(self, sources):
        self.call("input.performActions", context=self.context, actions=sources)


class WebKit(Driver):
    """WebKitGTK's small browser in a window that nobody sees."""

    browser = next((path for path in MINI_BROWSERS if Path(path).exists()), None)
    missing = (
        None
        if browser and shutil.which("WebKitWebDriver") and shutil.which("Xvfb")
        else "no WebKitGTK here: install webkit2gtk-driver and xvfb"
    )

    def __init__(self, folder: Path, started: contextlib.ExitStack):
        port, read = free_port(), os.pipe()
        screen = ["Xvfb", "-displayfd", str(read[1]), "-screen", "0", "1400x1000x24"]
        _run(started, screen, folder, pass_fds=[read[1]])
        os.close(read[1])
        with os.fdopen(read[0]) as display:
            shown = {"DISPLAY": f":{display.readline().strip()}"}
        homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        command = ["WebKitWebDriver", f"--port={port}"]
        _run(started, command, folder, env=os.environ | shown | homes)
        self.url = f"http://127.0.0.1:{port}/session"
        options = {"binary": self.browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = _retried(lambda: self.call("", capabilities=wanted))
        self.url += f"/{made['sessionId']}"
        started.callback(self.call, "", method="DELETE")
        self.call("/window/rect", x=0, y=0, width=SIZE[0], height=SIZE[1] + 40)

    def call(self, path, method="POST", **parameters):
        """What a command answers."""
        data = json.dumps(parameters).encode() if method == "POST" else None
        asked = urllib.request.Request(self.url + path, data, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise RuntimeError(json.load(problem)["value"]["message"]) from None

    def open(self, url):
        self.call("/url", url=url)

    def evaluate(self, expression):
        script = f"return (async () => JSON.stringify((await ({expression})) ?? null))()"
        found = self.call("/execute/sync", script=script, args=[])
        return json.loads(found if found is not None else "null")

    def act(self, sources):
        self.call("/actions", actions=sources)


def _run(started, command, folder, **more):
    """Start a program that ends with the others; what it says lies in a file."""
    log = started.enter_context((folder / f"{Path(command[0]).name}.log").open("wb"))
    program = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, **more)
    started.callback(program.wait)
    started.callback(program.terminate)


def _retried(make):
    """What something gives once the program behind it listens."""
    end = time.monotonic() + STARTS
    while True:
        try:
            return make()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
