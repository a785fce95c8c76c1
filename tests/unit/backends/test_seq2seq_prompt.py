import hashlib

import pytest

from service.backends.seq2seq.prompt import parse_template, read_template
from service.domain.errors import ModelRefused
from service.resources import folder


@pytest.mark.parametrize("name", ["compact", "plain", "t5"])
def test_a_templates_hash_is_that_of_its_file(name: str) -> None:
    written = (folder("prompts") / "draft" / f"{name}.txt").read_bytes()
    assert read_template(name, "m").sha256 == hashlib.sha256(written).hexdigest()


def test_a_template_stands_around_the_text() -> None:
    template = parse_template("Say it in {{ sentences }}: {{ text }} In short:\n")
    assert template.around(3) == ("Say it in 3:", " In short:")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("summarize:", "exactly once, got it 0 times"),
        ("{{ text }} {{text}}", "exactly once, got it 2 times"),
        ("{{ text }} {{ tone }}", "unknown placeholder '{{ tone }}'"),
        ("x" * 2001 + "{{ text }}", "limit 2000"),
    ],
)
def test_an_unsound_template_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_template(text)


@pytest.mark.parametrize("name", ["none", "../draft/t5", "T5", ""])
def test_a_prompt_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(ModelRefused, match="there is no prompt named"):
        read_template(name, "m")
