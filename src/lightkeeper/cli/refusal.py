"""What a command that needs no database refuses, in one sentence."""

import click


class Refusal(click.ClickException):
    """What was given cannot be used. Ends with 7, as `core.errors` has it for an EngineError."""

    exit_code = 7
