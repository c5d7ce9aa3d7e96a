from django.urls import path

from liti.ui.legal import legal
from liti.ui.views import switch_theme

app_name = "ui"
urlpatterns = [
    path("theme/", switch_theme, name="theme"),
    path("legal/<slug:code>/", legal, name="legal"),
]
