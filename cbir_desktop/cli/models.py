"""``cbir models``: the encoders that a library can use."""

import argparse

from cbir_desktop.cli.options import Subparsers, add_command
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.core import registry
from cbir_desktop.encoders.models import manifest


def add(subparsers: Subparsers) -> None:
    models = subparsers.add_parser("models", help="the encoders that a library can use")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_command(actions, "list", "encoders by name, with what the embedded ones are", run_list)


def run_list(options: argparse.Namespace) -> ExitCode:
    entries = manifest()
    rows = [
        {
            "name": name,
            "summary": registry.encoders.plugin(name).summary,
            **(
                {
                    "dim": entries[name].dim,
                    "sha256": entries[name].sha256,
                    "licence": entries[name].licence,
                    "version": entries[name].version,
                }
                if name in entries
                else {}
            ),
        }
        for name in registry.encoders.names()
    ]
    if options.json:
        write_json({"models": rows})
    else:
        for row in rows:
            detail = f"  (version {row['version']}, {row['dim']} dimensions, {row['licence']})" if "dim" in row else ""
            write_text(f"{row['name']:10}  {row['summary']}{detail}")
    return ExitCode.DONE
