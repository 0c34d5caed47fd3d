from django.urls import path

from lightkeeper.apps.sharing import views, views_conditions

app_name = "sharing"
urlpatterns = [
    path("", views.enquiries, name="enquiries"),
    path("ask/", views.ask, name="ask"),
    path("exclude/", views.exclude, name="exclude"),
    path("handling/<slug:reference>/", views_conditions.handling, name="handling"),
    path(
        "handling/<slug:reference>/condition/", views_conditions.set_condition, name="set_condition"
    ),
    path("handling/<slug:reference>/consent/", views_conditions.give_consent, name="give_consent"),
    path("conditions/<slug:reference>/end/", views_conditions.end_condition, name="end_condition"),
    path(
        "consents/<slug:reference>/withdraw/",
        views_conditions.withdraw_consent,
        name="withdraw_consent",
    ),
    path("glass/", views.glass_list, name="glass_list"),
    path("glass/break/", views.break_glass_page, name="break_glass"),
    path("glass/break/now/", views.break_glass, name="break"),
    path("glass/<slug:reference>/", views.glass, name="glass"),
    path("glass/<slug:reference>/review/", views.review, name="review"),
    path("glass/<slug:reference>/close/", views.close, name="close"),
]
