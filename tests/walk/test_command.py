"""`liti demo` and `liti check`: the walk as its user sees it."""

from __future__ import annotations

import os
import signal

from tests.servers import take_away
from tests.walk.conftest import CUSTOMERS, DAYS, UNTOUCHED, Bank, free_port


def test_the_closing_table_says_what_was_done(bank):
    again = bank.liti("demo", "--customers", CUSTOMERS, "--days", DAYS, "--no-serve")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("done before") >= 10
    assert "mismatches" in again.stdout
    assert "recorded balances checked" in again.stdout
    assert "liti-demo-2026" in again.stdout
    checked = bank.sql("SELECT count(*) FROM sample_recordedbalance")[0][0]
    assert f"{checked:,}" in again.stdout


def test_another_size_is_refused_with_the_remedy(bank):
    other = bank.liti("demo", "--customers", "60", "--no-serve")
    assert other.returncode == 1
    assert "150" in other.stderr
    assert "make clean" in other.stderr


def test_check_is_clean_and_names_an_account_that_was_tampered_with(bank):
    clean = bank.liti("check")
    assert clean.returncode == 0, clean.stdout
    [(account, name)] = bank.sql(
        "SELECT id, name FROM ledger_account WHERE gl_code = '2011' ORDER BY id LIMIT 1"
    )
    change = "UPDATE ledger_account SET credits_minor = credits_minor {} 1 WHERE id = '{}'"
    bank.sql(change.format("+", account))
    try:
        found = bank.liti("check")
    finally:
        bank.sql(change.format("-", account))
    assert found.returncode == 1
    assert str(account) in found.stdout
    assert name in found.stdout


def test_killed_in_the_middle_it_ends_the_same(bank, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    other = Bank(folder, free_port())
    try:
        running = other.start("demo", "--customers", CUSTOMERS, "--days", DAYS, "--no-serve")
        for line in running.stdout:
            if "accounts, cards" in line:  # the books are being posted now
                break
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(30)
        interrupted = other.sql("SELECT count(*) FROM core_steprun WHERE state = 'done'")[0][0]

        done = other.liti("demo", "--customers", CUSTOMERS, "--days", DAYS, "--no-serve")

        assert done.returncode == 0, done.stdout + done.stderr
        assert 0 < interrupted < 10
        assert other.fingerprint() == UNTOUCHED
    finally:
        take_away(folder)


def test_help_reads_like_a_manual(bank):
    said = bank.liti("--help").stdout
    for name in ("demo", "serve", "check", "db", "parties", "ledger", "sim"):
        assert name in said
    for name in ("parties", "ledger", "payments", "accounts", "lending", "groups"):
        assert bank.liti(name, "--help").returncode == 0


def test_a_wrong_file_is_named_and_nothing_of_it_kept(bank, tmp_path):
    before = bank.fingerprint()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = bank.liti("--as", "steward", "parties", "import", "retail", str(wrong))
    assert refused.returncode != 0
    assert "wrong.csv" in refused.stderr + refused.stdout
    assert bank.fingerprint() == before


def test_the_closed_days_have_a_past(bank):
    """Plans, contacts, payments and farewells stand on their own days, not on today."""
    plans = bank.sql('SELECT "on", status FROM outreach_plan ORDER BY 1')
    assert [status for _on, status in plans[:-1]] == ["released"] * (int(DAYS) - 1)
    assert plans[-1][1] == "drafted"  # tomorrow's work of a person
    moments = bank.sql(
        'SELECT count(*), count(*) FILTER (WHERE "on" <>'
        " (at AT TIME ZONE 'Asia/Shanghai')::date) FROM outreach_contact"
    )
    assert moments[0][0] > 0
    assert moments[0][1] == 0
    late = bank.sql(
        "SELECT count(*) FROM payments_payment"
        " WHERE booked_on <> (initiated_at AT TIME ZONE 'Asia/Shanghai')::date"
        " AND key LIKE 'demo-%'"
    )
    assert late == [(0,)]


def test_accounts_on_line_keep_to_the_limits_of_their_class(bank):
    held = dict(
        bank.sql("SELECT account_class, count(*) FROM accounts_electronicaccount GROUP BY 1")
    )
    assert held["II"] > held["III"] > 0
    over = bank.sql(
        "SELECT count(*) FROM accounts_electronicaccount e JOIN ledger_entry_v l"
        " ON l.account_id = e.id WHERE account_class = 'III' AND balance_after_minor > 200000"
    )
    assert over == [(0,)]
    bound = bank.sql(
        "SELECT count(*), count(*) FILTER (WHERE c.issuer = '') FROM accounts_boundcard c"
        " JOIN accounts_electronicaccount e ON e.id = c.account_id WHERE account_class <> 'I'"
    )
    assert bound == [(held["II"] + held["III"], 0)]


def test_settled_loans_owe_nothing_and_the_bank_lives(bank):
    owed = bank.sql(
        "SELECT count(*) FROM lending_contract c JOIN ledger_account a"
        " ON a.id = c.loan_account_id WHERE c.status = 'settled' AND a.balance_minor <> 0"
    )
    assert owed == [(0,)]
    said = bank.liti("sample", "statement")
    assert said.returncode == 0, said.stderr
    assert "**result**" in said.stdout
    assert "6011 Interest income | loan_interest" in said.stdout
