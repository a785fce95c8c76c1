import json
from collections.abc import Callable

import pytest

from service.rest.parsing import Refusal, parsed_brief, parsed_documents
from service.rest.schemas import DocumentIn


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1' + b',"b": 1' * 200_000 + b"}",
        b'{"documents": [' + b'{"content": "a"},' * 100_001 + b"1]}",
        b'{"content": [' + b'"",' * 400_000 + b'""]}',
        b'{"content": [' + b"{}," * 200_000 + b"1]}",
        b"[" * 200_001 + b'"' + b'\\"' * 1_000_000,
    ],
)
@pytest.mark.parametrize("parse", [parsed_brief, parsed_documents])
def test_what_has_more_values_than_any_brief_is_refused_before_it_is_parsed(
    parse: Callable[[bytes, int], object], body: bytes
) -> None:
    refusal = parse(body, 100)
    assert isinstance(refusal, Refusal)
    [fault] = refusal.faults
    assert (fault.pointer, fault.detail) == ("#", "it has more than 200000 values")


@pytest.mark.parametrize(
    "text", ["[{," * 200_000, '\\",[{' * 100_000, "\\\\" * 100_000 + ",[{" * 100_000]
)
def test_what_stands_within_a_text_counts_as_no_value(text: str) -> None:
    parsed = parsed_documents(f'{{"content": "{text}"}}'.encode(), 100)
    assert isinstance(parsed, DocumentIn)
    assert parsed.content == json.loads(f'"{text}"')
