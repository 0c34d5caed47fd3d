from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lightkeeper.core"
    label = "core"
