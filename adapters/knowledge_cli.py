"""`frontdesk knowledge …`: looking after the documents in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.console import Json, loaded, out, print_json

app = typer.Typer(no_args_is_help=True, help="The documents: what there is, what is found, what is wrong with them.")


@app.command()
def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="Its id, as `frontdesk search` shows it.")],
    as_json: Json = False,
) -> None:
    """Show a document as it was indexed: its scope and its passages."""
    from rich.panel import Panel
    from rich.text import Text

    from bot.library import document_of, told_scope
    from knowledge.index import Index

    passages = document_of(Index(loaded(context).knowledge_uri), document)
    first = passages[0]
    if as_json:
        print_json(
            {
                "document_id": first.document_id,
                "source": first.source,
                "title": first.title,
                "url": first.url,
                "scope": first.scope.as_mapping(),
                "updated": first.updated.isoformat() if first.updated else None,
                "passages": [{"passage_id": one.id, "heading": one.heading, "text": one.text} for one in passages],
            }
        )
        return
    out.print(Text(first.title, style="bold"), Text(f"({first.document_id}, source {first.source})", style="cyan"))
    if first.url:
        out.print(Text(first.url))
    out.print(f"Told to {told_scope(first.scope)}.", f"Updated {first.updated}." if first.updated else "", markup=False)
    for n, passage in enumerate(passages, start=1):
        heading = Text(passage.heading or first.title, style="cyan")
        out.print(Panel(Text(passage.text), title=heading, title_align="left", subtitle=f"{n} of {len(passages)}"))


@app.command()
def rollback(context: typer.Context, as_json: Json = False) -> None:
    """Put the version before in force again."""
    from knowledge.index import Index

    number = Index(loaded(context).knowledge_uri).rollback()
    if as_json:
        print_json({"version": number})
    else:
        out.print(f"Version {number} is in force again. The next reindex starts from it.")
