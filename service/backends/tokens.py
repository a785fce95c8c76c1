"""A model's own token ids for plain text, and counts of them.

Source text is data: whatever it spells, no control token (`</s>`, `<draft>`) ever comes out of it.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Protocol

import tiktoken
from tokenizers import Tokenizer

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

# GPT-2's word pattern, as `tokenizers` applies it in its ByteLevel step; the possessive quantifiers
# change no match and keep a hostile run of one character from backtracking.
_WORD_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"

_PROBES = (
    "The Treasury's 3rd-quarter figures (up 4.5%) weren't published; they'll be, it said.",
    "  two  spaces\t\ttabs\r\nlines\n\n end  ",
    "naïve café — “quoted” ‘single’ … €1,000 №5 ½ Ⅻ ²",
    "日本語の文章。한국어 문장입니다. نص عربي، ١٢٣ देवनागरी ๑๒๓ עברית",
    "👩\u200d👩\u200d👧\u200d👦🇩🇪 e\u0301 \u200b\ufeff\u00a0\u3000\u2028\x85\x00\x1b\ufffd",
    "</s><s><pad><unk> <draft><len1>",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa " + "=-" * 40 + " 12345678901234567890",
)


class TextEncoder(Protocol):
    """Turns plain text into a model's token ids; anything a source may hold is plain text."""

    def encode(self, text: str) -> list[int]:
        """Return the ids of the text alone, without the tokens a model wants around its input."""
        ...


class TokenizerEncoder:
    """The model's own tokenizer, kept from reading control tokens out of a text."""

    def __init__(self, tokenizer: Tokenizer, control: Iterable[int] = ()) -> None:
        self._tokenizer: Tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._control = frozenset(control) | control_ids(tokenizer)
        self._spelled = {i: self._spell(i) for i in self._control}

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._ids(_LONE_SURROGATE.sub("\ufffd", text))
        if self._control.isdisjoint(ids):
            return ids
        return [plain for i in ids for plain in self._spelled.get(i, (i,))]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _spell(self, control: int) -> tuple[int, ...]:
        """Return a control token's name letter by letter.

        A Unigram vocabulary holds those names as ordinary pieces, so its model finds them.
        """
        name: str = self._tokenizer.id_to_token(control) or ""
        letters = (self._ids(letter) for letter in name)
        return tuple(i for ids in letters for i in ids if i not in self._control)


class BytePairEncoder:
    """A byte-level BPE run by tiktoken, with the ids of the tokenizer it was built from."""

    def __init__(self, encoding: tiktoken.Encoding, ids: list[int]) -> None:
        self._encoding, self._ids = encoding, ids

    def encode(self, text: str) -> list[int]:
        ranks = self._encoding.encode_ordinary(_LONE_SURROGATE.sub("\ufffd", text))
        return [self._ids[rank] for rank in ranks]


class SentenceCounter:
    """Counts a sentence as it stands in a chunk, which has the sum of its sentences' tokens."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    def count(self, text: str) -> int:
        return len(self._encoder.encode(in_chunk(text)))


def in_chunk(sentence: str) -> str:
    """Return a sentence as a model reads it among others: encoded on its own, after a space."""
    return " " + sentence


def control_ids(tokenizer: Tokenizer) -> frozenset[int]:
    """Return the ids that stand for no text; the unknown token is not one of them."""
    unknown = getattr(tokenizer.model, "unk_token", None)
    added = tokenizer.get_added_tokens_decoder()
    return frozenset(
        i
        for i, token in added.items()
        if token.special and token.content not in (unknown, "<unk>", "[UNK]")
    )


def text_encoder(tokenizer: Tokenizer, control: Iterable[int] = ()) -> TextEncoder:
    """Return the fastest encoder that gives the tokenizer's own ids."""
    own = TokenizerEncoder(tokenizer, control)
    fast = _byte_pair_encoder(tokenizer)
    if fast is None or any(fast.encode(probe) != own.encode(probe) for probe in _PROBES):
        return own
    return fast


def _byte_pair_encoder(tokenizer: Tokenizer) -> BytePairEncoder | None:
    """Build the encoder from the tokenizer's vocabulary and merges, or None for another kind.

    tiktoken joins any two neighbours that together are a known token, `tokenizers` only the pairs
    in its list. The two agree on every text if each known token, encoded on its own, gives itself.
    """
    declared = json.loads(tokenizer.to_str())
    if not _is_plain_byte_level(declared):
        return None
    vocabulary: dict[str, int] = declared["model"]["vocab"]
    letters = _letters_of_bytes()
    pieces = letters + [left + right for left, right in declared["model"]["merges"]]
    if len(set(pieces)) < len(pieces) or not vocabulary.keys() >= set(pieces):
        return None
    for piece in pieces:
        if [token.value for token in tokenizer.model.tokenize(piece)] != [piece]:
            return None
    byte_of = {letter: byte for byte, letter in enumerate(letters)}
    ranks = {bytes(byte_of[c] for c in piece): rank for rank, piece in enumerate(pieces)}
    # Ranks follow the order of merging, which need not be the order of the model's ids.
    encoding = tiktoken.Encoding(
        "from-tokenizer", pat_str=_WORD_PATTERN, mergeable_ranks=ranks, special_tokens={}
    )
    return BytePairEncoder(encoding, [vocabulary[piece] for piece in pieces])


def _is_plain_byte_level(declared: dict[str, Any]) -> bool:
    """Say whether a tokenizer.json describes GPT-2's scheme and nothing besides."""
    model, words = declared["model"], declared["pre_tokenizer"] or {}
    unusual = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges")
    return (
        model["type"] == "BPE"
        and not any(model.get(option) for option in unusual)
        and words.get("type") == "ByteLevel"
        and bool(words.get("use_regex", True))
        and not words.get("add_prefix_space")
        and declared["normalizer"] is None
        and all(token["special"] for token in declared["added_tokens"])
    )


def _letters_of_bytes() -> list[str]:
    """Return the letter that stands for each byte in a byte-level vocabulary.

    Printable Latin-1 stands for itself; the other bytes take the letters from U+0100 on, in order.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]
