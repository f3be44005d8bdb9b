"""What built pages ask other hosts for: nothing, so that the site is whole without a network."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)
# Attributes by which a page loads what it shows; a link that a reader follows is none.
LOADED = {"src", "data", "poster", "background", "formaction"}
RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect",
             "dns-prefetch", "manifest"}  # fmt: skip


class _Requests(HTMLParser):
    """Addresses on other hosts that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        loaded = [value for name, value in given.items() if name in LOADED]
        loaded += [part.strip() for part in given.get("srcset", "").split(",")]
        loads = tag == "link" and RELATIONS & set(given.get("rel", "").lower().split())
        if loads or tag in ("image", "use"):
            loaded += [given.get("href", ""), given.get("xlink:href", "")]
        self.found += [address for address in loaded if ELSEWHERE.match(address)]
        self.found += IN_STYLE.findall(given.get("style", ""))


def requests_of(text: str) -> list[str]:
    """What a page, or a style sheet, asks other hosts for."""
    page = _Requests()
    page.feed(text)
    return page.found + IN_STYLE.findall(text)


def requests_under(folder: Path) -> Iterator[str]:
    """The same of all pages and style sheets in a folder, one line each."""
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.css")]):
        for address in dict.fromkeys(requests_of(path.read_text("utf8"))):
            yield f"{path.relative_to(folder)} asks another host for {address}"
