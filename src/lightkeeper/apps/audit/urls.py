from django.urls import path

from lightkeeper.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.events, name="events"),
    path("looks/<slug:reference>/", views.looks, name="looks"),
    path("unusual/", views.flags, name="flags"),
    path("unusual/<slug:reference>/", views.flag, name="flag"),
    path("unusual/<slug:reference>/decide/", views.decide, name="decide"),
]
