from django.urls import path

from lightkeeper.apps.intake.views import mappings, quarantine, reports, uploading

app_name = "intake"
urlpatterns = [
    path("", reports.reports, name="reports"),
    path("upload/", uploading.upload, name="upload"),
    path("upload/<str:token>/columns/", uploading.columns, name="columns"),
    path("upload/<str:token>/", uploading.preview, name="preview"),
    path("upload/<str:token>/confirm/", uploading.confirm, name="confirm"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/<str:reference>/", quarantine.quarantined, name="quarantined"),
    path("quarantine/<str:reference>/replay/", quarantine.replay, name="replay"),
    path("quarantine/<str:reference>/discard/", quarantine.discard, name="discard"),
    path("mappings/", mappings.mappings, name="mappings"),
    path("mappings/<str:reference>/", mappings.mapping, name="mapping"),
    path("records/<str:reference>/", reports.record, name="record"),
    path("records/<str:reference>/determine/", reports.determine, name="determine"),
    path("<str:reference>/", reports.report, name="report"),
    path("<str:reference>/progress/", reports.report_progress, name="report_progress"),
    path("<str:reference>/read-again/", reports.read_again, name="read_again"),
    path("<str:reference>/export/", reports.export, name="export"),
]
