"""The report page is whole by itself, and a browser has nothing to complain about."""

import json
import re
import shutil
import subprocess
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.monitoring.conftest import (
    BEGAN,
    Monitor,
    Row,
    calibrate,
    capture,
    deliver,
    traffic,
    world,
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), "")
QUIETLY = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--enable-logging=stderr", "--v=0", "--virtual-time-budget=2000",
]  # fmt: skip
OF_THE_BROWSER = ("google.com", "googleapis.com", "gvt1.com")
HOSTILE = '<img src=x onerror="alert(1)">&'


@pytest.fixture
def pages(rows: list[Row], monitor: Monitor, tmp_path: Path) -> dict[str, Path]:
    """Outcome to page; the one with drift holds what someone hostile would send."""
    week = [row for row in rows if row[0] >= BEGAN + timedelta(weeks=7)]
    drifted = [(at, [HOSTILE if i % 9 == 0 else values[0], *values[1:]])
               for i, (at, values) in enumerate(week)]  # fmt: skip
    captures = {
        "quiet": traffic(tmp_path / "a", week),
        "drift": traffic(tmp_path / "b", drifted),
        "too-few-records": capture(tmp_path / "c", [(week[0][0], "{")]),
    }
    pages = {}
    for outcome, folder in captures.items():
        report = monitor(folder)
        assert report.read()["outcome"] == outcome
        pages[outcome] = tmp_path / f"{outcome}.html"
        pages[outcome].write_text(report.read("report.html"))
    return pages


class Page(HTMLParser):
    """Tags that are open, what they refer to, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "link"}:
            self.open.append(tag)
        self.references += [v for name, v in attrs if name in {"src", "href", "xlink:href"}]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.handle_starttag(tag, attrs)
        self.open.remove(tag) if tag in self.open else None

    def handle_data(self, data: str) -> None:
        self.text += data


def test_names_of_columns_are_shown_as_text(monitor: Monitor, tmp_path: Path):
    rows = [(at, ["1", str(index % 7)]) for index, (at, _) in enumerate(world(weeks=3))]
    data = deliver(tmp_path / "data", rows, {"a<b>": "category", "c&d": "number"})
    assert calibrate(data, tmp_path / "known") == 0
    folder = capture(tmp_path / "capture", [])
    page = Page(monitor(folder, known=tmp_path / "known").read("report.html"))
    assert "a<b>" in page.text
    assert "c&d" in page.text


@pytest.mark.parametrize("outcome", ["quiet", "drift", "too-few-records"])
def test_a_page_refers_to_nothing_elsewhere_and_holds_no_script(pages, outcome: str):
    html = pages[outcome].read_text()
    page = Page(html)
    assert page.open == []
    assert page.references == ["data:,"]
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not re.search(r"url\(|@import|https?://", html)


def test_the_verdict_comes_first(pages):
    text = Page(pages["drift"].read_text()).text
    assert text.index("Drift") < text.index("Shop's share of values that the baseline never held")
    assert text.index("never held") < text.index("Traffic by day")
    assert "Not judged" in Page(pages["too-few-records"].read_text()).text


def test_what_was_sent_is_shown_as_text(pages):
    html = pages["drift"].read_text()
    assert HOSTILE not in html
    assert HOSTILE[:40] in Page(html).text


def test_the_most_changed_feature_is_first_and_its_threshold_is_marked(pages):
    html = pages["drift"].read_text()
    features = re.findall(r"<h3>(\w+)</h3>", html)
    assert features[0] == "shop"
    assert sorted(features) == sorted(["shop", "outside", "inside", "queue", "scanned"])
    first = html[html.index("<h3>shop</h3>") :].split("</article>")[0]
    assert 'class="limit"' in first
    assert 'class="whisker"' in first


def look(page: Path, tmp_path: Path) -> tuple[str, set[str]]:
    """What a browser that reaches no host logs of a page, and the hosts that were asked for.

    Chromium asks for hosts of its maker whatever it shows; they are left out.
    """
    log = tmp_path / "net.json"
    shown = subprocess.run(
        [CHROMIUM, *QUIETLY, f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", f"file://{page}"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "</main>" in shown.stdout
    events = json.loads(log.read_text())["events"]
    asked = {urlsplit(e["params"]["url"]).hostname for e in events if "url" in e.get("params", {})}
    return shown.stderr, {host for host in asked if host and not host.endswith(OF_THE_BROWSER)}


needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="needs Chromium on PATH, for example Debian's package chromium"
)


@needs_chromium
@pytest.mark.parametrize(
    "outcome",
    [
        "drift",
        pytest.param("quiet", marks=pytest.mark.nightly),
        pytest.param("too-few-records", marks=pytest.mark.nightly),
    ],
)
def test_a_browser_logs_no_error_and_asks_for_nothing(pages, tmp_path: Path, outcome: str):
    errors, hosts = look(pages[outcome], tmp_path)
    assert "CONSOLE" not in errors
    assert hosts == set()


@needs_chromium
def test_the_browser_would_tell_of_an_error_and_of_a_request(tmp_path: Path):
    page = tmp_path / "bad.html"
    page.write_text("<main><img src=http://elsewhere.test/a.png></main><script>nothing()</script>")
    errors, hosts = look(page, tmp_path)
    assert "CONSOLE" in errors
    assert hosts == {"elsewhere.test"}
