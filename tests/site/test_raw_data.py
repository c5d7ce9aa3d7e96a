"""/admin/: everything there can be read by engineer and auditor, and nothing written by anybody."""

from __future__ import annotations

from datetime import date

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from tests.core.builders import give
from tests.market import builders

from liti.core import params
from liti.core.context import acting, job
from liti.core.models import AccessLog, User
from liti.market.models import Product

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "a long sentence of words"
READERS = ("engineer", "auditor")


def user(role: str, **more: object) -> User:
    found = User.objects.create_user(f"u-{role}", password=PASSWORD, kind="staff", **more)
    give(found, role)
    return found


def signed_in(role: str, **more: object) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user(role, **more), backend=BACKEND)
    return client


def models() -> list[type]:
    return list(admin.site._registry)


def lists() -> list[str]:
    return [reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in models()]


def test_only_the_houses_own_tables_are_shown():
    assert Product in models()
    assert all(m.__module__.startswith("liti.") for m in models())


@pytest.mark.parametrize("role", READERS)
def test_every_list_opens_and_takes_nothing(role):
    client = signed_in(role)
    for path in ["/admin/", *lists()]:
        assert client.get(path).status_code == 200, path
        assert client.post(path, {"action": "delete_selected"}).status_code == 403, path
        assert client.get(f"{path}add/").status_code in (403, 404), path
        assert client.post(f"{path}add/", {}).status_code == 403, path


@pytest.mark.parametrize("role", READERS)
def test_every_row_opens_and_cannot_be_changed_deleted_or_its_log_read(role):
    builders.buyer(500_000)
    client, opened = signed_in(role), 0
    for model in models():
        row = model.objects.order_by("pk").first()
        if row is None or model._meta.pk.name == "pk":
            continue
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        change = reverse(f"{base}_change", args=[row.pk])
        assert client.get(change).status_code == 200, change
        assert client.post(change, {"_save": "1"}).status_code == 403, change
        for verb in ("delete", "history"):
            path = reverse(f"{base}_{verb}", args=[row.pk])
            assert client.get(path).status_code == 403, path
            assert client.post(path, {"post": "yes"}).status_code == 403, path
        opened += 1
    assert opened >= 8


def test_a_superuser_of_another_role_and_every_other_role_is_refused():
    for role in ("operation_head", "product_manager", "finance_officer", "data_steward"):
        client = signed_in(role, is_staff=True, is_superuser=True)
        for path in ["/admin/", *lists()]:
            assert client.get(path).status_code == 403, (role, path)


def test_a_stranger_goes_to_the_houses_own_sign_in():
    for path in ("/admin/", *lists()[:3]):
        assert Client().get(path)["Location"].startswith("/auth/login/?next=%2Fadmin%2F")
    assert Client().get("/admin/login/")["Location"] == "/auth/login/"
    assert Client().get("/admin/password_change/")["Location"] == "/auth/password/change/"


def test_personal_columns_are_masked_and_reading_leaves_a_trace():
    _party, account = builders.buyer(500_000)
    client = signed_in("engineer")
    path = reverse("admin:accounts_electronicaccount_changelist")
    from_table = admin.site._registry  # the model, without reaching into another room
    model = next(m for m in from_table if m._meta.label == "accounts.ElectronicAccount")
    row = model.objects.get(id=account)

    listed = client.get(path).content.decode()
    opened = client.get(f"{path}{account}/change/").content.decode()

    for page in (listed, opened):
        assert row.number not in page
        assert f"…{row.number[-4:]}" in page
    assert str(row.party_id) not in opened
    traces = AccessLog.objects.filter(subject_type="raw_data").order_by("id")
    assert [(t.actor, t.purpose) for t in traces] == [
        ("u-engineer", "/admin/ accounts.ElectronicAccount list"),
        ("u-engineer", "/admin/ accounts.ElectronicAccount row"),
    ]
    assert traces[1].subject_id == account
    assert set(traces[1].fields) >= {"number"}


def test_who_has_a_second_step_must_have_taken_it():
    client = signed_in("engineer")
    engineer = User.objects.get(username="u-engineer")
    Authenticator.objects.create(user=engineer, type=Authenticator.Type.TOTP, data={})
    assert client.get("/admin/")["Location"] == reverse("mfa_index")
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 1.0}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(engineer.pk)
    session.save()
    assert client.get("/admin/").status_code == 200


def test_the_bank_may_ask_everybody_for_a_second_step():
    client = signed_in("engineer")
    assert client.get("/admin/").status_code == 200
    with acting(job("database")):
        params.set_parameter("core.raw_data.second_step", True, date(2020, 1, 1))
    assert client.get("/admin/")["Location"] == reverse("mfa_index")


def test_five_wrong_passwords_lock_the_name_out():
    user("engineer")
    client = Client(headers={"accept-language": "en"})
    for _n in range(5):
        client.post("/auth/login/", {"login": "u-engineer", "password": "wrong"})
    locked = client.post("/auth/login/", {"login": "u-engineer", "password": PASSWORD})
    assert locked.status_code == 200
    assert "Too many failed login attempts" in locked.content.decode()
    assert client.get("/admin/").status_code == 302
