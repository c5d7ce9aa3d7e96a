"""What staff prepare waits for the customer's own word; nothing moves before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.market.builders import DAY, account_of, assess, buyer, person

from liti.attribution import queries as attribution
from liti.core.authority import declaration_of
from liti.core.clock import set_business_date
from liti.core.delivery import deliver_pending
from liti.core.errors import Conflict, InvalidInput, LitiError, NotFound, Refused
from liti.ledger.queries import balance
from liti.market import queries, services
from liti.market.models import PreparedOrder, ProductVersion
from liti.market.rules import PREPARED_STATES, Contribution
from liti.wealth import queries as wealth

pytestmark = pytest.mark.django_db
SWEEP = "LTYEB1"


@pytest.fixture(autouse=True)
def _a_business_day():
    set_business_date(DAY)


def prepared(party, account, amount_minor=50_000, key="p1", **more):
    return services.prepare_order(
        party, SWEEP, account, amount_minor, **{"channel": "phone", "key": key} | more
    )


def confirm(party, found):
    seen = services.review_prepared(party, found.id).seen
    return services.confirm_prepared(party, found.id, seen)


def test_nothing_moves_until_the_customer_confirms_and_then_once():
    party, account = buyer(100_000)

    found = prepared(party, account)
    again = prepared(party, account)

    assert found == again
    assert (found.status, found.channel, found.amount_minor) == ("waiting", "phone", 50_000)
    assert found.confirms_on is not None
    assert balance(account) == 100_000
    assert queries.orders_of(party) == []
    assert [p.id for p in queries.prepared_waiting(party)] == [found.id]

    order, second = confirm(party, found), services.confirm_prepared(party, found.id, "whatever")

    assert order.id == second.id
    assert (order.channel, order.status) == ("phone", "sent")
    assert balance(account) == 50_000
    assert queries.prepared_order(found.id).order_id == order.id
    assert queries.prepared_waiting(party) == []


def test_who_helped_shares_in_what_the_customer_confirms():
    party, account = buyer(100_000)
    found = prepared(party, account, introduced_by=[Contribution("seller", "direct", "E7")])

    order = confirm(party, found)
    services.settle_orders(DAY + timedelta(days=1))  # shared once the fund has confirmed
    for _round in range(2):
        deliver_pending()

    assert [(c["role"], c["staff_code"]) for c in order.contributions] == [("seller", "E7")]
    assert "seller" in {split.role for split in attribution.splits_of(order.id)}


def test_a_sale_is_prepared_too():
    party, account = buyer(100_000)
    confirm(party, prepared(party, account, 80_000))
    set_business_date(DAY + timedelta(days=1))  # shares in transit can't be sold

    found = prepared(party, account, 30_000, key="p2", side="sell", channel="console")
    assert balance(account) == 20_000

    order = confirm(party, found)
    assert order.side == "sell"
    assert balance(account) == 50_000
    assert sum(h.value_minor for h in wealth.holdings_of(party)) == 50_000


def test_a_no_with_its_reason_is_the_end():
    party, account = buyer(100_000)
    found = prepared(party, account)
    with pytest.raises(InvalidInput):
        services.decline_prepared(party, found.id, "  ")
    assert queries.prepared_order(found.id).status == "waiting"

    services.decline_prepared(party, found.id, "I said 50, not 500")

    told = queries.prepared_order(found.id)
    assert (told.status, told.reason, told.order_id) == ("declined", "I said 50, not 500", None)
    with pytest.raises(Conflict, match="does not wait"):
        services.confirm_prepared(party, found.id, "x")
    assert balance(account) == 100_000


def test_it_expires_by_itself_before_anybody_has_swept_and_stays_expired_after():
    party, account = buyer(100_000)
    found = prepared(party, account)
    past = found.prepared_at - timedelta(days=9)
    PreparedOrder.objects.filter(id=found.id).update(
        prepared_at=past, expires_at=past + timedelta(days=3)
    )

    for _round in ("unswept", "swept"):
        assert queries.prepared_waiting(party) == []
        assert [p.status for p in queries.recent_prepared(status="expired")] == ["expired"]
        with pytest.raises(Conflict):
            services.review_prepared(party, found.id)
        with pytest.raises(Conflict):
            services.take_back_prepared(found.id, "late")
        assert services.advance_orders().prepared_ended == (_round == "unswept")
    assert PreparedOrder.objects.get(id=found.id).status == "expired"
    assert balance(account) == 100_000


def test_staff_take_back_what_waits():
    party, account = buyer(100_000)
    found = prepared(party, account)

    services.take_back_prepared(found.id, "wrong amount")

    assert queries.prepared_order(found.id).status == "taken_back"
    with pytest.raises(Conflict):
        services.confirm_prepared(party, found.id, "x")


def another_version():
    ProductVersion.objects.filter(product__code=SWEEP, valid_to=None).update(valid_to=DAY)
    old = ProductVersion.objects.get(product__code=SWEEP, valid_to=DAY)
    old.pk, old.version, old.valid_from, old.valid_to = None, 9, DAY, None
    old.id = ProductVersion().id
    old.save(force_insert=True)


def another_day():
    set_business_date(DAY + timedelta(days=1))


@pytest.mark.parametrize("change", [another_version, another_day])
def test_other_terms_than_he_was_shown_are_shown_again_first(change):
    party, account = buyer(100_000)
    found = prepared(party, account)
    seen = services.review_prepared(party, found.id).seen

    change()

    with pytest.raises(Refused) as refused:
        services.confirm_prepared(party, found.id, seen)
    assert refused.value.code == "market.quote_changed"
    assert balance(account) == 100_000
    assert queries.prepared_order(found.id).status == "waiting"
    assert confirm(party, found).status == "sent"


def no_longer_suitable():
    ProductVersion.objects.filter(product__code=SWEEP).update(risk_level=5)


def no_longer_sold():
    services.move_product(SWEEP, "suspended")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (no_longer_suitable, "market.risk_too_high"),
        (no_longer_sold, "market.not_on_sale"),
    ],
)
def test_what_an_order_of_his_own_would_be_asked_is_asked_again(change, code):
    party, account = buyer(100_000)
    found = prepared(party, account)
    seen = services.review_prepared(party, found.id).seen

    change()

    with pytest.raises(LitiError) as refused:
        services.confirm_prepared(party, found.id, seen)
    assert refused.value.code == code
    assert balance(account) == 100_000
    assert queries.prepared_order(found.id).status == "waiting"


def test_without_the_money_it_goes_on_waiting():
    party, account = buyer(10_000)
    found = prepared(party, account, 50_000)
    with pytest.raises(LitiError):
        confirm(party, found)
    assert balance(account) == 10_000
    assert queries.prepared_order(found.id).status == "waiting"
    assert queries.orders_of(party) == []


def test_it_is_refused_at_once_where_an_order_would_be():
    stranger = person()
    with pytest.raises(Refused, match="No risk assessment"):
        prepared(stranger, account_of(stranger, 100_000))
    party, account = buyer(100_000)
    with pytest.raises(Refused):
        prepared(party, account_of(stranger))
    with pytest.raises(InvalidInput):
        prepared(party, account, channel="mobile")
    prepared(party, account, key="same")
    with pytest.raises(Conflict):
        prepared(party, account, 60_000, key="same")
    for number in range(9):
        prepared(party, account, key=f"k{number}")
    with pytest.raises(Refused) as refused:
        prepared(party, account, key="one too many")
    assert refused.value.code == "market.prepared_too_many"


def test_nobody_else_answers_it():
    party, account = buyer(100_000)
    other, _account = buyer()
    found = prepared(party, account)
    assess(other)
    for act in (
        lambda: services.review_prepared(other, found.id),
        lambda: services.confirm_prepared(other, found.id, "x"),
        lambda: services.decline_prepared(other, found.id, "no"),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.prepared_order(found.id).status == "waiting"


def test_no_member_of_the_staff_may_place_or_confirm():
    for name in ("place_order", "sell_order", "quote_order", "confirm_prepared"):
        assert not declaration_of(getattr(services, name)).staff, name
    assert set(PREPARED_STATES.transitions["waiting"]) == {
        "confirmed", "declined", "expired", "taken_back",
    }  # fmt: skip
    assert not any(PREPARED_STATES.transitions[s] for s in PREPARED_STATES.transitions["waiting"])
