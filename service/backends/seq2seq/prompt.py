"""Prompt templates: the text a model wants around a chunk."""

import hashlib
import re
from dataclasses import dataclass

from service.domain.errors import ModelRefused
from service.resources import folder

_NAME = re.compile(r"[a-z0-9_-]{1,40}")
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TEXT = re.compile(r"\{\{\s*text\s*\}\}")
_SENTENCES = re.compile(r"\{\{\s*sentences\s*\}\}")
_MAX_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What stands before and after a chunk, and the SHA-256 of the whole as it was written."""

    before: str
    after: str
    sha256: str

    def around(self, sentences: int) -> tuple[str, str]:
        """Return the two sides of the chunk for a wanted number of sentences."""
        wanted = str(sentences)
        return _SENTENCES.sub(wanted, self.before), _SENTENCES.sub(wanted, self.after)


def parse_template(text: str) -> Template:
    """Read a template; raises `ValueError` where it breaks a rule of prompts/README.md."""
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(f"{len(text)} characters, limit {_MAX_CHARACTERS}")
    sides = _TEXT.split(text.strip())
    if len(sides) != 2:
        raise ValueError(f"need {{{{ text }}}} exactly once, got it {len(sides) - 1} times")
    for side in sides:
        for found in _PLACEHOLDER.finditer(_SENTENCES.sub("", side)):
            raise ValueError(f"unknown placeholder {found.group()!r}")
    return Template(
        before=sides[0].rstrip(),
        after=sides[1],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def read_template(name: str, model: str) -> Template:
    """Return the drafting template of that name; raises `ModelRefused` if none is sound."""
    path = folder("prompts") / "draft" / f"{name}.txt"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise ModelRefused(model, f"there is no prompt named {name!r}")
    try:
        return parse_template(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelRefused(model, f"the prompt {name!r} is unsound: {error}") from error
