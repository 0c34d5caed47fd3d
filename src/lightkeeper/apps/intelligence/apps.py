from django.apps import AppConfig


class IntelligenceConfig(AppConfig):
    name = "lightkeeper.apps.intelligence"
    label = "intelligence"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
