from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lightkeeper.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        from lightkeeper.core.announcements import load_reactions

        load_reactions(self.name)
