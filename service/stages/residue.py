"""Which paragraphs, or ends of paragraphs, are a web page's residue and not the article's text.

A rule has to be sure: what it takes is never cited. Prompts speak to the reader; a sentence that
reports or quotes is left alone, whatever it mentions. To add a rule, add a line to a table.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from service.domain.text import Removal
from service.stages.residue_forms import (
    author_in,
    caption_end,
    credit_at_end,
    credit_at_start,
    is_breadcrumb,
    is_credit,
    is_desk_note,
    is_masthead,
    is_menu,
    is_share_bar,
    is_stamp,
)

BYLINE = "byline"
_RELATED = "related link"
# No rule looks at a longer paragraph, so none can be made slow by one.
_MAX_PROMPT = 400
_MAX_HEADLINE = 150
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]]*$")
_LAST_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[^.!?…]{10,}[.!?…]?$)")
_REPORTED = re.compile(
    r"[\"“”„«»]|\b(?:said|says|told|tells|according to|argued|argues|claimed|added|wrote|announced"
    r"|admitted|reported|ruled|warned|asked|found|showed|stated|insisted|explained)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PromptRule:
    """A whole paragraph of this pattern, case aside, that reports nothing, is residue."""

    reason: str
    pattern: str


@dataclass(frozen=True, slots=True)
class FormRule:
    """A whole paragraph of which the predicate holds is residue."""

    reason: str
    holds: Callable[[str], bool]


def _prompts(reason: str, *patterns: str) -> tuple[PromptRule, ...]:
    return tuple(PromptRule(reason, pattern) for pattern in patterns)


_MAIL = (
    r"(?:newsletters?|inbox|e-?mails?|mailing list|updates|alerts|briefings?|notifications|channel)"
)
_NETWORK = (
    r"(?:x|twitter|facebook|instagram|telegram|whatsapp|youtube|linkedin|tiktok|threads|bluesky"
    r"|mastodon|google news|flipboard)"
)
_PIECE = r"(?:article|story|post|piece|content|report|page|video|newsletter)"

PROMPT_RULES: tuple[PromptRule, ...] = (
    *_prompts(
        "photo credit",
        r"(?:image|photo|picture) (?:source|credit|caption),.{0,200}",
    ),
    *_prompts(
        "newsletter prompt",
        r"(?:please )?(?:subscribe|sign[ -]?up|register)(?: now| here| today| (?:for )?free)*\s*[.!]?",
        r"(?:please )?(?:subscribe|sign up|register|join|opt in)(?: now| here| today| free)?,?"
        rf" (?:to|for|and|with|our|below|via|by)\b.{{0,160}}\b{_MAIL}\b.{{0,100}}",
        r"(?:get|receive|have)\b.{0,140}\b(?:your (?:e-?mail )?(?:inbox|mailbox)|our .{0,30}newsletter)"
        r"\b.{0,80}",
        r"(?:never|don[’']t) miss (?:a|an|out|any|another|the)\b.{0,60}[.!]?",
        r"stay (?:informed|updated|up[ -]to[ -]date|tuned|connected|in the know|in touch)"
        r"(?:\b.{0,100}\b(?:newsletters?|our|us|updates|inbox|e-?mails?)\b.{0,60})?[.!]?",
        r"(?:enter )?your e-?mail(?: address)?(?: here)?[.…:*]*",
        r"you (?:can|may) (?:unsubscribe|opt[ -]out)\b.{0,100}",
        r"thank(?:s| you) for (?:subscribing|signing up|registering|your subscription)\b.{0,80}",
        r"(?:our |the |daily |weekly |free |e-?mail )*newsletters?(?: sign[ -]?up)?",
        r"this site is protected by recaptcha\b.{0,200}",
        r"(?:abonnieren sie|melden sie sich .{0,40}newsletter|inscrivez-vous|abonnez-vous"
        r"|suscríb(?:ete|ase)|iscriviti|assine|подпи(?:шитесь|сывайтесь))\b.{0,160}",
    ),
    *_prompts(
        "comment section",
        r"\(?\d*\)?\s*comments?\s*(?:\(\d+\)|:)?",
        r"(?:leave|post|add|write|submit) (?:a|your) (?:comment|reply)\b.{0,60}",
        r"(?:join|start) the (?:conversation|discussion|debate)[.!]?",
        r"comments (?:are|have been) (?:closed|disabled|turned off|moderated)\b.{0,80}",
        r"(?:view|show|see|read|hide|load)(?: all| more)?(?: \d+)? comments?(?: \(\d+\))?",
        r"be the first to (?:comment|reply|share)\b.{0,40}",
        r"your e-?mail address will not be published\b.{0,100}",
        r"(?:have your say|what do you think\?.{0,60}comments?.{0,40})",
        r"(?:kommentare|commentaires|comentarios|комментарии)\s*(?:\(\d+\))?",
    ),
    *_prompts(
        "sharing prompt",
        rf"share(?: (?:this|the))?(?: {_PIECE})?(?: (?:on|via|with|to) [^.]{{1,30}})?\s*[:.!]?",
        rf"(?:follow|like) .{{1,40}} on {_NETWORK}\b.{{0,80}}",
        rf"(?:find|join|connect with|visit) (?:us|our .{{1,30}}) on {_NETWORK}\b.{{0,80}}",
        r"\d+(?:[.,]\d+)?k? (?:shares?|views?|likes?|retweets?|reactions?)",
        r"copy link|link copied[.!]?|follow us[:.!]?|share your (?:thoughts|views)\b.{0,60}",
    ),
    *_prompts(
        "consent notice",
        r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our (?:\d+ )?partners)?(?: may)? uses?"
        r"(?: \w+){0,3} cookies\b.{0,330}",
        r"by (?:signing up|subscribing|clicking|registering|submitting|continuing|using|browsing)"
        r"\b.{0,120}\byou\b.{0,40}\b(?:agree|consent|accept|acknowledge|confirm)\b.{0,200}",
        r"(?:accept|allow|reject|decline|manage)(?: all)?(?: cookies| cookie settings| preferences"
        r"| choices| all)?",
        r"(?:(?:cookie|privacy|consent)(?: (?:settings|policy|preferences|notice|statement))|cookies)"
        r"(?: (?:and|&) .{1,40})?",
        r"(?:we value your|your) privacy(?: matters| choices| settings| is important to us)?[.!]?",
        r"(?:terms (?:of (?:use|service)|(?:and|&) conditions)|do not sell my .{0,40}information)",
    ),
    *_prompts(
        "advertisement",
        r"[\[(*—-]*\s*(?:advertise?ments?|ads?|adverts?|sponsored(?: content| by .{1,40})?|promoted"
        r"(?: content)?|paid (?:post|content)|anzeige|werbung|publicité|publicidad|реклама)\s*[\])*—:-]*",
        r"(?:article|story|content) continues (?:below|after)\b.{0,60}",
        r"(?:scroll|continue reading)(?: down)?(?: to continue| below)?(?: reading)?"
        r"(?: (?:after|below) .{0,40})?",
        r"advertisement\s*[|–—-]\s*.{0,60}",
    ),
    *_prompts(
        _RELATED,
        r"(?:related(?: \w{1,12})?|read (?:more|also|next|on)|also read|see also|more(?: on this| from .{1,40})?"
        r"|watch(?: now| live| more)?|listen|don[’']t miss|in pictures|lire aussi|à lire aussi"
        r"|lesen sie (?:auch|mehr)|mehr zum thema|lee también|leer más|leggi anche|leia também"
        r"|читайте также|смотрите также)\s*[:|»\u203a>]+\s*.{1,180}",
        r"(?:read more|also read|read also|see also)\s+?[–—-]+\s*.{1,180}",
        r"read (?:more|the (?:full|original|whole|rest)\b.{0,20})(?: (?:about|on|at|here|from|in|of)\b"
        r".{0,120})?[.…]*",
        r"(?:click|tap) (?:here|on the)\b.{0,140}",
        r"for more (?:information|news|stories|details|on)\b.{0,40}\b(?:visit|click|follow|go to|check)"
        r"\b.{0,120}",
    ),
    *_prompts(
        "copyright line",
        r"(?:©|\(c\)|copyright\s*(?:©|\(c\)|(?:19|20)\d\d\b)).{0,250}",
        r".{0,150}\ball rights reserved\b.{0,150}",
        r"(?:this material|no part of this|reproduction)\b.{0,80}\b(?:may not be|without|prohibited)\b"
        r".{0,160}",
    ),
    *_prompts(
        "reading time",
        r"(?:estimated |approx\.? )?(?:reading|read) time\s*:?\s*(?:about )?\d{1,3}\s*-?\s*min(?:ute)?s?\.?",
        r"\d{1,3}[ -]?min(?:ute)?s?[ -](?:read|to read|reading time|listen)",
        r"listen to this (?:article|story)\b.{0,40}",
    ),
    *_prompts("date stamp", r"(?:about )?(?:\d{1,3}|an?) (?:min(?:ute)?|hour|day|week)s? ago"),
    *_prompts(
        "app prompt",
        r"(?:download|get|install|try|open)(?: (?:our|the))(?: [\w’'.-]+){0,5} app\b.{0,100}",
        r"(?:get it|available|download)(?: it)? (?:on|from|in) (?:the )?(?:google play|app ?store)\b.{0,60}",
        r"(?:open|read|continue|view)(?: this)? in (?:the )?app",
    ),
    *_prompts(
        "paywall prompt",
        rf"(?:this|the full) {_PIECE} is (?:only |exclusively )?(?:for|available to|reserved for)"
        r"(?: \w+){0,3} (?:subscribers|members|readers)\b.{0,140}",
        r"(?:please )?(?:subscribe|log ?in|sign in|register|create (?:a |an )?(?:free )?account)"
        r"(?: now| today)? (?:to|for) (?:continue|read|keep reading|unlock|access|unlimited|full)\b.{0,140}",
        r"already (?:a|an) (?:subscriber|member)\b.{0,80}|already have an account\b.{0,60}",
        r"(?:to (?:continue|keep) reading|want to (?:keep|continue) reading)\b.{0,160}",
        r"you(?:[’']ve| have) (?:reached|read|used)\b.{0,60}\b(?:limit|free articles?|articles?)\b.{0,140}",
        r"(?:support (?:our|independent) journalism|become a (?:member|subscriber))\b.{0,100}",
    ),
    *_prompts(
        "site navigation",
        r"skip to (?:main )?(?:content|navigation)|toggle navigation|(?:open|close|main) menu"
        r"|back to (?:top|home(?:page)?)|(?:next|previous) (?:article|post|story)|(?:load|show) (?:more|less)"
        r"|(?:log|sign) ?(?:in|out)|my account|contact us|about us|advertise with us",
    ),
    *_prompts(
        "publication note",
        rf"this {_PIECE} (?:was |has been )?(?:first |originally )(?:appeared|published)\b.{{0,160}}",
        r"(?:the )?(?:views|opinions) expressed\b.{0,80}\bauthor.{0,140}",
        r"our standards: .{1,80}",
    ),
)

# One pass over a paragraph instead of one for each rule: short lines come by the million.
_ANY_PROMPT = re.compile(
    "|".join(f"(?P<rule{n}>{rule.pattern})" for n, rule in enumerate(PROMPT_RULES)), re.IGNORECASE
)

FORM_RULES: tuple[FormRule, ...] = (
    FormRule("photo credit", is_credit),
    FormRule("caption", lambda text: caption_end(text) is not None),
    FormRule("section label", lambda text: is_breadcrumb(text, leading=False)),
    FormRule("site navigation", is_menu),
    FormRule("sharing prompt", is_share_bar),
    FormRule("date stamp", lambda text: is_stamp(text, labelled=True)),
    FormRule(BYLINE, is_desk_note),
)
# These are sure only before or after the running text: inside it they may be sub-headings.
EDGE_RULES: tuple[FormRule, ...] = (
    FormRule("section label", lambda text: is_breadcrumb(text, leading=True)),
    FormRule("masthead", is_masthead),
    FormRule("date stamp", lambda text: is_stamp(text, labelled=False)),
    FormRule(BYLINE, lambda text: author_in(text) is not None),
    FormRule(
        "site navigation",
        lambda text: text.lower() in ("menu", "search", "close", "next", "previous", "about"),
    ),
)

_RELATED_LIST = re.compile(
    r"(?:related(?: stories| articles| news| coverage| posts| topics| content| links)?"
    r"|more (?:stories|news|coverage|like this|from .{1,40}|on this (?:story|topic))"
    r"|recommended(?: for you| stories| reading)?|you (?:may|might) (?:also )?(?:like|be interested in)"
    r"|most (?:read|popular|viewed|shared)|trending(?: now| stories)?|editors?[’']?s? picks?"
    r"|also (?:read|see)|read (?:also|next|more)|see also|top stories|latest (?:news|stories)"
    r"|what to read next|popular (?:stories|posts)|from our partners|around the web)\s*[:.…]?",
    re.IGNORECASE,
)


def without_residue(paragraphs: Sequence[str]) -> tuple[tuple[str, ...], tuple[Removal, ...]]:
    """Return the paragraphs that are the article's own, and what was taken out with its reasons."""
    kept: list[str] = []
    removed: list[Removal] = []
    reasons = {paragraph: reason_of(paragraph) for paragraph in dict.fromkeys(paragraphs)}
    own = [i for i, p in enumerate(paragraphs) if reasons[p] is None and is_running(p)]
    first, last = (own[0], own[-1]) if own else (len(paragraphs), -1)
    listed = _related_lists(paragraphs)
    for i, paragraph in enumerate(paragraphs):
        reason = _RELATED if i in listed else reasons[paragraph]
        if reason is None and not first <= i <= last:
            reason = next((rule.reason for rule in EDGE_RULES if rule.holds(paragraph)), None)
        if reason is not None:
            removed.append(Removal(reason=reason, text=paragraph))
            continue
        text, ends = trimmed(paragraph)
        kept.append(text)
        removed.extend(ends)
    return tuple(kept), tuple(removed)


def reason_of(paragraph: str) -> str | None:
    """Return why the whole paragraph is residue wherever it stands, or None."""
    prompt = len(paragraph) <= _MAX_PROMPT and not _REPORTED.search(paragraph)
    if prompt and (reason := _prompted(paragraph)) is not None:
        return reason
    return next((form.reason for form in FORM_RULES if form.holds(paragraph)), None)


def trimmed(paragraph: str) -> tuple[str, list[Removal]]:
    """Return a paragraph less the residue at its ends, and that; something of it always stays."""
    removed: list[Removal] = []
    if start := credit_at_start(paragraph):
        removed.append(Removal(reason="photo credit", text=paragraph[:start].strip()))
        paragraph = paragraph[start:]
    for end, reason in _prompts_at_end(paragraph):
        removed.append(Removal(reason=reason, text=paragraph[end:].strip()))
        paragraph = paragraph[:end].rstrip()
    credit = credit_at_end(paragraph)
    if credit:
        removed.append(Removal(reason="photo credit", text=paragraph[credit:].strip()))
        paragraph = paragraph[:credit].rstrip()
    return paragraph, removed


def is_running(paragraph: str) -> bool:
    """Say whether a paragraph reads as running text: long, or a sentence of some length."""
    if len(paragraph) > _MAX_HEADLINE:
        return True
    weight = len(paragraph.encode("utf-8", "surrogatepass"))
    return weight >= 45 and bool(_SENTENCE_END.search(paragraph))


def _prompts_at_end(paragraph: str) -> Iterator[tuple[int, str]]:
    """Yield from where on, and why, the last sentences of a paragraph are prompts, last first."""
    end = len(paragraph)
    while True:
        offset = max(0, end - _MAX_PROMPT)
        boundary = _LAST_SENTENCE.search(paragraph[offset:end])
        if boundary is None:
            return
        start = offset + boundary.end()
        sentence = paragraph[start:end].strip()
        if len(sentence.split()) < 3 or (reason := _prompt_reason(sentence)) is None:
            return
        yield start, reason
        end = len(paragraph[:start].rstrip())


def _prompt_reason(sentence: str) -> str | None:
    if is_desk_note(sentence):
        return BYLINE
    return None if _REPORTED.search(sentence) else _prompted(sentence)


def _prompted(text: str) -> str | None:
    """Return the reason of the first prompt rule that a text is an instance of, or None."""
    found = _ANY_PROMPT.fullmatch(text)
    if found is None or found.lastgroup is None:
        return None
    return PROMPT_RULES[int(found.lastgroup.removeprefix("rule"))].reason


def _related_lists(paragraphs: Sequence[str]) -> frozenset[int]:
    """Return the indices of labels like "Most read" and of the headlines listed under them.

    The last of a list that running text follows is kept: it may be that text's heading.
    """
    found: set[int] = set()
    for label, paragraph in enumerate(paragraphs):
        if len(paragraph) > _MAX_HEADLINE or not _RELATED_LIST.fullmatch(paragraph):
            continue
        end = label + 1
        while end < len(paragraphs) and not is_running(paragraphs[end]):
            end += 1
        heading = end < len(paragraphs) and end > label + 1
        found.update(range(label, end - 1 if heading else end))
    return frozenset(found)
