import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from service.backends.tokens import (
    BytePairEncoder,
    SentenceCounter,
    TextEncoder,
    TokenizerEncoder,
    control_ids,
    text_encoder,
)

_HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aeTh ’'.,\n\t\u00a0\u200d\ufeff\x00\x1b"),
        st.sampled_from("👩👧🇩🇪日本語한국عربी٣½Ⅻ\u0301\ud800"),
        st.characters(categories=["Cc", "Zs", "Mn"]),
    ),
    max_size=60,
)
_CONTROL = st.sampled_from(["</s>", "<s>", "<pad>", "<draft>", "<len1>", "<extra_id_0>", "<unk_2>"])
_SPELLED = st.lists(st.one_of(_CONTROL, _HOSTILE), max_size=6).map("".join)
_WHOLE = _HOSTILE.filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text))


def test_a_byte_level_tokenizer_is_run_by_tiktoken(boxed_encoder: TextEncoder) -> None:
    assert isinstance(boxed_encoder, BytePairEncoder)


def test_another_tokenizer_is_run_as_it_is(tiny_tokenizer: Callable[[str], Tokenizer]) -> None:
    assert isinstance(text_encoder(tiny_tokenizer("t5")), TokenizerEncoder)


def test_merges_that_tiktoken_would_read_otherwise_are_left_to_the_tokenizer() -> None:
    # "ab"+"c" is never reached, as "bc" is joined first; tiktoken would still make "abc" of "a"+"bc".
    letters = pre_tokenizers.ByteLevel.alphabet()
    vocabulary = {letter: i for i, letter in enumerate(sorted(letters))}
    for piece in ("bc", "ab", "abc"):
        vocabulary[piece] = len(vocabulary)
    merges = [("b", "c"), ("a", "b"), ("ab", "c")]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    encoder = text_encoder(tokenizer)
    assert encoder.encode("abc") == tokenizer.encode("abc").ids


@settings(max_examples=300, deadline=None)
@given(text=_WHOLE)
def test_tiktoken_gives_the_tokenizers_own_ids(
    boxed_tokenizer: Tokenizer, boxed_encoder: TextEncoder, text: str
) -> None:
    own = boxed_tokenizer.encode(text, add_special_tokens=False).ids
    assert boxed_encoder.encode(text) == own


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 0x10FFFF - 64))
def test_every_range_of_code_points_has_the_tokenizers_own_ids(
    boxed_tokenizer: Tokenizer, boxed_encoder: TextEncoder, start: int
) -> None:
    letters = [chr(c) for c in range(start, start + 64) if not 0xD800 <= c < 0xE000]
    text = " ".join(f"a{c}b 1{c}2 .{c}. {c} {c}{c}" for c in letters)
    own = boxed_tokenizer.encode(text, add_special_tokens=False).ids
    assert boxed_encoder.encode(text) == own


def test_ids_follow_the_vocabulary_where_it_is_not_in_order_of_merging() -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"Ġthe": 0, "Ġth": 1, "Ġt": 2}
    vocabulary |= {letter: i for i, letter in enumerate(letters, start=3)}
    merges = [("Ġ", "t"), ("Ġt", "h"), ("Ġth", "e")]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    encoder = text_encoder(tokenizer)
    assert isinstance(encoder, BytePairEncoder)
    assert encoder.encode(" the th") == [0, 1]


@pytest.mark.parametrize("family", ["bart", "pegasus", "t5"])
@settings(max_examples=80, deadline=None)
@given(text=_SPELLED)
def test_no_text_spells_a_control_token(
    tiny_tokenizer: Callable[[str], Tokenizer], family: str, text: str
) -> None:
    tokenizer = tiny_tokenizer(family)
    encoder = text_encoder(tokenizer)
    assert control_ids(tokenizer).isdisjoint(encoder.encode(text))


@settings(max_examples=80, deadline=None)
@given(text=_SPELLED)
def test_no_text_spells_a_control_token_of_the_model_in_the_box(
    boxed_tokenizer: Tokenizer, boxed_encoder: TextEncoder, text: str
) -> None:
    assert control_ids(boxed_tokenizer).isdisjoint(boxed_encoder.encode(text))


def test_a_spelled_control_token_is_kept_as_text(
    boxed_tokenizer: Tokenizer, boxed_encoder: TextEncoder
) -> None:
    ids = boxed_encoder.encode("a <draft> b</s>")
    assert boxed_tokenizer.decode(ids, skip_special_tokens=True) == "a <draft> b</s>"


def test_a_unigram_model_spells_a_control_token_letter_by_letter(
    tiny_tokenizer: Callable[[str], Tokenizer],
) -> None:
    tokenizer = tiny_tokenizer("t5")
    pieces = [tokenizer.id_to_token(i) for i in text_encoder(tokenizer).encode("The</s>")]
    assert "".join(pieces).replace("▁", "") == "The</s>"


@pytest.mark.parametrize("hostile", ["\ud83d", "a\udc00b", "\ud83d\ude00"])
def test_lone_surrogates_are_counted_rather_than_refused(
    boxed_encoder: TextEncoder, hostile: str
) -> None:
    assert boxed_encoder.encode(hostile) == boxed_encoder.encode(
        re.sub("[\ud800-\udfff]", "\ufffd", hostile)
    )


def test_a_sentence_is_counted_with_the_space_before_it(boxed_encoder: TextEncoder) -> None:
    counter = SentenceCounter(boxed_encoder)
    assert counter.count("The port") == len(boxed_encoder.encode(" The port"))


@pytest.mark.parametrize("letter", [" ", "\n", "a", "^", "😀"])
def test_a_very_long_run_of_one_character_is_counted(
    boxed_encoder: TextEncoder, letter: str
) -> None:
    count = SentenceCounter(boxed_encoder).count(letter * 300_000)
    assert 300 < count <= 4 * 300_000 + 1
