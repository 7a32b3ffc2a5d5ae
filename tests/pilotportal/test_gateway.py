"""What the proxy shows while the portal cannot answer: whole pages, which load nothing, for every code that its configuration names."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from pilotportal import gateway

PROXY = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
NAMED = dict(re.findall(r"error_page (\d+) /gateway/(\S+);", PROXY))


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.languages: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.languages |= {given["lang"] or ""} if "lang" in given else set()
        self.loads += [given[name] or "" for name in ("src", "action") if name in given]
        self.loads += [given["href"] or ""] if tag == "link" else []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("gateway") / "new"
    call_command("gateway_pages", folder, verbosity=0)
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_the_proxy_names_a_page_for_each_of_its_own_answers(pages: dict[str, str]) -> None:
    assert set(NAMED.values()) == set(pages)
    assert {"413", "502", "503", "504"} <= set(NAMED)
    assert all(name == f"{code}.html" for code, name in NAMED.items())


def test_the_pages_are_in_the_image_where_the_proxy_looks_for_them() -> None:
    folder = re.search(r"location /gateway/ \{[^}]*alias (\S+)/;", PROXY).group(1)
    dockerfile = (Path(settings.BASE_DIR) / "Dockerfile").read_text()
    assert f"manage.py gateway_pages {folder}" in dockerfile
    assert f"COPY --from=app {folder} {folder}" in dockerfile


def test_the_portals_own_answers_are_not_replaced() -> None:
    assert "proxy_intercept_errors" not in PROXY


@pytest.mark.parametrize("code", gateway.PAGES)
def test_a_page_loads_nothing_and_says_the_same_in_both_languages(pages: dict[str, str], code: int) -> None:
    text = pages[f"{code:d}.html"]
    found = Elements()
    found.feed(text)
    assert not {"script", "img", "iframe", "form"} & set(found.tags)
    assert [address for address in found.loads if not address.startswith("data:")] == []
    assert not re.search(r"@import|url\((?!.?data:)", text)
    assert found.languages == {"zh-CN", "en"}
    assert found.tags.count("h1") == 2
    assert text.count(f"{code:d}") >= 2
    assert len(text.encode()) < 16 * 1024


def test_a_page_says_what_happened_what_it_means_and_what_to_do_in_chinese(pages: dict[str, str]) -> None:
    chinese = re.search(r'<div lang="zh-CN">(.*?)</div>\s*</div>', pages["413.html"], re.DOTALL).group(1)
    assert "提交的内容过大" in chinese
    assert "未保存、未更改任何内容。" in chinese
    assert len(re.findall(r"<p\b", chinese)) == 5
