from django.urls import path

from lightkeeper.apps.safeguarding import views

app_name = "safeguarding"
urlpatterns = [
    path("", views.considerations, name="considerations"),
    path("<slug:reference>/", views.consideration, name="consideration"),
    path("<slug:reference>/decide/", views.decide, name="decide"),
]
