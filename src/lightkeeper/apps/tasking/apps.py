from django.apps import AppConfig


class TaskingConfig(AppConfig):
    name = "lightkeeper.apps.tasking"
    label = "tasking"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
