from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "lightkeeper.apps.sharing"
    label = "sharing"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
