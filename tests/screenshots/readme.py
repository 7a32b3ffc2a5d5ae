"""The pictures of the READMEs that a running demonstration can show at its stage: python -m tests.screenshots.readme --port 8000."""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM, QUIET

OUT = Path("docs") / "pictures"
VIEW = {"width": 1280, "height": 800}
PICTURES = {  # stage: name of the picture, role as the list of accounts names it, address, the link that leads on from there
    "nominating": [("home", "province_handler", "/", ""), ("checklist", "province_handler", "/nominations/", "main tbody th a")],
    "review": [("sheet", "expert", "/review/sheets/", "main tbody th a")],
    "selected": [("ranking", "staff", "/review/ranking/", ""), ("selection", "staff", "/review/selection/", "")],
}


def main() -> None:
    wanted = _arguments()
    rows = [line.split("\t") for line in (wanted.demo / "accounts.txt").read_text(encoding="utf-8").splitlines() if line]
    accounts = {role: (username, password) for role, username, password, *_name in reversed(rows)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"])
        for name, role, path, link in PICTURES[(wanted.demo / "stage").read_text(encoding="utf-8")]:
            page = _signed_in(browser, f"http://localhost:{wanted.port}", *accounts[role])
            page.goto(path)
            if link:
                page.locator(link).first.click()
            page.screenshot(path=wanted.out / f"{name}.png")


def _signed_in(browser: Browser, origin: str, username: str, password: str) -> Page:
    page = browser.new_context(base_url=origin, viewport=VIEW, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The pictures of the READMEs.")
    parser.add_argument("--demo", type=Path, default=Path("var/demo"), help="folder of the demonstration (default: var/demo)")
    parser.add_argument("--port", type=int, default=8000, help="port of the demonstration (default: 8000)")
    parser.add_argument("--out", type=Path, default=OUT, help=f"folder for the pictures (default: {OUT})")
    return parser.parse_args()


if __name__ == "__main__":
    main()
