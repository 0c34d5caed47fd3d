from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "lightkeeper.apps.intake"
    label = "intake"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
