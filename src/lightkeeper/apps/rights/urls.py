from django.urls import path

from lightkeeper.apps.rights import views

app_name = "rights"
urlpatterns = [
    path("", views.cases, name="cases"),
    path("receive/", views.receive, name="receive"),
    path("parts/", views.parts, name="parts"),
    path("parts/<slug:reference>/answer/", views.answer_part, name="answer_part"),
    path("cases/<slug:reference>/", views.case, name="case"),
    path("cases/<slug:reference>/identify/", views.identify, name="identify"),
    path("cases/<slug:reference>/ask-back/", views.ask_back, name="ask_back"),
    path("cases/<slug:reference>/had-back/", views.had_back, name="had_back"),
    path("cases/<slug:reference>/extend/", views.extend, name="extend"),
    path("cases/<slug:reference>/find/", views.find, name="find"),
    path("cases/<slug:reference>/ask/", views.ask, name="ask"),
    path("cases/<slug:reference>/submit/", views.submit, name="submit"),
    path("cases/<slug:reference>/send-back/", views.send_back, name="send_back"),
    path("cases/<slug:reference>/sign/", views.sign, name="sign"),
    path("cases/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<slug:reference>/found/", views.found, name="found"),
    path("cases/<slug:reference>/reasons/", views.reasons, name="reasons"),
    path("cases/<slug:reference>/disclosure/", views.disclosure, name="disclosure"),
    path("cases/<slug:reference>/letter/", views.letter, name="letter"),
    path("cases/<slug:reference>/give/", views.give, name="give"),
    path("items/<slug:reference>/", views.item, name="item"),
    path("items/<slug:reference>/decide/", views.decide, name="decide"),
    path("records/<slug:reference>/", views.record, name="record"),
    path("records/<slug:reference>/restrict/", views.restrict, name="restrict"),
    path("records/<slug:reference>/lift/", views.lift, name="lift"),
    path("records/<slug:reference>/correct/", views.correct, name="correct"),
]
