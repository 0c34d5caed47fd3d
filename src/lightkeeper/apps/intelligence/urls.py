"""Addresses of the picture."""

from django.urls import path

from lightkeeper.apps.intelligence import threshold_views, views, views_learnt

app_name = "intelligence"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("subjects/<str:reference>/", views.subject, name="subject"),
    path("subjects/<str:reference>/looks/", views.looks, name="looks"),
    path("review/", views.review, name="review"),
    path("review/<str:left>/<str:right>/", views.pair, name="pair"),
    path("review/<str:left>/<str:right>/judge/", views.judge, name="judge"),
    path("judgements/", views.judgements, name="judgements"),
    path("judgements/<str:reference>/undo/", views.undo, name="undo"),
    path("priorities/", views.priorities, name="priorities"),
    path("priorities/<str:reference>/", views.priority, name="priority"),
    path("figures/", views.figures, name="figures"),
    path("models/", views_learnt.models, name="models"),
    path("models/<str:version>/", views_learnt.model, name="model"),
    path("accuracy/", views_learnt.accuracy, name="accuracy"),
    path("threshold/", threshold_views.threshold, name="threshold"),
    path("threshold/read/", threshold_views.read_threshold, name="read_threshold"),
    path("threshold/propose/", threshold_views.propose_threshold, name="propose_threshold"),
    path("threshold/confirm/", threshold_views.confirm_threshold, name="confirm_threshold"),
    path("threshold/undo/", threshold_views.undo_threshold, name="undo_threshold"),
]
