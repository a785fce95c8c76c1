"""A gate: figures that may not get worse, the files they were measured on, and what breaks it.

sets = 6                                # how many sets errors and conflicts were planted in
[files]
"wikinews_mds.jsonl" = "021e..."        # hex SHA-256
[floors.coverage]
"ROUGE-1" = 51.0
[ceilings.errors]
refused = 0.01
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.errors import BadCorpus
from service.evaluation.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Bounds by suite and figure, inclusive, and the hex SHA-256 of each file by its name."""

    sets: int
    files: Mapping[str, str]
    floors: Mapping[str, Figures]
    ceilings: Mapping[str, Figures]

    def breaches(self, suite: str, figures: Figures) -> Iterator[str]:
        """Say which figures of a suite are worse than their bound, or were not measured."""
        for name, floor in self.floors.get(suite, {}).items():
            if (found := figures.get(name)) is None:
                yield f"{suite}: {name} has a floor and was not measured"
            elif found < floor:
                yield f"{suite}: {name} is {found:.4f}, below its floor of {floor}"
        for name, ceiling in self.ceilings.get(suite, {}).items():
            if (found := figures.get(name)) is None:
                yield f"{suite}: {name} has a ceiling and was not measured"
            elif found > ceiling:
                yield f"{suite}: {name} is {found:.4f}, above its ceiling of {ceiling}"

    def other_files(self, sha256s: Mapping[str, str]) -> Iterator[str]:
        """Say which files are others than those the bounds were measured on."""
        for name, sha256 in sha256s.items():
            if self.files.get(name) != sha256:
                yield (
                    f"{name} has SHA-256 {sha256}, and the bounds were measured on"
                    f" {self.files.get(name, 'no such file')}: measure them anew"
                )


def read_gate(path: Path) -> Gate:
    """Read a gate's file; raises `BadCorpus` where it is missing or malformed."""
    try:
        return _gate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise BadCorpus(str(path), error.strerror or str(error)) from error
    except ValueError as error:
        raise BadCorpus(str(path), str(error)) from error


def _gate(stated: Mapping[str, object]) -> Gate:
    if unknown := sorted(stated.keys() - {"sets", "files", "floors", "ceilings"}):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    return Gate(
        sets=_count(stated.get("sets")),
        files=_names(stated.get("files", {})),
        floors=_bounds(stated.get("floors", {})),
        ceilings=_bounds(stated.get("ceilings", {})),
    )


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"'sets' is {value!r}, no number from 1 on")
    return value


def _names(value: object) -> dict[str, str]:
    table = _table("files", value)
    return {name: _sha256(name, stated) for name, stated in table.items()}


def _sha256(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"the SHA-256 of {name!r} is {value!r}")
    return value


def _bounds(value: object) -> dict[str, Figures]:
    return {
        suite: {name: _number(name, bound) for name, bound in _table(suite, figures).items()}
        for suite, figures in _table("bounds", value).items()
    }


def _number(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"the bound of {name!r} is {value!r}, no number")
    return float(value)


def _table(name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{name!r} is no table")
    return value
