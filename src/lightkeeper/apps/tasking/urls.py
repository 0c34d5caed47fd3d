from django.urls import path

from lightkeeper.apps.tasking import views

app_name = "tasking"
urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("inbox/", views.inbox, name="inbox"),
    path("propose/", views.propose, name="propose"),
    path("<slug:reference>/", views.task, name="task"),
    path("<slug:reference>/send/", views.send, name="send"),
    path("<slug:reference>/reject/", views.reject, name="reject"),
    path("<slug:reference>/accept/", views.accept, name="accept"),
    path("<slug:reference>/refuse/", views.refuse, name="refuse"),
    path("<slug:reference>/close/", views.close, name="close"),
]
