"""The model commands: what a saved model learnt, without a database."""

import click

from lightkeeper.cli.refusal import Refusal
from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.linkage.model import load_model
from lightkeeper.engine.linkage.report import as_text, report_of


@click.group("model")
def model() -> None:
    """Read a saved model of linkage. Needs no database."""


@model.command("show")
@click.argument("file", type=click.Path(dir_okay=False))
def show(file: str) -> None:
    """What the model in FILE learnt: the weight of each level, the prior, what it cannot tell."""
    try:
        click.echo(as_text(report_of(load_model(file))), nl=False)
    except FileNotFoundError as error:
        raise Refusal(f"There is no file {file}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(str(FormatError(f"{file} cannot be read: {error}"))) from error
    except EngineError as error:
        raise Refusal(str(error)) from error
