from django.db import migrations

NO_COUNTS = {"block_size", "peak_mb"}


def rounded(count):
    return 5 * int(count / 5 + 0.5)


def are_few(records, entities, clusters):
    """Pairs were not counted. Records that are more than their groups are in as many at least."""
    return min(records, entities, clusters, records - entities, records - clusters) < 5


def round_what_is_kept(apps, schema_editor):
    """Once: figures of earlier runs and of measurements, as they are kept from now on."""
    runs = apps.get_model("intelligence", "LinkageRun").objects.using(schema_editor.connection.alias)
    for run in runs.all():
        run.figures = {
            name: rounded(one) if isinstance(one, int) and name not in NO_COUNTS else one
            for name, one in run.figures.items()
        }
        said = run.accuracy or {}
        few = are_few(*(said.get(name, 0) for name in ("records", "entities", "clusters")))
        if run.accuracy is not None:
            run.accuracy = {
                name: (None if few else round(one, 2)) if isinstance(one, float)
                else rounded(one) if isinstance(one, int) else one
                for name, one in said.items()
            }
        run.save(update_fields=["figures", "accuracy"])


class Migration(migrations.Migration):
    """Figures of runs are rounded where they are kept: the table is open to everybody."""

    dependencies = [("intelligence", "0013_reading_errand")]
    operations = [migrations.RunPython(round_what_is_kept, migrations.RunPython.noop)]
