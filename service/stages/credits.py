"""Which news agencies an article says its text is from."""

import re
from collections.abc import Iterator

from service.domain.text import Article

# The agencies whose texts other publishers print, each by the names it is credited with.
_NAMES: dict[str, str] = {
    "reuters": r"(?i:Thomson )?(?:Reuters|REUTERS)",
    "ap": r"AP|(?i:The )?(?i:Associated Press)",
    "afp": r"AFP|(?i:Agence[ -]France[ -]Presse)",
    "upi": r"UPI|(?i:United Press International)",
    "dpa": r"dpa|DPA|(?i:Deutsche Presse-Agentur)",
    "efe": r"EFE|Agencia EFE",
    "ansa": r"ANSA",
    "pa": r"PA(?: Media)?|(?i:Press Association)",
    "bloomberg": r"(?i:Bloomberg)(?: News)?",
    "xinhua": r"(?i:Xinhua)",
    "kyodo": r"(?i:Kyodo)(?: News)?",
    "jiji": r"(?i:Jiji)(?: Press)?",
    "yonhap": r"(?i:Yonhap)",
    "tass": r"(?:ITAR-)?TASS|(?i:Itar-Tass)",
    "ria": r"(?i:RIA(?: Novosti)?)",
    "interfax": r"(?i:Interfax)",
    "pti": r"PTI|(?i:Press Trust of India)",
    "ani": r"ANI|(?i:Asian News International)",
    "ians": r"IANS",
    "aap": r"AAP|(?i:Australian Associated Press)",
    "cp": r"CP|(?i:The )?(?i:Canadian Press)",
    "anadolu": r"(?i:Anadolu)(?: (?i:Agency|Ajansi|Ajansı))?",
    "apa": r"APA",
    "keystone-sda": r"(?i:Keystone-SDA)|SDA",
    "belga": r"(?i:Belga)",
    "ritzau": r"(?i:Ritzau)",
    "lusa": r"(?i:Lusa)",
    "cna": r"CNA|(?i:Central News Agency)",
    "antara": r"(?i:Antara)",
    "bernama": r"(?i:Bernama)",
    "mena": r"MENA",
    "sana": r"SANA",
    "irna": r"IRNA",
    "wam": r"WAM",
    "apn": r"(?i:African News Agency)",
    "panapress": r"(?i:Panapress)",
    "cns": r"CNS",
}
_AGENCIES = {name: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for name, pattern in _NAMES.items()}
_ANY = "|".join(_NAMES.values())

# "PARIS (Reuters) -", "(AP)", "LIMA, Peru, May 2 /Xinhua/ --": within the first words of the text.
_DATELINE = re.compile(rf"[(/\[]\s?(?P<who>(?:{_ANY})(?:\s?[/,-]\s?(?:{_ANY}))*)\s?[)/\]]")
_DATELINE_REACH = 90
# At the end, signed in brackets or after a dash.
_SIGNED = re.compile(
    rf"(?:[(\[/]|[–—-]\s?|^)(?P<who>(?:{_ANY})(?:\s?[/,-]\s?(?:{_ANY}))*)[)\]/]?\.?\Z", re.MULTILINE
)
_SIGNED_REACH = 60
_CONTRIBUTED = re.compile(
    rf"(?P<who>(?<!\w)(?:{_ANY})(?!\w)[^.\n]{{0,60}}?)\b(?:contributed|material (?:was|is) used)\b"
)
_REPORTED_BY = re.compile(
    r"(?:[Rr]eport(?:ing|ed)?|[Ww]riting|[Ww]ritten|[Cc]ompiled)(?: and [Ee]diting)? (?:by|for)"
    r" (?P<who>[^.\n]{3,120})"
)
_SOURCED = re.compile(
    r"(?:^|\n)\s*\(?(?:Source|SOURCE|Quelle|Fuente|Fonte)s?\s?:\s?(?P<who>[^\n]{2,60})"
)
# A credit stands in the last lines; what the middle of a text says of an agency is news.
_TAIL = 400


def agencies(article: Article) -> frozenset[str]:
    """Return the agencies that an article, its byline, its publisher or its credit line names."""
    return frozenset(name for text in _credits(article) for name in _named(text))


def is_agency(article: Article) -> bool:
    """Say whether an article's publisher is itself an agency."""
    return any(pattern.fullmatch(article.publisher or "") for pattern in _AGENCIES.values())


def _credits(article: Article) -> Iterator[str]:
    """Yield the texts that name who wrote the article, not what it is about."""
    for stated in (article.publisher, article.author):
        if stated:
            yield stated
    for removal in article.removed:
        # The credit of a picture says nothing of the text, a bare signature does.
        if removal.reason == "byline":
            yield removal.text
        elif signed := _SIGNED.fullmatch(removal.text.strip()):
            yield signed["who"]
    yield from _in_text(article)


def _in_text(article: Article) -> Iterator[str]:
    body = article.text.removeprefix(article.title or "").strip()
    tail = body[-_TAIL:]
    if dateline := _DATELINE.search(body[:_DATELINE_REACH]):
        yield dateline["who"]
    if signed := _SIGNED.search(body[-_SIGNED_REACH:]):
        yield signed["who"]
    for pattern in (_CONTRIBUTED, _REPORTED_BY, _SOURCED):
        for found in pattern.finditer(tail):
            yield found["who"]


def _named(credit: str) -> Iterator[str]:
    return (name for name, pattern in _AGENCIES.items() if pattern.search(credit))
