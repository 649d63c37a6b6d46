"""`./run bench`: measures the product beside a bare page and a bare relay; prints Markdown."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from benchmarks import browsers, chat, crowds, far, files, letters, load, mesh, plans, signals, soak


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        choices=[
            "browsers",
            "chat",
            "crowds",
            "far",
            "files",
            "letters",
            "load",
            "mesh",
            "plans",
            "signals",
            "soak",
            [],
        ],
        help="all but the soak when nothing is named",
    )
    parser.add_argument("--rounds", type=int, default=6, help="joins of two that are measured (default 6)")
    parser.add_argument(
        "--beside",
        metavar="REVISION",
        help="in `browsers`, let the product as it was then (any name that Git knows) take turns",
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[4], help="calls whose load is measured (default 4)"
    )
    parser.add_argument("--minutes", type=int, default=30, help="how long the soak takes (default 30)")
    parser.add_argument("--megabytes", type=int, default=200, help="in `files`, of the file (default 200)")
    parser.add_argument(
        "--large", type=int, default=0, help="in `files`, megabytes of one more, whose memory is looked at"
    )
    options = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "browsers": lambda: browsers.run(options.rounds, beside=options.beside),
        "chat": chat.run,
        "far": lambda: far.run(max(3, options.rounds // 2)),
        "files": lambda: files.run(options.megabytes, options.large),
        "letters": letters.run,
        "load": lambda: load.run(tuple(options.sizes)),
        "mesh": mesh.run,
        "signals": signals.run,
        "crowds": crowds.run,
        "plans": plans.run,
        "soak": lambda: soak.run(options.minutes),
    }
    for name in options.what or [name for name in parts if name != "soak"]:
        for line in parts[name]():
            print(line, flush=True)
        print()  # between two tables


if __name__ == "__main__":
    main()
