"""Throws hostile Markdown at the renderers of Slack and Discord: no crash, no limit exceeded, no broken link or fence.

    python -m tests.bench.fuzz_renderers --inputs 100000 [--seed 0]

Prints one JSON value; the exit status is 1 where a rule was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

from tests.renderers import broken_rules, hostile_answer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shown", type=int, default=20, help="how many broken inputs are shown")
    options = parser.parse_args()
    begun = time.monotonic()
    broken: list[dict[str, object]] = []
    characters = longest = failed = 0
    slowest = 0.0
    for number in range(options.inputs):
        answer = hostile_answer(random.Random(f"{options.seed}/{number}"))
        characters += len(answer.text)
        longest = max(longest, len(answer.text))
        at = time.perf_counter()
        found = broken_rules(answer)
        slowest = max(slowest, time.perf_counter() - at)
        if found:
            failed += 1
            if len(broken) < options.shown:
                broken.append({"input": f"{options.seed}/{number}", "rules": sorted(set(found))[:5]})
        if number % 5000 == 4999:
            print(f"{number + 1:,} inputs, {failed} broken", file=sys.stderr)
    told = {
        "inputs": options.inputs,
        "seed": options.seed,
        "characters": characters,
        "longest": longest,
        "broken": failed,
        "slowest_s": round(slowest, 3),
        "seconds": round(time.monotonic() - begun, 1),
        "examples": broken,
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
