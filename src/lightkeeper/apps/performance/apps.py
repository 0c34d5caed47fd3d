from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    name = "lightkeeper.apps.performance"
    label = "performance"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
