from django.urls import path

from lightkeeper.apps.breaches import views

app_name = "breaches"
urlpatterns = [
    path("", views.register, name="register"),
    path("report/", views.report, name="report"),
    path("report/send/", views.send_report, name="send_report"),
    path("shares/", views.shares, name="shares"),
    path("shares/<slug:reference>/", views.share, name="share"),
    path("shares/<slug:reference>/tell/", views.tell_owner, name="tell_owner"),
    path("shares/<slug:reference>/answer/", views.answer_share, name="answer_share"),
    path("<slug:reference>/", views.breach, name="breach"),
    path("<slug:reference>/affected/", views.affected, name="affected"),
    path("<slug:reference>/notification/", views.paper, name="paper"),
    path("<slug:reference>/give/", views.give, name="give"),
    *(
        path(f"<slug:reference>/{name.replace('_', '-')}/", views.act, {"act": name}, name=name)
        for name in views.ACTS
    ),
]
