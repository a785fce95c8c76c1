"""The whole line on the sample documents: cold and warm time, the share of each stage, peak memory.

Run: python -m benchmarks.line [rounds]
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from service.backends.load import Runtime, load_models
from service.domain.brief import Options
from service.domain.ports import Watch
from service.intake import read_paths
from service.pipeline import summarize

SEEDS = Path(__file__).parent.parent / "seeds"


def cold_s() -> float:
    """Return the seconds of one `brief run seeds` in a fresh process."""
    started = time.perf_counter()
    command = [sys.executable, "-c", "from service.cli import main; main()", "run", str(SEEDS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def warm(rounds: int) -> tuple[float, dict[str, float]]:
    """Return the median seconds of a brief once the model is loaded, and of each stage."""
    documents = read_paths([str(SEEDS)], stdin=sys.stdin.buffer).documents
    models = load_models(None, runtime=Runtime(threads=2))
    totals: list[float] = []
    stages: dict[str, list[float]] = {}
    for _ in range(rounds + 1):
        started = time.perf_counter()
        brief = summarize(
            documents,
            models,
            Options(),
            brief_id="benchmark",
            created_at=datetime.now(UTC),
            watch=Watch(clock_s=time.perf_counter),
        )
        totals.append(time.perf_counter() - started)
        for stage, seconds in (brief.run.timings_s if brief.run else {}).items():
            stages.setdefault(stage, []).append(seconds)
    # The first round warms caches and the language identifier; it is not counted.
    return statistics.median(totals[1:]), {k: statistics.median(v[1:]) for k, v in stages.items()}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    colds = [cold_s() for _ in range(3)]
    warm_s, stages = warm(rounds)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = sum(stages.values())
    print(
        json.dumps(
            {
                "cold_s": round(statistics.median(colds), 2),
                "warm_s": round(warm_s, 3),
                "stage_share": {k: round(v / total, 3) for k, v in stages.items()},
                "peak_rss_mb": round(peak_mb),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
