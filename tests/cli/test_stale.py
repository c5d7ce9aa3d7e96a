"""What is too old is named with its day and the remedy, and nothing is done with it."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection
from tests.market.builders import account_of, person
from tests.parties.builders import people, row_of, write_csv

from liti.cli.main import root
from liti.core.clock import set_business_date
from liti.core.errors import Conflict
from liti.core.ids import uuid7
from liti.insight import freshness
from liti.insight.models import FeatureRow
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.parties import age
from liti.parties.models import ImportRun, SourceRecord

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 19)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _bank(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path / "data"
    set_business_date(TODAY)


def liti(*arguments):
    done = CliRunner().invoke(root, arguments)
    return done.exit_code, done.output


def refuses(*arguments, says):
    code, output = liti(*arguments)
    assert code == 1, output
    for each in says:
        assert str(each) in output


def post(account):
    post_one(TransferRequest(uuid7(), internal_account("cash"), account, 100, "deposit", TODAY))


def test_features_are_not_built_on_a_history_that_the_books_have_left_behind():
    account = account_of(person(), 5_000)
    refuses("insight", "features", says=["insight.no_history"])
    assert liti("insight", "export")[0] == 0
    assert liti("insight", "features")[0] == 0

    post(account)
    before = list(FeatureRow.objects.order_by("party_id").values())
    old = ["insight.stale_history", f"of {TODAY} (1 entries)", "liti insight export"]
    refuses("insight", "features", says=old)
    assert list(FeatureRow.objects.order_by("party_id").values()) == before
    assert liti("insight", "features", "--export")[0] == 0

    person()  # somebody new, without an account
    refuses("insight", "features", says=["insight.stale_history"])
    assert liti("insight", "export")[0] == 0
    assert liti("insight", "features")[0] == 0

    set_business_date(TOMORROW)
    refuses("insight", "features", says=["insight.stale_history", TODAY])
    assert liti("insight", "features", "--on", str(TODAY))[0] == 0  # of that day it is whole


@pytest.mark.parametrize(
    "command",
    ["insight features --on", "groups refresh --on", "market settle --on", "wealth income --on",
     "ledger trial-balance --on", "attribution report --to"],
)  # fmt: skip
def test_a_day_that_has_not_come_has_no_figures(command):
    account_of(person(), 5_000)
    assert liti("insight", "export")[0] == 0
    refuses(*command.split(), str(TOMORROW), says=[f"{TOMORROW} is still to come", TODAY])


def test_outreach_neither_plans_on_old_features_nor_sends_another_days_plan():
    old = ["outreach.stale_features", "the newest are of no day", "--export"]
    refuses("outreach", "plan", says=old)
    refuses("outreach", "plan", "--on", str(YESTERDAY), says=[f"{YESTERDAY} is over"])
    refuses("outreach", "send", "--on", str(YESTERDAY), says=["outreach.not_today", YESTERDAY])
    refuses("outreach", "send", says=["outreach.no_released_plan", TODAY])
    account_of(person(), 5_000)
    assert liti("insight", "features", "--export")[0] == 0
    assert liti("outreach", "plan")[0] == 0
    refuses("outreach", "plan", "--on", str(TODAY + timedelta(days=2)), says=[TODAY])


def test_income_of_a_day_without_figures_is_no_success():
    refuses("wealth", "income", "--on", "2020-01-01", says=["wealth.no_yields", "2020-01-01"])


def delivered(tmp_path, name, count=2):
    return str(write_csv(tmp_path / name, [row_of(h, f"R{h.number}") for h in people(count)]))


def test_a_file_of_yesterday_is_refused_whole_unless_it_is_taken_knowingly(tmp_path):
    for name in (
        f"retail-{YESTERDAY}.csv",
        f"retail_{YESTERDAY:%Y%m%d}.csv",
        "零售2026年11月18日.csv",
    ):
        says = ["parties.file.old", name, YESTERDAY, TODAY, "--accept-old"]
        refuses("parties", "import", "retail", delivered(tmp_path, name), says=says)
    plain = delivered(tmp_path, "retail.csv")
    refuses("parties", "import", "retail", plain, "--of", str(YESTERDAY), says=["file.old"])
    refuses("parties", "import", "retail", plain, "--of", "2036-01-01", says=["file.ahead"])
    assert not SourceRecord.objects.exists()

    assert (
        liti("parties", "import", "retail", plain, "--of", str(YESTERDAY), "--accept-old")[0] == 0
    )
    assert ImportRun.objects.get().of == YESTERDAY
    assert SourceRecord.objects.count() == 2


def test_an_older_file_does_not_overwrite_a_newer_one(tmp_path):
    newer, older = (delivered(tmp_path, f"retail-{day}.csv") for day in (TODAY, YESTERDAY))
    assert liti("parties", "import", "retail", newer)[0] == 0
    assert liti("parties", "import", "retail", newer)[0] == 0  # the same again changes nothing
    refuses("parties", "import", "retail", older, says=[f"last read as of {TODAY}"])
    assert liti("parties", "import", "cards", delivered(tmp_path, "cards.csv"))[0] == 0  # no day


def test_records_of_a_source_that_nobody_delivers_any_more_are_not_matched(tmp_path):
    file = delivered(tmp_path, f"retail-{TODAY}.csv", 5)
    assert liti("parties", "import", "retail", file)[0] == 0
    set_business_date(TODAY + timedelta(days=31))
    assert liti("parties", "match")[0] == 0
    set_business_date(TODAY + timedelta(days=32))
    refuses("parties", "match", says=["parties.source.old", f"retail ({TODAY})", "--accept-old"])
    assert liti("parties", "match", "--accept-old")[0] == 0


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("r-2026-11-18.csv", date(2026, 11, 18)),
        ("20261118r.xlsx", date(2026, 11, 18)),
        ("r_2026_11_18_v2.csv", date(2026, 11, 18)),
        ("r-2026-13-18.csv", None),
        ("r-120261118.csv", None),
        ("r-2026-11-18-to-2026-11-19.csv", None),
        ("r.csv", None),
    ],
)
def test_the_day_in_a_name(name, day):
    assert age.day_in(name) == day


def test_an_export_waits_for_another_and_says_so_when_that_does_not_end():
    place = connection.get_connection_params()
    where = {k: place[k] for k in ("host", "port", "user", "dbname", "password") if k in place}
    with psycopg.connect(**where) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('insight.export'))")
        with pytest.raises(Conflict, match="by another process") as refused:
            freshness.wait_alone(0.2)
    assert refused.value.code == "insight.busy"
    freshness.wait_alone(5)
