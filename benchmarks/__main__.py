"""`./run bench`: measures the product beside a bare page and a bare relay; prints Markdown."""

from __future__ import annotations

import argparse

from benchmarks import browsers, signals


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=["browsers", "signals", []], help="both when nothing is named"
    )
    parser.add_argument("--rounds", type=int, default=10, help="joins of two that are measured (default 10)")
    options = parser.parse_args()
    chosen = options.what or ["browsers", "signals"]
    if "browsers" in chosen:
        for line in browsers.run(options.rounds):
            print(line, flush=True)
    if "signals" in chosen:
        for line in signals.run():
            print(line, flush=True)


if __name__ == "__main__":
    main()
