#!/usr/bin/env python3
"""The pages of `-o html` in a headless Chromium: accessible, readable on a phone, and alone.

    pages.py PROGRAM [--pictures FOLDER]

Of the recorded scenarios, of comparisons of two places, of three, and of many with the longest names, of many targets, and of a
capture whose every text is hostile, at a phone's and a desktop's width, light and dark, folded and unfolded:

- axe-core finds nothing (WCAG 2.2 A and AA, and its best practices);
- nothing is loaded but the page itself, nothing runs, and nothing violates the page's own policy;
- nothing is wider than the screen but what scrolls by itself, and no text of a picture is out of its box; on the phone no text
  of a table's cell is cut off, since the beginning of an address may be another address;
- the keyboard reaches whatever unfolds, scrolls or leads elsewhere;
- on paper everything is unfolded, and nothing is wider than the paper.

Debian's chromium has to be there; axe-core comes from npm and a WebSocket client from PyPI into a folder of its own. With
--pictures, a picture of each page is kept for a person to look at. Chromium gets no network but loopback.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from shared import ENVIRONMENT, importable, of_npm, python_with, waited

ROOT = pathlib.Path(__file__).resolve().parent.parent
AXE = "axe-core@4.14.1"
CLIENT = "websocket-client==1.9.0"
# A4 between margins of 10 mm, at 96 pixels an inch (CSS Values and Units, section 6.2).
SCREENS = {"phone": (360, 740), "desktop": (1280, 900), "paper": (718, 1047)}
# The longest name that --vantage takes.
PLACE_NAME = 64
# Elements beyond the right edge. On an emulated phone innerWidth grows with what is too wide, so the width is told.
WIDE = """(width, scrolling) => [...document.querySelectorAll('body *')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > width + 1 && !one.closest(scrolling))
  .map(one => one.outerHTML.slice(0, 120)).concat(document.documentElement.scrollWidth > width ? ['the page'] : [])"""
# Texts of a table's body that are cut off at the right of what they scroll in, or of the screen.
CUT_OFF = """width => [...document.querySelectorAll('tbody th, tbody td')].filter(cell => cell.checkVisibility()).flatMap(cell => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const cut = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const holders = [...cell.querySelectorAll('*'), cell, cell.closest('.scroll')].filter(one => one && one.contains(text));
    const end = Math.min(width, ...holders.filter(one => getComputedStyle(one).overflowX != 'visible')
      .map(one => one.getBoundingClientRect().right));
    if (!text.parentElement.closest('.unseen') && [...range.getClientRects()].some(part => part.right > end + 1))
      cut.push(text.textContent.slice(0, 120));
  }
  return cut;
})"""
# Texts of a picture that are in none of its boxes. What is not shown at this width has no size.
OUT_OF_BOX = """[...document.querySelectorAll('figure svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const boxes = [...svg.querySelectorAll('rect')].map(one => one.getBBox());
  return [...svg.querySelectorAll('text')].filter(text => {
    const own = text.getBBox();
    return own.width == 0 || !boxes.some(box => own.x >= box.x && own.y >= box.y && own.x + own.width <= box.x + box.width
      && own.y + own.height <= box.y + box.height);
  }).map(text => text.textContent);
})"""
HOSTILE = "</title></style><script>hacked=1</script><img src=x onerror=hacked=1>\"'`&lt; onclick=hacked=1 \u202e\x1b[31m\u2028]]>{}"


def fail(message):
    sys.exit(f"pages.py: {message}")


def page(program, *arguments):
    run = subprocess.run([program, *arguments, "-o", "html"], env=ENVIRONMENT, capture_output=True, timeout=60, check=False)
    if run.returncode not in (0, 1, 3) or not run.stdout.startswith(b"<!DOCTYPE html>"):
        fail(f"{arguments}: {run.returncode}: {run.stderr.decode(errors='replace')}")
    return run.stdout


def poisoned(program, document, folder):
    """The document with HOSTILE behind each text, one text after the other, as long as it is still a capture."""
    count = 0

    def texts(value, way=()):
        if isinstance(value, str):
            yield way
        elif isinstance(value, (dict, list)):
            for key, member in value.items() if isinstance(value, dict) else enumerate(value):
                yield from texts(member, (*way, key))

    capture = folder / "hostile.json"
    for way in list(texts(document)):
        holder = document
        for key in way[:-1]:
            holder = holder[key]
        kept = holder[way[-1]]
        holder[way[-1]] = kept + HOSTILE
        capture.write_text(json.dumps(document))
        run = subprocess.run([program, "replay", str(capture), "-o", "short"], env=ENVIRONMENT, capture_output=True, check=False)
        if run.returncode in (0, 1, 3):
            count += 1
        else:
            holder[way[-1]] = kept
    if count < 20:
        fail(f"only {count} texts of the capture could be made hostile")
    capture.write_text(json.dumps(document))
    return page(program, "replay", str(capture))


def named(place, name, folder):
    """The capture of a place under another name, as a file."""
    document = json.loads((ROOT / f"fixtures/places/{place}.json").read_text())
    document["vantage"]["name"] = name
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    return str(path)


class Browser:
    """Chromium, spoken to over its own protocol."""

    def __init__(self, folder):
        import websocket

        chromium = shutil.which("chromium") or fail("Debian's chromium is missing")
        self.process = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-port=0", "--remote-allow-origins=*",
             f"--user-data-dir={folder}/profile", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
        port = folder / "profile" / "DevToolsActivePort"
        waited("chromium", lambda: self.process.poll() is not None or port.exists() and port.read_text().strip(), 60)
        if self.process.poll() is not None:
            fail("chromium does not start")
        at = port.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{at}/json", timeout=30) as answer:
            target = next(target for target in json.load(answer) if target["type"] == "page")
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=60, max_size=None)
        self.number = 0
        self.events = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    fail(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, script):
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            fail(f"{script[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def show(self, address, screen, scheme, medium=""):
        width, height = SCREENS[screen]
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=screen == "phone")
        self.call("Emulation.setEmulatedMedia", media=medium, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=address)
        end = time.monotonic() + 30
        while self.run("document.readyState") != "complete":
            if time.monotonic() > end:
                fail(f"{address} does not load")

    def press_tab(self):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def picture(self, path):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                         clip={**self.run("({x: 0, y: 0, width: innerWidth, height: document.documentElement.scrollHeight})"),
                               "scale": 1})
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait(30)


def look(browser, axe, name, address, pictures):
    """What is wrong with a page."""
    wrong = []
    for screen in ("phone", "desktop"):
        for scheme in ("light", "dark"):
            what = f"{name}, {screen}, {scheme}"
            browser.show(address, screen, scheme)
            if pictures:
                browser.picture(pictures / f"{name}.{screen}.{scheme}.png")
            browser.run(axe)
            for folded in (True, False):
                if not folded:
                    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
                wide = browser.run(f"({WIDE})({SCREENS[screen][0]}, 'pre, .scroll')")
                wrong += [f"{what}: wider than the screen: {one}" for one in wide]
                wrong += [f"{what}: out of its box: {one}" for one in browser.run(OUT_OF_BOX)]
                if screen == "phone":
                    wrong += [f"{what}: cut off: {one}" for one in browser.run(f"({CUT_OFF})({SCREENS[screen][0]})")]
                found = browser.run(
                    "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
                    ".then(all => all.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 160) + ' '"
                    " + node.failureSummary).slice(0, 3).join(' | ')))")
                wrong += [f"{what}: {one}" for one in found]
            if pictures and screen == "desktop":
                browser.picture(pictures / f"{name}.unfolded.{scheme}.png")
    # Whatever is loaded, run or refused shows in what the browser tells.
    browser.show(address, "desktop", "light")
    browser.run("new Promise(done => setTimeout(done, 300))")
    for event in browser.events:
        method, told = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent" and told["request"]["url"] != address:
            wrong.append(f"{name}: loads {told['request']['url'][:120]}")
        if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            wrong.append(f"{name}: {json.dumps(told)[:300]}")
    if browser.run("typeof hacked != 'undefined' || document.querySelector('script, img, iframe, object, embed, link, base, form')"
                   " != null || [...document.querySelectorAll('*')].some(one => [...one.attributes].some("
                   "attribute => attribute.name.startsWith('on') || attribute.name == 'style'))"):
        wrong.append(f"{name}: something of it runs or loads")
    # Every stop of the keyboard, to the end of the page.
    stops = "summary, a[href], [tabindex=\"0\"]"
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    count = browser.run(f"document.querySelectorAll('{stops}').length")
    browser.run("reached = new Set()")
    for _ in range(count + 2):
        browser.press_tab()
        browser.run("reached.add(document.activeElement)")
    missed = browser.run(f"[...document.querySelectorAll('{stops}')].filter(one => !reached.has(one)).map(one => one.outerHTML.slice(0, 120))")
    wrong += [f"{name}: the keyboard does not reach {one}" for one in missed]
    browser.show(address, "paper", "light", "print")
    wide = browser.run(f"({WIDE})({SCREENS['paper'][0]}, 'no-element')")
    wide += browser.run("[...document.querySelectorAll('.scroll, pre')].filter(one => one.scrollWidth > one.clientWidth + 2)"
                        ".map(one => one.outerHTML.slice(0, 120))")
    wrong += [f"{name}: wider than the paper: {one}" for one in wide]
    unnamed = browser.run("[...document.querySelectorAll('table.many td')].filter(one => !one.querySelector('.place').checkVisibility()).length")
    if unnamed:
        wrong.append(f"{name}: {unnamed} cells do not name their place on paper")
    hidden = browser.run("[...document.querySelectorAll('details > .inside')].filter(one => !one.checkVisibility({contentVisibilityAuto: true})"
                         " || one.getBoundingClientRect().height == 0).length")
    if hidden:
        wrong.append(f"{name}: {hidden} parts are not on paper")
    if pictures:
        browser.picture(pictures / f"{name}.print.png")
    return wrong


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    pictures = pathlib.Path(sys.argv[3]) if sys.argv[2:3] == ["--pictures"] else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        importable(python_with(folder / "venv", CLIENT))
        axe = (of_npm(folder, AXE) / "axe.min.js").read_text()
        pages = {}
        listed = [line.split()[0] for line in (ROOT / "fixtures/pages.txt").read_text().splitlines() if line[:1] not in ("#", "")]
        for scenario in listed:
            name = scenario.replace("/", ".")
            pages[name] = page(program, "replay", str(ROOT / f"fixtures/pages/{name}.json"))
        places = [str(ROOT / f"fixtures/places/{place}.json") for place in ("laptop", "bastion")]
        pages["comparison"] = page(program, "compare", *places)
        pages["comparison-of-three"] = page(program, "compare", *places, places[0])
        long = [f"{letter}{'-long' if number % 2 else 'W' * 9}".ljust(PLACE_NAME, letter) for number, letter in enumerate("abcdefghijkl")]
        many = [named(("laptop", "bastion")[number % 2], name, folder) for number, name in enumerate(long)]
        pages["comparison-of-many"] = page(program, "compare", *many)
        pages["comparison-on-paper"] = page(program, "compare", *many[:4])
        # Many targets, at a port of loopback that is closed.
        hosts = "".join(f"{digit * 32}.yl4.ap-northeast-1.eks.amazonaws.com\n" for digit in "0123456789ABCDEF")
        (folder / "targets").write_text(hosts)
        pages["fleet"] = page(program, "check", "--targets", str(folder / "targets"), "--no-local", "--no-os", "--no-aws",
                              "--resolver", "corp=127.0.0.1:9", "--timeout", "300ms", "--expect", "10.0.0.0/8")
        document = json.loads((ROOT / f"fixtures/pages/{listed[0].replace('/', '.')}.json").read_text())
        pages["hostile"] = poisoned(program, document, folder)
        browser = Browser(folder)
        try:
            wrong = []
            for name, text in pages.items():
                path = folder / f"{name}.html"
                path.write_bytes(text)
                wrong += look(browser, axe, name, path.as_uri(), pictures)
        finally:
            browser.close()
    if wrong:
        fail("\n".join(dict.fromkeys(wrong)))
    print(f"pages.py: {len(pages)} pages")


main()
