"""The command line: everything that `lora-triage` does, each command a thin cover of one function."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.given import rules_or_usage, settings_or_error
from bot.serving import digest, migrate_store, serve, stats

# Everything heavier is imported by the command that needs it: a small bundle is diagnosed in under a second.
if TYPE_CHECKING:
    from diagnostics.diagnose import Diagnosis
    from diagnostics.faces.reader import FaceReader
    from knowledge.mistakes import Mistake
    from knowledge.model import Knowledge

EXIT_NOTHING_USABLE = 1
GARBAGE_THRESHOLD = 100_000
"""New objects after which the garbage collector looks (Python's own: 700)."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lora-triage")
@click.option(
    "--knowledge",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="LORA_TRIAGE_KNOWLEDGE",
    help="Folder of rules to use instead of the built-in ones.",
)
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """Say what is wrong with a LoRA training, with the evidence, and what to do about it."""
    context.obj = folder


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("-m", "--message", default="", help="What went wrong, in your own words.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--compare-faces", is_flag=True, help="Compare the faces in the samples, in memory (extra `faces`).")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the loss curve into this PNG file.")
@click.pass_obj
def diagnose(
    folder: Path | None, paths: tuple[str, ...], message: str, as_json: bool, compare_faces: bool, plot: Path | None
) -> None:
    """Diagnose files, a folder, an archive, or - for standard input.

    \b
    lora-triage diagnose run/config.yaml run/log.txt
    lora-triage diagnose run/ -m "skin looks like wax"
    cat log.txt | lora-triage diagnose -
    """
    from bot.inputs import InputError, collect
    from bot.progress import progress
    from diagnostics.diagnose import Diagnostician
    from diagnostics.intake import Workspace

    if not paths and not message:
        raise click.UsageError("Name a file or folder to look at, or describe the problem with --message.")
    with Workspace() as workspace:
        try:
            bundle = collect(paths, message, workspace=workspace)
        except InputError as error:
            raise click.UsageError(str(error)) from error
        known = rules_or_usage(folder)
        diagnostician = Diagnostician(known, _faces(known) if compare_faces else None)
        with progress("Reading"):
            diagnosis = diagnostician.examine(bundle)
    report = diagnosis.report
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, allow_nan=False))
    else:
        from bot.render.terminal import show_report

        show_report(report, diagnostician.knowledge)
    if plot is not None:
        _plot(diagnosis, plot)
    if not report.usable:
        sys.exit(EXIT_NOTHING_USABLE)


@cli.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="Pack one training run into a small zip for support.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def collect(arguments: tuple[str, ...]) -> None:
    """Pack one training run into a small zip for support: see `lora-triage collect --help`."""
    from bot.collect.lora_triage_collect import main as pack

    # it reads its own arguments: the same file is a script of its own
    sys.exit(pack(arguments, "lora-triage collect"))


@cli.command()
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the scores and every case as one JSON object.")
@click.pass_obj
def evaluate(folder: Path | None, cases: Path, as_json: bool) -> None:
    """Score the diagnosis on labelled cases (one JSON object a line)."""
    from bot.progress import progress
    from diagnostics.diagnose import Diagnostician
    from diagnostics.evaluate import evaluate as score
    from diagnostics.evaluate import read_cases

    try:
        listed = list(read_cases(cases))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not listed:
        raise click.UsageError(f"{cases} holds no case.")
    with progress("Diagnosing", len(listed)) as advance:
        scores = score(listed, Diagnostician(rules_or_usage(folder)), advance)
    if as_json:
        click.echo(json.dumps(scores.to_dict(), ensure_ascii=False))
    else:
        from bot.render.scores import show_scores

        show_scores(scores)


@cli.command("evaluate-curves")
@click.argument("curves", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def evaluate_curves(curves: Path, as_json: bool) -> None:
    """Score the loss-curve verdicts on a folder of labelled curves (.jsonl.gz files)."""
    from bot.progress import progress
    from diagnostics.loss.evaluate import evaluate_curves as score

    try:
        with progress("Judging") as advance:
            report = score(curves, advance=advance)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    else:
        from bot.render.scores import show_curve_scores

        show_curve_scores(report)


@cli.group()
def knowledge() -> None:
    """Look after the rules."""


@knowledge.command()
@click.pass_obj
def check(folder: Path | None) -> None:
    """Check every rule: its shape, its examples, its expressions. Names file and line of each mistake."""
    from knowledge.load import HOME, load_knowledge
    from knowledge.redaction import load_redaction

    root = folder or HOME
    mistakes = _mistakes(root)
    for mistake in mistakes:
        click.echo(str(mistake))
    if mistakes:
        click.echo(f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)} found.", err=True)
        sys.exit(EXIT_NOTHING_USABLE)
    known = load_knowledge(root)
    redaction = load_redaction(root)
    signatures = sum(len(rule.signatures) for rule in known.rules.values())
    phrases = sum(len(rule.phrases) for rule in known.rules.values())
    click.echo(
        f"All is well: {len(known.rules)} rules with {signatures} signatures and {phrases} phrases, "
        f"{len(known.checklists)} checklists, {len(known.profiles)} profiles, {len(known.pitfalls)} config pitfalls, "
        f"{len(redaction.rules)} shapes of secrets."
    )


@knowledge.command("try")
@click.argument("rule", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cases", default=10_000, show_default=True, type=click.IntRange(1), help="How many kept cases, the newest first."
)
@click.pass_obj
def try_rule(folder: Path | None, rule: Path, cases: int) -> None:
    """Try a new or changed RULE (a YAML file) on the cases that `serve` keeps: what it would have changed."""
    from bot.keeping import KeepingError
    from bot.keeping import try_rule as run
    from bot.progress import progress
    from bot.render.trial import show_trial
    from diagnostics.diagnose import Diagnostician
    from diagnostics.trial import Trial
    from knowledge.load import HOME, load_knowledge
    from knowledge.mistakes import KnowledgeError
    from knowledge.overlay import with_rule

    root = folder or HOME
    try:
        with with_rule(root, rule) as tried:
            if mistakes := _mistakes(tried):
                raise KnowledgeError(mistakes)
            after = Diagnostician(load_knowledge(tried))
    except KnowledgeError as error:
        raise click.UsageError(f"The rule cannot be tried:\n{error}") from error
    trial = Trial(Diagnostician(rules_or_usage(folder)), after, rule.stem)
    try:
        with progress("Trying", cases) as advance:
            total, changes = run(settings_or_error(), trial, cases, advance)
    except KeepingError as error:
        raise click.ClickException(str(error)) from error
    show_trial(trial.rule, changes, total, after.knowledge)


@cli.command()
@click.argument("answers", nargs=-1, type=int)
@click.pass_obj
def guide(folder: Path | None, answers: tuple[int, ...]) -> None:
    """Walk the troubleshooting guide question by question; ANSWERS given beforehand (1 2 ...) are not asked."""
    from bot.render.guide import walk_guide

    try:
        walk_guide(rules_or_usage(folder), answers)
    except LookupError as error:
        raise click.UsageError(f"In the guide {error}.") from error


@cli.command()
@click.argument("name", required=False)
@click.pass_obj
def checklist(folder: Path | None, name: str | None) -> None:
    """Show one of the guide's checklists; without a NAME, list them."""
    from bot.render.guide import list_checklists, show_checklist

    known = rules_or_usage(folder)
    if name is None:
        list_checklists(known)
    elif name in known.checklists:
        show_checklist(known.checklists[name])
    else:
        raise click.UsageError(f"There is no checklist {name}. There are: {', '.join(known.checklists)}.")


for each in (stats, digest, serve, migrate_store):
    cli.add_command(each)


def _mistakes(root: Path) -> tuple[Mistake, ...]:
    from bot.redact.check import check_redaction
    from diagnostics.symptoms.check import check_phrases
    from knowledge.check import check_knowledge

    return check_knowledge(root) or (*check_phrases(root), *check_redaction(root))


def _faces(known: Knowledge) -> FaceReader:
    from diagnostics.faces.reader import FaceReader, FacesMissingError

    try:
        reader = FaceReader(known.faces)
    except FacesMissingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(known.faces.consent, err=True)
    return reader


def _plot(diagnosis: Diagnosis, path: Path) -> None:
    if diagnosis.series is None or diagnosis.report.loss is None:
        click.echo("There is no loss curve in this to draw.", err=True)
        return
    from diagnostics.loss.plot import draw

    path.write_bytes(draw(diagnosis.series, diagnosis.report.loss, diagnosis.profile))
    click.echo(f"Drew the loss curve into {path}.", err=True)


def main() -> None:
    """Entry point of `lora-triage`."""
    # Loading the rules makes many small objects and no garbage: looking for it took a sixth of a small diagnosis.
    gc.set_threshold(GARBAGE_THRESHOLD)
    # Looking through all installed packages for pydantic plugins takes 30 ms, and there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    cli(prog_name="lora-triage")
