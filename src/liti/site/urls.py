"""Where each edge of the house is reached."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from oauth2_provider.views import RevokeTokenView, TokenView

from liti.site.outbox import outbox_page
from liti.site.tokens import locking

# Only what client credentials need: the library's own pages would let anyone who is signed in
# make a client, and a client that is no partner's counts as the bank's.
OAUTH2 = [
    path("token/", locking(TokenView.as_view()), name="token"),
    path("revoke_token/", locking(RevokeTokenView.as_view()), name="revoke-token"),
]
# In development only (settings.py): who can read the letters can set any password.
OUTBOX = [path("outbox/", outbox_page, name="outbox")] if settings.LITI_OUTBOX_PAGE else []
handler500 = "liti.site.outage.broken"
urlpatterns = [
    *OUTBOX,
    path("admin/", admin.site.urls),
    path("auth/", include("allauth.urls")),
    path("o/", include((OAUTH2, "oauth2_provider"))),
    path("language/", set_language, name="set_language"),
    path("ui/", include("liti.ui.urls")),
    path("api/v1/", include("liti.api.urls")),
    path("m/", include("liti.mobile.urls")),
    path("portal/", include("liti.portal.urls")),
    path("", include("liti.console.urls")),
]
