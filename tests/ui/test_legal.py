"""What a customer agrees to: dated, in both languages, open before signing in."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from liti.core.clock import set_business_date
from liti.ui import legal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_business_day():
    set_business_date(date(2026, 11, 25))


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("user-agreement", "用户协议", "User agreement"),
        ("personal-information", "个人信息保护政策", "Personal information policy"),
    ],
)
def test_a_text_is_open_to_all_from_the_sign_in_page_with_its_day(code, zh, en):
    for language, title in (("zh-hans", zh), ("en", en)):
        client = Client(headers={"accept-language": language})
        assert f"/ui/legal/{code}/" in client.get("/auth/login/").content.decode()
        page = client.get(f"/ui/legal/{code}/").content.decode()
        assert title in page
        assert "2026-01-01" in page


def test_each_language_says_as_much_and_a_text_holds_from_its_day_on():
    for code in ("user-agreement", "personal-information"):
        found = legal.legal_text(code, date(2026, 1, 1))
        assert found is not None
        assert len(found["zh"]) == len(found["en"]) > 5
        assert legal.legal_text(code, date(2025, 12, 31)) is None
        assert not [text for text in found["zh"] if "该客户" in text or "提现" in text]


def test_what_is_no_text_is_not_found():
    assert Client().get("/ui/legal/nothing/").status_code == 404
