from django.urls import path

from liti.console.catalogue import house, ledger
from liti.console.views import approvals, books, home, lists, search

app_name = "console"
CATALOGUE = (house, ledger)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("accounts/<uuid:account_id>/", books.account, name="account"),
    path("trial-balance/", books.trial_balance, name="trial_balance"),
    path("list/<slug:name>/", lists.resource_list, name="list"),
    path("list/<slug:name>/<str:key>/", lists.resource_detail, name="detail"),
]
