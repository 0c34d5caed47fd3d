"""The `lightkeeper` command. Each command is loaded when it is called, so that `link`,
`match`, `model`, `disrupt` and `trends` need no Django.
"""

import sys
from importlib import import_module

import click

COMMANDS = {
    "demo": "lightkeeper.cli.demo:demo",
    "serve": "lightkeeper.cli.running:serve",
    "worker": "lightkeeper.cli.running:worker",
    "stop": "lightkeeper.cli.running:stop",
    "migrate": "lightkeeper.cli.running:migrate",
    "check": "lightkeeper.cli.checking:check",
    "intake": "lightkeeper.cli.working:intake",
    "find": "lightkeeper.cli.working:find",
    "password": "lightkeeper.cli.working:password",
    "keys": "lightkeeper.cli.keys:keys",
    "factor": "lightkeeper.cli.factor:factor",
    "identity": "lightkeeper.cli.identity:identity",
    "audit": "lightkeeper.cli.auditing:audit",
    "backup": "lightkeeper.cli.backing_up:backup",
    "verify": "lightkeeper.cli.backing_up:verify",
    "restore": "lightkeeper.cli.backing_up:restore",
    "rights": "lightkeeper.cli.rights:rights",
    "breaches": "lightkeeper.cli.breaches:breaches",
    "processing": "lightkeeper.cli.processing:processing",
    "link": "lightkeeper.cli.link:link",
    "match": "lightkeeper.cli.match:match",
    "model": "lightkeeper.cli.model:model",
    "disrupt": "lightkeeper.cli.disrupt:disrupt_command",
    "trends": "lightkeeper.cli.trends:trends_command",
    "synth": "lightkeeper.cli.synth:synth",
}


class Commands(click.Group):
    """Commands by name; errors meant for people are one sentence and an exit code of their own."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> object:
        from lightkeeper.core.errors import ANSWERS, DomainError
        from lightkeeper.engine.errors import EngineError

        try:
            return super().invoke(context)
        except (DomainError, EngineError) as error:
            click.echo(f"lightkeeper: {error}", err=True)
            kind = next(kind for kind in type(error).__mro__ if kind in ANSWERS)
            sys.exit(ANSWERS[kind].exit_code)


@click.group(cls=Commands)
@click.version_option(package_name="lightkeeper", message="%(prog)s %(version)s")
def main() -> None:
    """Lightkeeper: intake, picture, tasking and safeguarding for a child-protection centre."""
