from django.urls import path

from lightkeeper.apps.performance import views

app_name = "performance"
urlpatterns = [
    path("", views.results, name="results"),
    path("export/", views.export, name="export"),
]
