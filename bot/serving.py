"""Commands about the service and the cases that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.given import rules_or_usage, settings_or_error


@click.command()
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="How far back, in days (UTC)."
)
@click.option("--server", help="Only this one, as PLATFORM/ID, say discord/1234; without it all of them.")
@click.option("--most", default=10, show_default=True, type=click.IntRange(1), help="Rows of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Draw the counts into this PNG file.")
@click.pass_obj
def stats(folder: Path | None, days: int, server: str | None, most: int, as_json: bool, chart: Path | None) -> None:
    """Say what recurs in the cases that `serve` keeps: causes, errors, trainers, models, GPUs."""
    from bot.keeping import KeepingError, count
    from bot.render.stats import draw_stats, show_stats, to_dict

    known = rules_or_usage(folder)
    try:
        counted = count(settings_or_error(), days, server, known)
    except KeepingError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(to_dict(counted), ensure_ascii=False))
    else:
        show_stats(counted, known.chat, most)
    if chart is not None:
        image = draw_stats(counted, known.chat)
        if image is None:
            click.echo("There is nothing to draw.", err=True)
        else:
            chart.write_bytes(image)
            click.echo(f"Drew the counts into {chart}.", err=True)


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be posted; `serve` alone posts.")
@click.option("--server", help="The last seven days of this one, as PLATFORM/ID, say discord/1234.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write charts and drafts of rules here.",
)
@click.pass_obj
def digest(folder: Path | None, dry_run: bool, server: str | None, save: Path | None) -> None:
    """Show the weekly digests: of each server that has them, of the week that is over."""
    from bot.chat.digest import digest_card
    from bot.keeping import KeepingError, digests
    from bot.render.card import save_files, show_card

    if not dry_run:
        raise click.UsageError("Digests are posted by `lora-triage serve`, once a week; add --dry-run to see them.")
    known = rules_or_usage(folder)
    try:
        made = digests(settings_or_error(), server, known)
    except KeepingError as error:
        raise click.ClickException(str(error)) from error
    if not made:
        click.echo("No server has a channel for its digest: /triage-settings sets one, --server shows one without.")
    for each in made:
        click.echo(f"{each.platform}/{each.server}")
        card = digest_card(each, known)
        show_card(card)
        if save is not None:
            for path in save_files(card, save / f"{each.platform}-{each.server}"):
                click.echo(f"Wrote {path}.", err=True)


@click.command()
@click.option(
    "--role",
    type=click.Choice(["all", "gateway", "worker", "web"]),
    help="What this process does: listen to the chats, read and answer cases, or serve the page (docs/operations.md).",
)
@click.pass_obj
def serve(folder: Path | None, role: str | None) -> None:
    """Answer on every chat that has a token (see docs/settings.md), until interrupted."""
    from bot.desk import DeskError
    from bot.serve import serve as run
    from bot.settings import SettingsError, load_settings
    from knowledge.mistakes import KnowledgeError

    try:
        settings = load_settings()
        run(settings.model_copy(update={"knowledge": folder or settings.knowledge, "role": role or settings.role}))
    except KnowledgeError as error:
        raise click.UsageError(f"The rules cannot be used:\n{error}") from error
    except (SettingsError, DeskError) as error:
        raise click.ClickException(str(error)) from error


@click.command("migrate-store")
@click.argument("target")
@click.option("--source", help="The store to copy from; by default the one that is set, SQLite in the data folder.")
def migrate_store(target: str, source: str | None) -> None:
    """Copy all cases into the empty database TARGET, and compare them row by row. Stop `serve` first.

    \b
    lora-triage migrate-store postgresql+psycopg://triage@db/triage
    People reach their cases only with the key they were kept by; take that along as well:
    LORA_TRIAGE_SECRET=hex:$(xxd -p -c 64 data/secret.key)
    """
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from bot.cases.moving import MovingError, move
    from bot.desk.workplace import TakenError, alone

    settings = settings_or_error()
    given = settings.model_copy(update={"database": source}) if source else settings
    try:
        with alone(settings.data / "desk.lock"):
            move(given.database_url, target, lambda moved: click.echo(f"{moved.rows:>10,} {moved.table}"))
    except TakenError as error:
        raise click.ClickException("`lora-triage serve` is running on this store; stop it first.") from error
    except MovingError as error:
        raise click.ClickException(str(error)) from error
    except (ArgumentError, SQLAlchemyError) as error:
        raise click.ClickException(f"The store cannot be reached: {str(error).splitlines()[0]}") from error
    click.echo("Every row is there, and equal.")
