"""The long run: `python -m tests.fuzz --requests 20000 --seed 1`; exit 1 where anything was found."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.fuzz.campaign import run, until_quiet
from tests.serving import Serving


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = Serving.on(Path(folder))
        service.start()
        try:
            service.until_ready()
            findings = asyncio.run(run(service, wanted.requests, wanted.seed))
            quiet_s = until_quiet(service, 300)
        finally:
            service.stop()
        sys.stdout.write(f"{findings.told()}\na brief again after {quiet_s:.1f} s\n")
        if findings.faults:
            sys.stdout.write(service.log.read_text()[-4000:])
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
