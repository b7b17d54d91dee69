"""`frontdesk tune …`: from what people liked to a better model."""

from __future__ import annotations

import typer

from adapters.tuning import preparing_cli, promoting_cli, training_cli

app = typer.Typer(no_args_is_help=True, help="From what people liked to a better model, promoted only where it wins.")
app.add_typer(preparing_cli.app)
app.add_typer(training_cli.app)
app.add_typer(promoting_cli.app)
