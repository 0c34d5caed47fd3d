from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "lightkeeper.apps.rights"
    label = "rights"

    def ready(self) -> None:
        from lightkeeper.apps.intake import beside, corrected
        from lightkeeper.apps.rights import queries

        beside.add(queries.beside_record)
        corrected.add(queries.corrections_of)
