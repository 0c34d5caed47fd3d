from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lightkeeper.apps.audit"
    label = "audit"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
