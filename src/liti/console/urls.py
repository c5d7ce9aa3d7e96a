from django.urls import path

from liti.console.catalogue import (
    commands_accounts,
    commands_groups,
    commands_house,
    commands_market,
    commands_merges,
    commands_outreach,
    commands_parties,
    commands_partners,
    commands_sources,
    commands_terms,
    customers,
    events,
    groups,
    house,
    ledger,
    market,
    merges,
    offers,
    parties,
    partners,
    payments,
    references,
)
from liti.console.catalogue import (
    day as day_menu,
)
from liti.console.views import (
    approvals,
    books,
    commands,
    customer,
    day,
    home,
    lists,
    order,
    plan,
    search,
)
from liti.console.views import events as event_views

app_name = "console"
CATALOGUE = (
    customers,
    day_menu,
    events,
    groups,
    house,
    ledger,
    market,
    merges,
    offers,
    parties,
    partners,
    payments,
    references,
)
COMMANDS = (
    commands_accounts,
    commands_groups,
    commands_house,
    commands_market,
    commands_merges,
    commands_outreach,
    commands_parties,
    commands_partners,
    commands_sources,
    commands_terms,
)

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
    path("do/<slug:name>/", commands.act, name="command"),
    path("do/<slug:name>/find/<slug:field>/", commands.options, name="command_options"),
    path("do/<slug:name>/on/<str:key>/", commands.act, name="command_on"),
    path(
        "do/<slug:name>/on/<str:key>/find/<slug:field>/",
        commands.options,
        name="command_options_on",
    ),
    path("list/<slug:name>/", lists.resource_list, name="list"),
    path("list/<slug:name>/<str:key>/", lists.resource_detail, name="detail"),
]
