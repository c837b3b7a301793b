"""``nahbar run``: the app in a browser, from wherever it is installed."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from typing import Any

from geo.commands.console import tell_findings
from geo.commands.question_options import whole
from geo.shipped import APP_FOLDER, shipped


def register(subparsers: Any) -> None:
    """Add the command ``run`` to the command line."""
    parser = subparsers.add_parser(
        "run",
        help="the app in a browser",
        description="Start the app. Only this machine sees it, unless --address says otherwise.",
    )
    parser.add_argument("--port", type=_port, default=8501, help="port (default 8501)")
    parser.add_argument("--address", default="localhost", help="where to listen, 0.0.0.0 for all (default localhost)")
    parser.add_argument("--region", type=shipped, metavar="DIR", help="folder of the region that is shown first")
    parser.add_argument("--lang", choices=("de", "en"), default="de", help="language of sentences (default de)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start the app in this process and stay until it ends; return the exit status.

    1: the folder is no region; nothing is started.
    """
    if args.region is not None:
        from geo.findings import error
        from geo.region.package import DESCRIPTOR
        from geo.text import texts

        if not (args.region / DESCRIPTOR).is_file():
            tell_findings(texts(args.lang), [error("package_descriptor_missing", file=str(args.region / DESCRIPTOR))])
            return 1
        os.environ["NAHBAR_REGION"] = str(args.region.resolve())
    # Streamlit reads .streamlit/config.toml beside app.py. It runs in this process: whoever ends this ends the app.
    sys.argv = ["streamlit", "run", str(APP_FOLDER / "app.py")]
    sys.argv += [f"--server.port={args.port}", f"--server.address={args.address}"]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _port(text: str) -> int:
    port = whole(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port from 1 to 65535")
    return port
