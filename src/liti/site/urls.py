"""Where each edge of the house is reached."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("auth/", include("allauth.urls")),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("language/", set_language, name="set_language"),
    path("ui/", include("liti.ui.urls")),
    path("api/v1/", include("liti.api.urls")),
    path("m/", include("liti.mobile.urls")),
    path("portal/", include("liti.portal.urls")),
    path("", include("liti.console.urls")),
]
