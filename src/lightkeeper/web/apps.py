from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lightkeeper.web"
    label = "web"
