"""Forms that residue takes and that no one pattern can tell: credits, bylines, stamps and menus.

Each looks at a bounded number of characters at an end of the paragraph, whatever its length.
"""

import re

# The longest credit, byline, stamp or menu that is looked for, in code points.
MAX_FORM = 240
_TAIL = 160
_MAX_CAPTION = 500

_AGENCY = (
    r"(?:AFP|AP|Associated Press|Reuters|REUTERS|Getty(?: Images)?|EPA(?:-EFE)?|EFE|Shutterstock"
    r"|Anadolu(?: Agency| Ajansi)?|Xinhua|(?:ITAR-)?TASS|RIA Novosti|Sputnik|Bloomberg|FARS|Tasnim"
    r"|IRNA|ISNA|dpa|DPA|PA(?: Wire| Media| Images)?|ANSA|Kyodo|Yonhap|PTI|ANI|NurPhoto|Alamy"
    r"|iStock|Unsplash|Pexels|Pixabay|Wikimedia(?: Commons)?|Flickr|Z[Uu][Mm][Aa](?: Press)?"
    r"|SOPA Images|Rex Features|WireImage|UPI|Redux|Magnum|Adobe Stock|Handout)"
)
_LABEL = (
    r"(?:(?:[Ff]ile |FILE |[Hh]andout )?(?:[Pp]hoto(?:graph|s)?|PHOTO|[Pp]icture|[Ii]mages?"
    r"|IMAGE|[Ii]llustration|[Gg]raphic|[Ff]oto|[Bb]ild|[Cc]rédit photo|[Cc]redits?|CREDIT|Фото)"
    r"(?: [Cc]redits?| [Ss]ource| [Cc]ourtesy(?: of)?| by)?)"
)
_LABELLED = re.compile(
    rf"[(\[]?\s*{_LABEL}\s*(?:[:©|/–—]|(?<=by)\s|(?<=of)\s)\s*(?P<who>.+?)[)\]]?"
)
_BY_AGENCY = re.compile(
    rf"[(\[]?(?:[^.!?|]*[/|]\s*|©\s*)?{_AGENCY}(?:(?:\s*/\s*| via )[^.!?]*)?[)\]]?"
)
_HAS_AGENCY = re.compile(rf"(?<!\w){_AGENCY}(?!\w)")
_BARE_AGENCY = re.compile(rf"{_AGENCY}")
# Where a credit may start within a paragraph: after a bar, in brackets, or after a sentence.
_CREDIT_STARTS = re.compile(
    r"\s*\|\s*|\s*[(\[]\s*(?=[^()\[\]]*[)\]]\.?$)|\s+[–—-]\s+|\s*©\s*|(?<=[.!?”\"’)])\s+"
)
_LEADING_CREDIT = re.compile(r"[(\[][^()\[\]]{3,120}[)\]]\s+(?=\S)")
_PARTICLES = frozenset(
    "a al an and at bin by courtesy da de del der des di du el en et file for from handout la le"
    " of on pool photo san ten the und van via von y".split()
)

_BY = re.compile(
    r"(?:by|von|par|por|(?:written|reported|story|text|words|edited|photographs|analysis) by"
    r"|authors?\s*:|автор\s*:?)\s+(?P<who>\S.*)",
    re.IGNORECASE,
)
_DESK_NOTE = re.compile(
    r"\(?(?:additional )?(?:reporting|writing|editing|compiled|translated)(?: and \w+)? by"
    r" (?-i:[A-Z]).*"
    r"|(?:on behalf of .{2,100} )?posted (?:in|by) (?-i:[A-Z]).{1,100}? on .{4,40}",
    re.IGNORECASE,
)
_MASTHEAD = re.compile(
    r"(?:The )?[A-Z]\w+ (?:News|Times|Gazette|Herald|Tribune|Journal|Online|TV)(?:, [A-Z]\w+)?"
)
_ROLE = re.compile(
    r"\b(?:staff|writers?|reporters?|correspondents?|editors?|desk|agency|agencies|bureau|news"
    r"|special to|contributor|columnist|reuters|afp|associated press|ap|tass|team)\b",
    re.IGNORECASE,
)
_PERSONS = re.compile(r"\s*(?:,|;|\||•|·|\band\b|&|\bund\b|\bet\b|\by\b|\bи\b)\s*")

_DATE_WORDS = frozenset(
    "january february march april may june july august september october november december jan feb"
    " mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday"
    " sunday mon tue tues wed thu thurs fri sat sun am pm a.m p.m noon midnight gmt utc est edt cst"
    " pst pdt bst ist cet cest msk et pt at on of the ago hours hour hrs minutes minute mins days"
    " day updated update published posted modified created last first date time".split()
)
_STAMP_LABEL = re.compile(
    r"(?:last |first |date )?(?:updated?|published|posted|modified)\b", re.IGNORECASE
)
_STAMP_PARTS = re.compile(r"[\s,|·•:/()–—-]+")
_CLOCK_OR_YEAR = re.compile(r"\b(?:\d{1,2}:\d{2}|(?:19|20)\d{2})\b")
_MONTH_OR_NUMERIC_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}",
    re.IGNORECASE,
)

_SECTIONS = frozenset(
    "home homepage news world international national local politics political business economy"
    " economics finance markets money sport sports opinion opinions editorial analysis culture arts"
    " entertainment lifestyle life style travel health science technology tech environment climate"
    " education society video videos photos multimedia podcast podcasts africa americas asia europe"
    " middle east pacific us uk usa eu global breaking latest top stories story live explainer"
    " feature features investigations weather crime law media defense defence security military"
    " more all sections региональные новости главная мир".split()
)
_MENU = _SECTIONS | frozenset(
    "about us contact login log in sign up out register subscribe search menu shop store jobs"
    " careers advertise privacy policy terms account newsletters archive rss faq help donate".split()
)
_CHANNELS = frozenset(
    "share tweet facebook twitter x whatsapp linkedin email e-mail mail print reddit telegram"
    " pinterest instagram youtube tiktok threads bluesky mastodon flipboard pocket messenger viber"
    " vk copy link save bookmark tumblr google plus this article on via".split()
)
_AMBIGUOUS_CHANNELS = frozenset({"x", "this", "article", "on", "via", "link", "google", "plus"})
_GLUE = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
_PATH_MARK = re.compile(r"[>»\u203a→|/]")
_ITEM_MARK = re.compile(r"\s*[|•·»\u203a>]\s*")
_WORD_MARKS = re.compile(r"[\s>»\u203a→|/·•&,+-]+")


def is_credit(text: str) -> bool:
    """Say whether all of a text is a photo credit: a label and a name, or a name and an agency."""
    if len(text) > MAX_FORM:
        return False
    labelled = _LABELLED.fullmatch(text)
    if labelled and (_is_name(labelled["who"]) or caption_end(labelled["who"]) is not None):
        return True
    return bool(_BY_AGENCY.fullmatch(text)) and _is_name(text)


def caption_end(paragraph: str) -> int | None:
    """Return where the credit at a caption's end starts, None where the paragraph is no caption.

    A bare agency is no sign of a caption: dispatches are signed like that, too.
    """
    start = _credit_start(paragraph)
    if start is None or start > _MAX_CAPTION or _is_signature(paragraph[start:]):
        return None
    sentences = len(re.findall(r"[.!?]\s+\S", paragraph[:start]))
    return start if sentences <= 2 else None


def credit_at_end(paragraph: str) -> int | None:
    """Return where a credit or an agency's signature at a paragraph's end starts, or None."""
    return _credit_start(paragraph)


def credit_at_start(paragraph: str) -> int:
    """Return where the text starts after a bracketed credit, 0 without one."""
    found = _LEADING_CREDIT.match(paragraph[:_TAIL])
    return found.end() if found and is_credit(found.group().strip()) else 0


def author_in(text: str) -> str | None:
    """Return the persons a byline names, or None where the text is no byline."""
    found = _BY.fullmatch(text) if len(text) <= MAX_FORM else None
    if found is None or text[-1] in ".!?":
        return None
    parts = [part for part in _PERSONS.split(found["who"]) if part]
    names = [part for part in parts if _is_person(part)]
    if not parts or parts[0] not in names:
        agency = parts and _ROLE.search(parts[0]) and _is_name(parts[0])
        return found["who"] if agency and len(parts) == 1 else None
    rest = [part for part in parts if part not in names]
    if not all(_ROLE.search(part) or is_stamp(part, labelled=False) for part in rest):
        return None
    return " and ".join(names)


def is_desk_note(text: str) -> bool:
    """Say whether a text tells who reported, wrote and edited the piece."""
    return len(text) <= MAX_FORM and bool(_DESK_NOTE.fullmatch(text))


def is_masthead(text: str) -> bool:
    """Say whether a text is the name of a newspaper or station, with a place or without."""
    return len(text) <= MAX_FORM and bool(_MASTHEAD.fullmatch(text))


def is_stamp(text: str, *, labelled: bool) -> bool:
    """Say whether a text is nothing but a date or a time, after "Updated" if `labelled`."""
    if len(text) > MAX_FORM:
        return False
    if labelled and not _STAMP_LABEL.match(text):
        return False
    parts = [part for part in _STAMP_PARTS.split(text.lower()) if part]
    dated = labelled or bool(_CLOCK_OR_YEAR.search(text) and _MONTH_OR_NUMERIC_DATE.search(text))
    return dated and bool(parts) and all(map(_is_date_word, parts))


def is_breadcrumb(text: str, *, leading: bool) -> bool:
    """Say whether a text names sections of a site: glued, as a path, or alone before the text."""
    if len(text) > MAX_FORM or text[-1] in ".!?":
        return False
    parts = [w for part in _GLUE.split(text) for w in _WORD_MARKS.split(part.lower()) if w]
    path = bool(_PATH_MARK.search(text)) and len(parts) > 1
    if path and parts[0] in ("home", "homepage", "главная") and len(text) <= MAX_FORM // 2:
        return True
    glued = bool(_GLUE.search(text))
    return (glued or path or leading) and 0 < len(parts) <= 12 and _SECTIONS.issuperset(parts)


def is_menu(text: str) -> bool:
    """Say whether a text is a list of links: four short entries or more, half of them well known."""
    if len(text) > 2 * MAX_FORM or re.search(r"[.!?;\d]", text):
        return False
    entries = [e for part in _ITEM_MARK.split(text) for e in _GLUE.split(part) if e]
    if len(entries) < 4 or any(len(entry.split()) > 4 for entry in entries):
        return False
    known = sum(_MENU.issuperset(_WORD_MARKS.split(entry.lower())) for entry in entries)
    return 2 * known >= len(entries)


def is_share_bar(text: str) -> bool:
    """Say whether a text is a row of buttons for sharing."""
    if len(text) > MAX_FORM or text[-1] in ".!?":
        return False
    spaced = _GLUE.sub(" ", text.replace("WhatsApp", "Whatsapp").replace("LinkedIn", "Linkedin"))
    spaced = spaced.replace("YouTube", "Youtube").replace("TikTok", "Tiktok")
    parts = [w for w in _WORD_MARKS.split(spaced.lower()) if w]
    if not parts or not _CHANNELS.issuperset(parts):
        return False
    telling = set(parts) - _AMBIGUOUS_CHANNELS
    return len(telling) > 1 or parts[0] in ("share", "tweet", "print")


def _credit_start(paragraph: str) -> int | None:
    offset = max(0, len(paragraph) - _TAIL)
    tail = paragraph[offset:]
    for mark in _CREDIT_STARTS.finditer(tail):
        credit = tail[mark.end() :].rstrip(")].").strip()
        bracketed = mark.group().strip() in ("(", "[", "|", "©")
        if credit and _is_signed(credit, after_mark=bracketed or bool(re.search("[–—-]", mark[0]))):
            return offset + mark.start()
    return None


def _is_signed(credit: str, *, after_mark: bool) -> bool:
    """Say whether what follows a mark is a credit; after a mere full stop it must show more."""
    if not _is_name(credit):
        return False
    if _LABELLED.fullmatch(credit):
        return True
    if not _HAS_AGENCY.search(credit):
        return False
    return after_mark or "/" in credit or " via " in credit


def _is_signature(credit: str) -> bool:
    return bool(_BARE_AGENCY.fullmatch(credit.strip(" ()[]|–—-.")))


def _is_name(text: str) -> bool:
    """Say whether every word could be a part of names, none of a sentence."""
    words = re.split(r"[\s/|,;:&()\[\]©]+", text)
    named = [w for w in words if w and w.lower() not in _PARTICLES]
    return 0 < len(named) <= 14 and all(not w[0].islower() or w == "dpa" for w in named)


def _is_person(text: str) -> bool:
    words = [w for w in text.split() if w.lower() not in _PARTICLES]
    capital = all(w[0].isupper() and not re.search(r"[\d:!?]", w) for w in words)
    return 2 <= len(words) <= 5 and capital and not _ROLE.search(text)


def _is_date_word(part: str) -> bool:
    return part.strip(".") in _DATE_WORDS or bool(
        re.fullmatch(r"\d+(?:st|nd|rd|th|am|pm)?\.?", part)
    )
