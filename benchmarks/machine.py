"""What this machine can do at best: the rates that a computed floor divides by."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

_SIDE = 2048
_READ_BYTES = 1 << 30
_TRIES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The best of several tries on all cores: operations a second, a multiply-add counting two."""

    int8: float
    fp32: float
    read_bytes: float


def rates() -> Rates:
    """Measure dense products of 2048 x 2048 matrices, and reading memory from end to end."""
    torch.set_num_threads(os.cpu_count() or 1)
    a, b = torch.randn(_SIDE, _SIDE), torch.randn(_SIDE, _SIDE)
    x, y = (torch.randint(-127, 127, (_SIDE, _SIDE), dtype=torch.int8) for _ in range(2))
    block = torch.ones(_READ_BYTES // 4)
    operations = 2 * _SIDE**3
    return Rates(
        int8=operations / _best_s(lambda: torch._int_mm(x, y)),
        fp32=operations / _best_s(lambda: a @ b),
        read_bytes=_READ_BYTES / _best_s(lambda: block.sum()),
    )


def described() -> str:
    """Return the processor's name, its cores and the system."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor()
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def _best_s(work: Callable[[], object]) -> float:
    work()
    took = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)
