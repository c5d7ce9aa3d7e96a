from django.urls import path

from liti.console.catalogue import (
    customers,
    events,
    groups,
    house,
    ledger,
    market,
    merges,
    partners,
)
from liti.console.catalogue import (
    day as day_menu,
)
from liti.console.views import approvals, books, customer, day, home, lists, order, plan, search
from liti.console.views import events as event_views

app_name = "console"
CATALOGUE = (customers, day_menu, events, groups, house, ledger, market, merges, partners)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("customers/<uuid:party_id>/", customer.customer, name="customer"),
    path("customers/<uuid:party_id>/unmask/", customer.unmask, name="unmask"),
    path("customers/<uuid:party_id>/order/", order.order, name="order"),
    path("plan/", plan.plan, name="plan"),
    path("plan/propose/", plan.propose, name="plan_propose"),
    path("day/", day.day, name="day"),
    path("day/close/", day.close, name="day_close"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("accounts/<uuid:account_id>/", books.account, name="account"),
    path("deliveries/<int:delivery_id>/", event_views.delivery_page, name="delivery"),
    path("trial-balance/", books.trial_balance, name="trial_balance"),
    path("list/<slug:name>/", lists.resource_list, name="list"),
    path("list/<slug:name>/<str:key>/", lists.resource_detail, name="detail"),
]
