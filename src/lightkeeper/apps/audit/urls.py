from django.urls import path

from lightkeeper.apps.audit import views

app_name = "audit"
urlpatterns = [path("", views.events, name="events")]
