from django.urls import path

from lightkeeper.apps.governance import views

app_name = "governance"
urlpatterns = [
    path("", views.due, name="due"),
    path("erasures/", views.erasures, name="erasures"),
    path("notices/", views.notices, name="notices"),
    path("notices/<slug:reference>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("holds/<slug:reference>/release/", views.release, name="release"),
    path("records/<slug:reference>/", views.kept, name="kept"),
    path("records/<slug:reference>/retain/", views.retain, name="retain"),
    path("records/<slug:reference>/hold/", views.hold, name="hold"),
    path("records/<slug:reference>/propose/", views.propose, name="propose"),
    path("records/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("records/<slug:reference>/confirm/", views.confirm, name="confirm"),
]
