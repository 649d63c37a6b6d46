"""`./run bench`: measures the product beside a bare page and a bare relay; prints Markdown."""

from __future__ import annotations

import argparse

from benchmarks import browsers, crowds, far, load, signals, soak


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        choices=["browsers", "crowds", "far", "load", "signals", "soak", []],
        help="all but the soak when nothing is named",
    )
    parser.add_argument("--rounds", type=int, default=6, help="joins of two that are measured (default 6)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[4, 8], help="calls whose load is measured (default 4 8)"
    )
    parser.add_argument("--minutes", type=int, default=30, help="how long the soak takes (default 30)")
    options = parser.parse_args()
    chosen = options.what or ["browsers", "far", "load", "signals", "crowds"]
    if "browsers" in chosen:
        for line in browsers.run(options.rounds):
            print(line, flush=True)
    if "far" in chosen:
        for line in far.run(max(3, options.rounds // 2)):
            print(line, flush=True)
    if "load" in chosen:
        for line in load.run(tuple(options.sizes)):
            print(line, flush=True)
    if "signals" in chosen:
        for line in signals.run():
            print(line, flush=True)
    if "crowds" in chosen:
        for line in crowds.run():
            print(line, flush=True)
    if "soak" in chosen:
        for line in soak.run(options.minutes):
            print(line, flush=True)


if __name__ == "__main__":
    main()
