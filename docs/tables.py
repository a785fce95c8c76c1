"""Writes the tables of `operating.md` from the code: `make docs`. A test holds them current."""

import re
from functools import partial
from pathlib import Path

from pydantic_core import PydanticUndefined

from service.settings import Settings
from service.telemetry.metrics import Level, Metrics

GUIDE = Path(__file__).with_name("operating.md")
# What depends on the machine, in words.
_BY_MACHINE = {
    "cache_dir": "your cache folder",
    "models_dir": "your data folder",
    "database_url": "SQLite in your data folder",
    "secret_file": "in your data folder",
    "threads": "cores",
}


def settings_table() -> str:
    """Return every setting with its default and what it means, in the order of the code."""
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        given = field.default is not PydanticUndefined
        default = _plain(field.default) if given else _BY_MACHINE[name]
        rows.append(f"| `BRIEF_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def metrics_table() -> str:
    """Return every figure with its kind and what it means."""
    level = Level(
        queue_depth=0,
        running=0,
        oldest_s=0.0,
        workers_ready=0,
        deliveries_pending=0,
        loop_lag_max_s=0.0,
        loop_blocked_max_s=0.0,
    )
    told = Metrics().render(level).decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE))
    meanings = re.findall(r"^# HELP (\S+) (.*)$", told, re.MULTILINE)
    rows = ["| figure | kind | |", "|---|---|---|"]
    return "\n".join(
        [*rows, *(f"| `{name}` | {kinds[name]} | {means} |" for name, means in meanings)]
    )


def with_tables(guide: str) -> str:
    """Return the guide with its tables as they are today."""
    for name, make in (("settings", settings_table), ("metrics", metrics_table)):
        between = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        guide, count = re.subn(between, partial(_filled, make()), guide, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{GUIDE.name} has {count} places for the table of {name}")
    return guide


def _filled(table: str, found: re.Match[str]) -> str:
    return f"{found[1]}{table}\n{found[2]}"


def _plain(default: object) -> str:
    if default is None:
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}"
    return str(default)


if __name__ == "__main__":
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")
