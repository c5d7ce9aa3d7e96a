"""What is somebody's is neither kept by a browser nor readable by another user of the machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.console.builders import as_role, signed_in, staff
from tests.market import builders

from liti.console import uploads
from liti.core.context import Actor, acting
from liti.core.ids import uuid7
from liti.core.models import AccessLog, User
from liti.site import settings as site_settings

pytestmark = pytest.mark.django_db


def of_customer(party_id) -> Client:
    user = User.objects.create_user("him", password="x", kind="customer", party_id=party_id)
    return signed_in(user)


def test_no_answer_is_kept_whoever_asks():
    party, account = builders.buyer(500_000)
    head, him = as_role("operation_head", "auditor", "service_desk"), of_customer(party)
    answers = [
        *(head.get(p) for p in ("/", f"/customers/{party}/", "/list/customers/", "/search/?q=aa")),
        *(him.get(p) for p in ("/m/", f"/m/accounts/{account}/", "/m/me/", "/m/nothing/")),
        Client().get("/auth/login/"),
        Client().get("/api/v1/partner/members/summary"),
        Client().post("/o/token/"),
        Client().get("/m/"),
        as_role("engineer").get("/admin/"),
    ]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"], answer.request["PATH_INFO"]
    assert {a.status_code for a in answers} >= {200, 302, 401, 404}


def test_static_files_may_be_kept():
    answer = Client().get("/static/ui/base.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.get("Cache-Control", "")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_the_house_writes_is_for_its_own_user_alone(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path / "data"
    with acting(Actor("staff", "steward", uuid7())):
        kept = uploads.keep(SimpleUploadedFile("core.csv", b"name\nZhang\n"))
    written = list(settings.LITI_DATA_DIR.rglob("*"))
    assert kept in written
    for path in written:
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_the_folder_of_data_is_shut_and_what_any_library_writes_follows(tmp_path):
    assert mode(site_settings.LITI_DATA_DIR) == 0o700
    before = os.umask(0o077)
    os.umask(before)
    assert before == 0o077


def test_a_masked_column_of_raw_data_is_found_whole_only_and_never_filtered_by():
    _party, account = builders.buyer(500_000)
    model = next(m for m in admin.site._registry if m._meta.label == "accounts.ElectronicAccount")
    number = model.objects.get(id=account).number
    client = signed_in(staff("engineer", name="raw"))
    path = "/admin/accounts/electronicaccount/"
    assert str(account) in client.get(path, {"q": number}).content.decode()
    for part in (number[:-1], number[1:], number[-4:]):
        assert str(account) not in client.get(path, {"q": part}).content.decode(), part
    searches = AccessLog.objects.filter(subject_type="search", actor="raw")
    assert [r.purpose for r in searches] == ["search:raw_data"] * 4
    for name in ("number__startswith", "number", "party_id__gt", "party_id"):
        shown = client.get(path, {name: number[:6]})
        assert (shown.status_code, str(account) in shown.content.decode()) != (200, True), name
