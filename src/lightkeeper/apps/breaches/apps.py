from django.apps import AppConfig


class BreachesConfig(AppConfig):
    name = "lightkeeper.apps.breaches"
    label = "breaches"
