from django.urls import path

from lightkeeper.apps.sharing import views

app_name = "sharing"
urlpatterns = [
    path("", views.enquiries, name="enquiries"),
    path("ask/", views.ask, name="ask"),
    path("exclude/", views.exclude, name="exclude"),
    path("glass/", views.glass_list, name="glass_list"),
    path("glass/break/", views.break_glass_page, name="break_glass"),
    path("glass/break/now/", views.break_glass, name="break"),
    path("glass/<slug:reference>/", views.glass, name="glass"),
    path("glass/<slug:reference>/review/", views.review, name="review"),
    path("glass/<slug:reference>/close/", views.close, name="close"),
]
