import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.backends.seq2seq.prompt import (
    MAX_CHARACTERS,
    MOST_SENTENCES,
    parse_template,
    read_templates,
)
from service.domain.claims import TASKS
from service.domain.errors import ModelRefused
from service.resources import folder

FAMILIES = ["compact", "instruct", "plain", "t5"]
FILES = sorted(folder("prompts").rglob("*.txt"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_templates_hash_is_that_of_its_file(family: str) -> None:
    for task, template in read_templates(family, "m").items():
        written = (folder("prompts") / task / f"{family}.txt").read_bytes()
        assert template.sha256 == hashlib.sha256(written).hexdigest()


@pytest.mark.parametrize(
    ("family", "tasks"),
    [
        ("compact", ["draft", "headline"]),
        ("instruct", ["draft", "headline", "merge"]),
        ("plain", ["draft"]),
        ("t5", ["draft"]),
    ],
)
def test_a_model_is_asked_only_for_what_its_family_knows(family: str, tasks: list[str]) -> None:
    assert sorted(read_templates(family, "m")) == tasks


def test_every_prompt_belongs_to_a_task_and_a_family() -> None:
    assert {path.parent.name for path in FILES} <= set(TASKS)
    assert {path.stem for path in FILES} == set(FAMILIES)


def test_the_compact_models_prompts_are_its_control_tokens() -> None:
    templates = read_templates("compact", "m")
    assert [templates["draft"].around(n) for n in (1, 4)] == [
        ("<draft><len1>", "</s>"),
        ("<draft><len4>", "</s>"),
    ]
    assert templates["headline"].around(1) == ("<headline>", "</s>")


def test_every_control_token_of_the_compact_models_prompts_is_in_its_tokenizer() -> None:
    written = json.loads((folder("models") / "compact" / "tokenizer.json").read_text())
    known = {token["content"] for token in written["added_tokens"]}
    assert known >= {"<draft>", "<headline>", "</s>", *(f"<len{n}>" for n in range(1, 5))}


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.stem == "instruct"], ids=lambda p: p.parent.name
)
def test_an_instruction_keeps_a_model_to_its_text(path: object) -> None:
    told = " ".join(read_templates("instruct", "m")[path.parent.name].around(1))
    for rule in ("Use only", "names", "numbers", "who", "nothing of your own", "end after"):
        assert rule in told


def test_one_sentence_is_asked_for_as_one() -> None:
    draft = read_templates("instruct", "m")["draft"]
    assert "in one sentence." in draft.around(1)[0]
    assert "in at most 3 sentences." in draft.around(3)[0]


def test_a_template_stands_around_the_text() -> None:
    template = parse_template("\nSay it in {{ sentences }}: {{ text }} In short:\n\n")
    assert template.around(3) == ("Say it in 3:", " In short:")


@pytest.mark.parametrize("sentences", [0, MOST_SENTENCES + 1])
def test_a_number_of_sentences_that_no_model_knows_is_an_error(sentences: int) -> None:
    with pytest.raises(ValueError, match=f"need 1 to 99 sentences, got {sentences}"):
        parse_template("{{ text }}").around(sentences)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("summarize:", "exactly once and unchanged, got it 0 times"),
        ("{{ text }} {{text}}", "got it 2 times"),
        ("{% if sentences < 99 %}{{ text }}{% endif %}", "got it 0 times"),
        ("{{ text | upper }}", "got it 0 times"),
        ("{{ text | trim }}", "got it 0 times"),
        ("{{ text | e }}", "got it 0 times"),
        ("{{ text | replace('{', '(') }}", "got it 0 times"),
        ("{{ text }} {{ tone }}", "unknown variable 'tone'"),
        ("{% if sentences > 200 %}{{ tone }}{% endif %}{{ text }}", "unknown variable 'tone'"),
        ("{{ text }}{{ range(3) | list }}", "unknown variable 'range'"),
        ("{{ text }}{{ lipsum() }}", "unknown variable 'lipsum'"),
        ("{{ text }}{{ [1, 2] | random }}", "No filter named 'random'"),
        ("{{ text }}{{ text.__class__ }}", "unsafe"),
        ("{{ text }}{{ sentences.tone }}", "no attribute 'tone'"),
        ("{% include 'draft/t5.txt' %}{{ text }}", "no loader"),
        ("{{ text }}{{ 1 / (sentences - 1) }}", "division by zero"),
        ("{{ text ", "unexpected end"),
        ("x" * (MAX_CHARACTERS + 1) + "{{ text }}", "more than 2000 characters"),
        ("{% for _ in 'x' * 60 %}{{ 'y' * sentences }}{% endfor %}{{ text }}", "2000 characters"),
    ],
)
def test_an_unsound_template_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_template(text)


def test_a_template_as_long_as_the_limit_is_taken() -> None:
    before, _ = parse_template("x" * MAX_CHARACTERS + "{{ text }}").around(1)
    assert len(before) == MAX_CHARACTERS


@given(
    before=st.text(st.characters(exclude_characters="{}\r"), max_size=80),
    after=st.text(st.characters(exclude_characters="{}\r"), max_size=80),
)
def test_whatever_stands_around_the_text_is_kept_but_for_white_space(
    before: str, after: str
) -> None:
    template = parse_template(before + "{{ text }}" + after)
    assert template.around(1) == (before.strip(), after.rstrip())


@pytest.mark.parametrize("family", ["none", "../draft/t5", "T5", ""])
def test_a_family_without_prompts_is_refused(family: str) -> None:
    with pytest.raises(ModelRefused, match=r"no prompt named|cannot name a family"):
        read_templates(family, "m")
