"""The walk of the sample bank through the whole house, one step after another.

Every step is a record (`core.runs`) and can be repeated: a broken run resumes where it
stopped, a finished one is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from liti.accounts import queries as accounts
from liti.accounts import services as account_services
from liti.core.runs import run_step
from liti.core.usage import Usage, used
from liti.ledger import queries as ledger
from liti.ledger.verify import verify
from liti.parties import queries as parties_queries
from liti.parties import services as parties
from liti.partners import services as partners
from liti.sample import days, people, staff
from liti.sample import services as sample
from liti.sample.queries import SampleView, proof
from liti.sample.score import score
from liti.sample.simulate.month import chance

RUN, USED = "demo", "used"
SOURCES = {
    "retail": "retail.csv",
    "cards": "cards.xlsx",
    "lending": "lending.csv",
    "corporate": "corporate.csv",
    "payroll": "payroll.csv",
    "direct": "direct.parquet",
    "partner": "partner.csv",
}
CUSTOMER_BALANCE_MINOR = (3_000_000, 20_000_000)
PARTNER_CODE = "yunshang"
PARTNER_CLIENT, PARTNER_SECRET = "yunshang-demo", "yunshang-demo-secret"
ENOUGH = 9_000  # accounts looked at when the demonstration customer is chosen

Advance = Callable[[int], None]
Work = Callable[["Walk", Advance], dict[str, Any]]


@dataclass(slots=True)
class Walk:
    """What the steps share."""

    sample: SampleView
    folder: Path


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name for the record, its title for people, its work."""

    name: str
    title: str
    work: Work


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did and took. `resumed`: an earlier run had finished it."""

    step: Step
    counts: dict[str, Any]
    usage: Usage
    resumed: bool

    @property
    def seconds(self) -> float:
        return self.usage.seconds


def begin(*, customers: int | None = None, closed_days: int | None = None) -> Walk:
    """Fix the sample bank (or take the one that is there)."""
    found = sample.prepare(customers=customers, days=closed_days)
    return Walk(found, Path(settings.LITI_DATA_DIR) / "sample")


def run(step: Step, walk: Walk, advance: Advance) -> Done:
    """Carry out one step unless it is done."""
    key = f"{walk.sample.seed}/{walk.sample.customers}/{walk.sample.shift_days}"
    with run_step(RUN, step.name, key=key) as record:
        if not record.done:
            with used(settings.VAR_DIR) as usage:
                record.counts.update(step.work(walk, advance))
            record.counts[USED] = asdict(usage)
    counts = dict(record.counts)
    return Done(step, counts, Usage(**counts.pop(USED, {})), record.done)


def _files(walk: Walk, advance: Advance) -> dict[str, Any]:
    report = people.write_files(
        walk.folder,
        seed=walk.sample.seed,
        customers=walk.sample.customers,
        shift_days=walk.sample.shift_days,
        progress=advance,
    )
    return {"records": report.total, "bad_rows": report.bad_rows, **report.records}


def _import(walk: Walk, advance: Advance) -> dict[str, Any]:
    read = accepted = rejected = 0
    for source, file in SOURCES.items():
        report = parties.import_source(source, walk.folder / file)
        read += report.rows_read
        accepted += report.accepted + report.unchanged
        rejected += report.rejected
        advance(1)
    return {"records_in": read, "accepted": accepted, "rejected": rejected}


def _match(walk: Walk, advance: Advance) -> dict[str, Any]:
    report = parties.match_all(accept_old=True)
    scores = score(found_clusters(), walk.folder / "truth.csv")
    return {
        "records": report.records,
        "customers": report.parties,
        "persons": report.persons,
        "organisations": report.organisations,
        "precision": f"{scores.precision:.4f}",
        "recall": f"{scores.recall:.4f}",
    }


def found_clusters() -> dict[tuple[str, str], UUID]:
    """The customer that each record of the departments' files became."""
    return {
        (source, key): party
        for source in SOURCES
        for key, party in parties_queries.party_by_source(source).items()
    }


def _accounts(walk: Walk, advance: Advance) -> dict[str, Any]:
    return {
        "accounts": sample.import_accounts(walk.sample),
        "cards": sample.import_cards(walk.sample),
        "loans": sample.import_loans(walk.sample),
        "standing_orders": sample.import_standing_orders(walk.sample),
        "online": sample.open_online(walk.sample),
    }


def _books(walk: Walk, advance: Advance) -> dict[str, Any]:
    return _proven(sample.import_books(walk.sample, progress=advance))


def _simulate(walk: Walk, advance: Advance) -> dict[str, Any]:
    return _proven(sample.simulate(walk.sample, progress=advance))


def _proven(transfers: int) -> dict[str, Any]:
    """What was posted, with the proof that every recorded balance is met."""
    found = proof()
    return {
        "transfers": transfers,
        "balances_checked": found.rows,
        "balances_equal": found.equal,
        "rounded": found.rounded,
    }


def _partner(walk: Walk, advance: Advance) -> dict[str, Any]:
    partner_id = demo_partner()
    members = parties_queries.party_by_source("partner")
    joined = walk.sample.business_date - timedelta(days=365)
    linked = partners.link_members(partner_id, sorted(members.items()), joined)
    partners.create_client(partner_id, client_id=PARTNER_CLIENT, client_secret=PARTNER_SECRET)
    return {"members": linked}


def demo_partner() -> UUID:
    """The partner enterprise of the demonstration, live."""
    partner_id = partners.register_partner(
        partners.NewPartner(PARTNER_CODE, "云上优选", "Cloud Select", "retail")
    )
    partners.go_live(partner_id)
    return partner_id


def _people(walk: Walk, advance: Advance) -> dict[str, Any]:
    owners = days.owners()
    account_id, party_id = _demo_customer(owners)
    name = parties_queries.own_party(party_id).name
    if not accounts.bound_cards(account_id):
        number = sample.pan(chance(walk.sample.seed, "card", account_id))
        account_services.bind_card(account_id, number, name)
    logins = staff.make_logins(party_id, name, demo_partner())
    staff.make_managers(walk.sample)
    staff.write_logins(Path(settings.VAR_DIR) / "demo-logins.json", logins)
    return {"bound_cards": 1 + len(sample.online_accounts(walk.sample)), "logins": len(logins)}


def _days(walk: Walk, advance: Advance) -> dict[str, Any]:
    return days.live(walk.sample, advance)


def _check(walk: Walk, advance: Advance) -> dict[str, Any]:
    found, books = proof(), verify()
    return {
        "accounts": books.accounts,
        "transfers": books.transfers,
        "balances_checked": found.rows,
        "mismatches": len(books.findings) + found.rows - found.equal,
        "differences_rounded": found.rounded,
    }


STEPS = (
    Step("files", "departments' files", _files),
    Step("import", "files into source records", _import),
    Step("match", "source records into customers", _match),
    Step("accounts", "accounts, cards, loans, orders", _accounts),
    Step("books", "the real bank's first months", _books),
    Step("simulate", "books carried on", _simulate),
    Step("partner", "a partner with its members", _partner),
    Step("people", "bound cards and logins", _people),
    Step("days", "days lived and closed", _days),
    Step("check", "everything recomputed", _check),
)


def _demo_customer(owners: list[tuple[UUID, UUID]]) -> tuple[UUID, UUID]:
    """A customer with enough money and a middling age, the same on every run."""
    low, high = CUSTOMER_BALANCE_MINOR
    balances = ledger.balances([account_id for account_id, _party in owners[:ENOUGH]])
    rich = [(a, p) for a, p in owners if low <= balances.get(a, -1) <= high]
    for account_id, party_id in rich or owners:
        one_account = len(accounts.accounts_of(party_id)) == 1
        if one_account and len(parties_queries.sources_of(party_id)) > 2:
            return account_id, party_id
    return (rich or owners)[0]
