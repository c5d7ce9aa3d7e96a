from django.urls import path

from liti.mobile import pages, payments, profile, receipts, service, waiting, wealth

app_name = "mobile"
urlpatterns = [
    path("", pages.home, name="home"),
    path("accounts/", pages.accounts_page, name="accounts"),
    path("accounts/<uuid:account_id>/", pages.account, name="account"),
    path("wealth/", wealth.sweep, name="sweep"),
    path("wealth/buy/", wealth.buy, name="buy"),
    path("wealth/sell/", wealth.sell, name="sell"),
    path("wealth/assessment/", wealth.assessment, name="assessment"),
    path("orders/<uuid:order_id>/", wealth.order, name="order"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/<uuid:prepared_id>/", waiting.prepared, name="prepared"),
    path("withdraw/", payments.withdraw, name="withdraw"),
    path("top-up/", payments.top_up, name="top_up"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("requests/", service.requests, name="requests"),
    path("requests/<uuid:request_id>/", service.request_page, name="request"),
    path("me/", profile.profile, name="profile"),
    path("me/mandates/", profile.mandates, name="mandates"),
    path("me/enrolments/<uuid:enrolment_id>/", profile.enrolment, name="enrolment"),
    path("me/consent/", profile.consent, name="consent"),
]
