from django.urls import path

from liti.portal import pages

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("deliveries/", pages.deliveries, name="deliveries"),
    path("deliveries/<uuid:batch_id>/", pages.delivery, name="delivery"),
    path("products/", pages.products, name="products"),
    path("api/", pages.api, name="api"),
]
