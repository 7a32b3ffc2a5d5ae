from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pilotportal.documents import pdf
from pilotportal.documents.parts import Mark

AT = datetime(2025, 7, 16, 16, 40, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
DIGEST = "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
Render = Callable[..., bytes]


@pytest.fixture(autouse=True)
def documents_of_the_tests(settings: Any) -> None:
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates


@pytest.fixture
def mark() -> Mark:
    return Mark(code="TS-2025-0007", digest=DIGEST, address="https://portal.example.cn/verify/TS-2025-0007")


@pytest.fixture
def render() -> Render:
    def rendered(template: str = "tests/report.html", **changes: Any) -> bytes:
        facts = {"context": {}, "title": "书面评审情况汇总", "language": "zh-hans", "created": AT, "demonstration": False} | changes
        return pdf.render(template=template, **facts)

    return rendered
