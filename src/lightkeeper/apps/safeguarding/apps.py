from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "lightkeeper.apps.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
