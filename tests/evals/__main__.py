"""`python -m tests.evals --limit 2.00`: asks real models, for at most so many dollars, and prints what came of it."""

import argparse
import asyncio
import os
import sys
from decimal import Decimal

API = "https://api.anthropic.com"
SKIPPED = 2


def main() -> int:
    """The exit code: 0 where all passed, 1 where not, 2 where nothing was asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--limit", type=Decimal, required=True, help="US dollars, for all of it")
    parser.add_argument("--only", default="", help="the name of one case")
    given = parser.parse_args()
    key = os.environ.get("ANTHROPIC_API_KEY", "")
    if not key or not 0 < given.limit <= 1000:
        print("EVALS SKIPPED: they need ANTHROPIC_API_KEY and a limit above 0. Nothing was measured.", file=sys.stderr)
        return SKIPPED
    from tests.evals.asking import run  # takes seconds, and whoever is told to come back with a key has nothing of it

    return asyncio.run(run(key, os.environ.get("ANTHROPIC_BASE_URL", API), given.limit, given.only))


if __name__ == "__main__":
    sys.exit(main())
