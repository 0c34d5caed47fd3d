from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "lightkeeper.apps.governance"
    label = "governance"
