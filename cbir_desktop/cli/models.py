"""``cbir models``: the encoders that a library can use."""

import argparse
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.core import registry
from cbir_desktop.encoders.models import ModelEntry, manifest


def add(subparsers: Subparsers) -> None:
    models = subparsers.add_parser("models", help="the encoders that a library can use")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_command(actions, "list", "encoders by name, with what the embedded ones are", run_list)


def run_list(options: argparse.Namespace) -> ExitCode:
    rows = [_row(name, manifest().get(name)) for name in registry.encoders.names()]
    if options.json:
        write_json({"models": rows})
    else:
        for row in rows:
            detail = f"  (version {row['version']}, {row['dim']} dimensions, {row['licence']})" if "dim" in row else ""
            write_text(f"{row['name']:10}  {row['summary']}{detail}")
    return ExitCode.DONE


def _row(name: str, entry: ModelEntry | None) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "summary": registry.encoders.plugin(name).summary}
    if entry is not None:
        row |= {"dim": entry.dim, "version": entry.version, "licence": entry.licence, "sha256": entry.spec.sha256}
    return row
