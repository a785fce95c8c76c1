"""Prompt templates: the text a model wants around a chunk, rendered before any chunk is seen."""

import hashlib
import re
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service.domain.claims import TASKS, Task
from service.domain.errors import ModelRefused
from service.resources import folder

MAX_CHARACTERS = 2_000
MOST_SENTENCES = 99
_FAMILY = re.compile(r"[a-z0-9_-]{1,40}")
_VARIABLES = frozenset({"text", "sentences"})
# Stands for the chunk. A filter that would change a text changes this one too, and is found out.
_SENTINEL = " \ue000Text of the chunk: <&'\"{{1}}>\n\ttExt\ue001 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What stands before and after a chunk, for 1 to `MOST_SENTENCES` wanted sentences, in order.

    `sha256` is that of the template as it was written.
    """

    sides: tuple[tuple[str, str], ...]
    sha256: str

    def around(self, sentences: int) -> tuple[str, str]:
        """Return the two sides of the chunk for a wanted number of sentences."""
        if not 1 <= sentences <= len(self.sides):
            raise ValueError(f"need 1 to {len(self.sides)} sentences, got {sentences}")
        return self.sides[sentences - 1]


def parse_template(text: str) -> Template:
    """Read a template; raises `ValueError` where it breaks a rule of prompts/README.md."""
    language = _language()
    try:
        unknown = meta.find_undeclared_variables(language.parse(text)) - _VARIABLES
        if unknown:
            raise ValueError(f"unknown variable {min(unknown)!r}")
        compiled = language.from_string(text)
        sides = tuple(_sides(compiled, n) for n in range(1, MOST_SENTENCES + 1))
    # Expressions of a template fail as Python's own do.
    except (TemplateError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    return Template(sides=sides, sha256=hashlib.sha256(text.encode()).hexdigest())


def read_templates(family: str, model: str) -> dict[Task, Template]:
    """Return a family's templates, by what the model is asked for.

    Raises `ModelRefused` where one is unsound, and where there is none for drafting.
    """
    if not _FAMILY.fullmatch(family):
        raise ModelRefused(model, f"{family!r} cannot name a family of prompts")
    paths = {task: folder("prompts") / task / f"{family}.txt" for task in TASKS}
    if not paths["draft"].is_file():
        raise ModelRefused(model, f"there is no prompt named {family!r}")
    found: dict[Task, Template] = {}
    for task, path in paths.items():
        if path.is_file():
            try:
                found[task] = parse_template(path.read_bytes().decode())
            except ValueError as error:
                reason = f"the {task} prompt {family!r} is unsound: {error}"
                raise ModelRefused(model, reason) from error
    return found


def _language() -> ImmutableSandboxedEnvironment:
    """Return Jinja2 without files, without globals, and without anything drawn at random."""
    language = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    language.globals.clear()
    del language.filters["random"]
    return language


def _sides(compiled: Compiled, sentences: int) -> tuple[str, str]:
    written, size = [], 0
    for part in compiled.generate(text=_SENTINEL, sentences=sentences):
        written.append(part)
        size += len(part)
        if size - len(_SENTINEL) > MAX_CHARACTERS:
            raise ValueError(f"more than {MAX_CHARACTERS} characters, the limit")
    sides = "".join(written).split(_SENTINEL)
    if len(sides) != 2:
        raise ValueError(
            f"need {{{{ text }}}} exactly once and unchanged, got it {len(sides) - 1} times"
        )
    return sides[0].strip(), sides[1].rstrip()
