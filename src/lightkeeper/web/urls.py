"""The addresses of the site. A door that no `contract.py` lists stays shut."""

from importlib.util import find_spec

from django.urls import include, path

from lightkeeper.web import views
from lightkeeper.web.api import api

APPS = (
    ("reports/", "intake"),
    ("picture/", "intelligence"),
    ("children/", "safeguarding"),
    ("sharing/", "sharing"),
    ("tasks/", "tasking"),
    ("results/", "performance"),
    ("governance/", "governance"),
    ("rights/", "rights"),
    ("breaches/", "breaches"),
    ("audit/", "audit"),
)

handler500 = "lightkeeper.web.views.broken"

urlpatterns = [
    path("", include("lightkeeper.apps.accounts.urls")),
    path("api/", api.urls),
    path(
        "",
        include(
            (
                [
                    path("", views.home, name="home"),
                    path("help/", views.help_page, name="help"),
                    path("health/", views.health, name="health"),
                ],
                "web",
            )
        ),
    ),
    *(
        path(prefix, include(f"lightkeeper.apps.{app}.urls"))
        for prefix, app in APPS
        if find_spec(f"lightkeeper.apps.{app}.urls")
    ),
]
