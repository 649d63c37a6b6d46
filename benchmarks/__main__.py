"""`./run bench`: measures the product beside a bare page and a bare relay; prints Markdown."""

from __future__ import annotations

import argparse

from benchmarks import browsers, load, signals


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=["browsers", "load", "signals", []], help="all when nothing is named"
    )
    parser.add_argument("--rounds", type=int, default=10, help="joins of two that are measured (default 10)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[4, 8], help="calls whose load is measured (default 4 8)"
    )
    options = parser.parse_args()
    chosen = options.what or ["browsers", "load", "signals"]
    if "browsers" in chosen:
        for line in browsers.run(options.rounds):
            print(line, flush=True)
    if "load" in chosen:
        for line in load.run(tuple(options.sizes)):
            print(line, flush=True)
    if "signals" in chosen:
        for line in signals.run():
            print(line, flush=True)


if __name__ == "__main__":
    main()
