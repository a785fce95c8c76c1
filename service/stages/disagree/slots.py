"""Find sentences that are one but for a name: who did it, to whom, or where."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.text import Article, Sentence, Span
from service.lexis.cues import ATTRIBUTIONS
from service.lexis.kin import kin
from service.lexis.number_words import NUMBER_WORDS
from service.lexis.offices import NOT_THE_HOLDER
from service.lexis.person_names import Name, may_be_person, names, same_bearer
from service.lexis.places import extent
from service.lexis.profile import containment
from service.lexis.words import words
from service.stages.disagree.frames import Frame, core, frame, replaced, same_frame, tells_another
from service.stages.disagree.near import MOST_COMPARED
from service.stages.disagree.rivals import Candidates, Rivals, are_apart
from service.stages.disagree.tellings import Telling, alike_beside, independent, likeness, told_by
from service.stages.story import SentenceKey, Story

# What two sentences must share before their names are compared at all, by weight of the shorter.
WORTH_COMPARING = 0.5
# What two sentences share that are one report retold, the names aside.
RETOLD_DICE, RETOLD_STEMS = 0.85, 5
TURNED_DICE = 0.95
# What two sentences share that tell one fact, of both or of the shorter, and how long that one is.
FACT_DICE, FACT_PART, FACT_STEMS = 0.7, 0.85, 4
# How many characters around a name tell whom it stands for.
_NEAR = 30
# "Reports say that in Pelado": so few words before a name still open the sentence.
_OPENING = 6
_NEAR_TO = frozenset({"near", "outside", "around"})
_PLACING = frozenset("in at near from to outside around inside off across of".split())
_SAYS = ATTRIBUTIONS - {"report", "claim", "states"}
_JOINING = frozenset({"and", "or", "nor", "versus", "between", "both"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A name in a sentence, and the words right before and behind it, "," for a comma."""

    frame: Frame
    name: Name
    before: str
    after: str

    @property
    def telling(self) -> Telling:
        return Telling(frame=self.frame, answer=" ".join(self.name.parts), value=self.name.text)


def slot_rivals(story: Story, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the facts that independent sources tell of different people, bodies or places."""
    common = _common(story)
    near = tuple(_near(story))
    compared = {key for pair in near for key in pair}
    slots = {
        (a.id, s.index): _slots(a, s, common)
        for a, s in story.sentences()
        if (a.id, s.index) in compared
    }
    by_article: dict[str, list[_Slot]] = defaultdict(list)
    of_name: dict[tuple[str, ...], list[_Slot]] = defaultdict(list)
    for slot in (s for same in slots.values() for s in same):
        by_article[slot.frame.article.id].append(slot)
        of_name[slot.name.parts].append(slot)
    rivals: list[Rivals] = []
    used: set[SentenceKey] = set()
    for one, other in near:
        if one in used or other in used:
            continue
        for a, b in _different(story, slots[one], slots[other]):
            if _told_by_one(story, by_article, a, b) or any(
                _of_many(story, by_article, slot) for slot in (a, b)
            ):
                continue
            alike = (s for one in (a, b) for s in of_name[one.name.parts])
            known = [s.telling for s in alike if _same(story, s, a, b)]
            made = told_by(story, candidates, (a.telling, b.telling), known)
            if len(made) > 1:
                used |= {one, other, *((t.article.id, t.sentence.index) for t in known)}
                rivals.append(Rivals(kind="name", question=_question(a), positions=made))
                break
    return tuple(rivals)


def _of_many(story: Story, by_article: Mapping[str, Sequence[_Slot]], slot: _Slot) -> bool:
    """Say whether an article tells the same of others, too: "A was named for ...", "B was named for ..."."""
    return any(
        other.frame.sentence.index != slot.frame.sentence.index
        and not same_bearer(other.name.parts, slot.name.parts)
        and same_frame(story, other.frame, slot.frame)
        for other in by_article[slot.frame.article.id]
    )


def _near(story: Story) -> Iterator[tuple[SentenceKey, SentenceKey]]:
    """Yield the pairs of sentences of different groups that share enough to be compared, in order."""
    index: dict[str, list[SentenceKey]] = defaultdict(list)
    for article, sentence in story.sentences():
        key = (article.id, sentence.index)
        said = story.profiles[key]
        met: dict[SentenceKey, None] = {}
        for s in _heaviest(story, said.stems):
            met.update(dict.fromkeys(index[s]))
        left = MOST_COMPARED
        for other in sorted(met):
            if not left or not are_apart(story, story.article(other[0]), article):
                continue
            theirs = story.profiles[other].stems
            share = max(
                containment(said.stems, theirs, story.weights),
                containment(theirs, said.stems, story.weights),
            )
            if share >= WORTH_COMPARING:
                left -= 1
                yield other, key
        for s in said.stems:
            index[s].append(key)


def _heaviest(story: Story, stems: frozenset[str]) -> list[str]:
    """Return the stems of which two sentences that are worth comparing share one at least."""
    ranked = sorted(stems, key=lambda s: (-story.weights[s], s))
    spare = (1 - WORTH_COMPARING) * sum(story.weights[s] for s in ranked)
    kept = []
    for s in ranked:
        kept.append(s)
        spare -= story.weights[s]
        if spare < 0:
            break
    return kept


def _common(story: Story) -> frozenset[str]:
    """Return the words that the story writes without a capital, too: no names by themselves."""
    return frozenset(
        w.text
        for article, sentence in story.sentences()
        for w in words(article.quote(sentence.span))
        if w.text.islower()
    )


def _slots(article: Article, sentence: Sentence, common: frozenset[str]) -> tuple[_Slot, ...]:
    text = article.quote(sentence.span)
    spoken = words(text)
    found = []
    for name in names(text):
        last = next((w for w in reversed(spoken) if w.end <= name.start), None)
        first = next((w for w in spoken if w.start >= name.end and w.start > name.start), None)
        before = "," if text[: name.start].rstrip().endswith(",") else last.lower if last else ""
        if text[: name.start].endswith(("close to ", "next to ")):
            before = "near"
        after = "," if text[name.end :].startswith(",") else first.lower if first else ""
        if len(name.parts) == 1 and name.text.lower() in common:
            continue
        # A number that opens a sentence has a capital, too.
        if NUMBER_WORDS.issuperset(name.parts):
            continue
        if _is_listed(text, name) or before.isnumeric():
            continue
        found.append(
            _Slot(
                frame=frame(article, sentence, name.start, name.end),
                name=name,
                before=before,
                after=after,
            )
        )
    return tuple(found)


def _is_listed(text: str, name: Name) -> bool:
    """Say whether another name is joined to a name: "Holm and Strand"."""
    before, after = words(text[: name.start])[:-3:-1], words(text[name.end :])[:2]
    return any(
        len(near) > 1 and near[0].lower in _JOINING and near[1].capitalised
        for near in (before, after)
    )


def _different(
    story: Story, mine: Sequence[_Slot], theirs: Sequence[_Slot]
) -> Iterator[tuple[_Slot, _Slot]]:
    """Yield the names that stand in one place of two sentences that are else the same."""
    for a in mine:
        for b in theirs:
            if (
                (_in_one_place(a, b) or _moved(story, a, b))
                and _of_one_kind(a, b)
                and not same_bearer(a.name.parts, b.name.parts)
                and _alike_around(a) == _alike_around(b)
                and independent(story, a.frame, b.frame)
                and _one_fact(story, a.frame, b.frame)
                and (_retold(story, a, b) or not (_known_in(a, b) or _speaks(a) or _speaks(b)))
            ):
                yield a, b


def _one_fact(story: Story, a: Frame, b: Frame) -> bool:
    """Say whether two sentences are one but for the names, in whatever order they tell it."""
    if same_frame(story, a, b):
        return True
    alike = likeness(story, a, b)
    if tells_another(a, b) or alike.stems < FACT_STEMS:
        return False
    if alike.dice >= TURNED_DICE and alike.stems >= RETOLD_STEMS:
        return True
    enough = alike.dice >= FACT_DICE or alike.part >= FACT_PART
    return enough and alike_beside(a, b) and not replaced(a, b)


def _moved(story: Story, a: _Slot, b: _Slot) -> bool:
    """Say whether "in Pelado" opens one of two sentences that are word for word the same besides."""
    alike = likeness(story, a.frame, b.frame)
    opens = [_opens(s) for s in (a, b)]
    said = a.before in _PLACING and a.before == b.before and opens[0] != opens[1]
    return said and alike.dice >= TURNED_DICE and alike.stems >= RETOLD_STEMS


def _opens(slot: _Slot) -> bool:
    """Say whether a name and the word before it open what a sentence tells."""
    said = core(slot.frame.text, Span(slot.name.start, slot.name.end))
    return len(words(slot.frame.text[said.start : slot.name.start])) < _OPENING


def _in_one_place(a: _Slot, b: _Slot) -> bool:
    near_to = {a.before, b.before} <= _NEAR_TO
    if (a.before in _PLACING or b.before in _PLACING) and a.before != b.before and not near_to:
        return False
    beside = near_to or (a.before and a.before == b.before) or (a.after and a.after == b.after)
    near = _kin(a.frame.before[:1]) == _kin(b.frame.before[:1])
    return bool(beside) and (near or _kin(a.frame.after[:1]) == _kin(b.frame.after[:1]))


def _kin(stems: Sequence[str]) -> tuple[str, ...]:
    return tuple(kin(s) for s in stems)


def _of_one_kind(a: _Slot, b: _Slot) -> bool:
    person = [may_be_person(s.name) for s in (a, b)]
    same_reach = extent(a.name.parts) == extent(b.name.parts)
    return same_reach and (a.before in _PLACING or person[0] == person[1])


def _speaks(slot: _Slot) -> bool:
    """Say whether it is who says so; several may say the same."""
    return slot.before in _SAYS or slot.after in _SAYS


def _alike_around(slot: _Slot) -> frozenset[str]:
    """Return the words near a name that make its bearer another one: "deputy", "former"."""
    text, name = slot.frame.text, slot.name
    near = (
        *words(text[max(0, name.start - _NEAR) : name.start]),
        *words(text[name.end : name.end + _NEAR]),
    )
    return frozenset(w.lower for w in near) & NOT_THE_HOLDER


def _retold(story: Story, a: _Slot, b: _Slot) -> bool:
    """Say whether two sentences are one word for word around names that stand between the same words."""
    alike = likeness(story, a.frame, b.frame)
    one, other = a.frame, b.frame
    return (
        alike.dice >= RETOLD_DICE
        and alike.stems >= RETOLD_STEMS
        and _kin(one.before[:1]) == _kin(other.before[:1])
        and _kin(one.after[:1]) == _kin(other.after[:1])
    )


def _known_in(a: _Slot, b: _Slot) -> bool:
    """Say whether one of the names is in the other sentence too."""
    return set(a.name.parts) <= _all_parts(b) or set(b.name.parts) <= _all_parts(a)


def _all_parts(slot: _Slot) -> set[str]:
    return {p for name in names(slot.frame.text) for p in name.parts}


def _told_by_one(
    story: Story, by_article: Mapping[str, Sequence[_Slot]], a: _Slot, b: _Slot
) -> bool:
    """Say whether one of the two sources tells the same of the other name as well."""
    for one, other in ((a, b), (b, a)):
        for slot in by_article[one.frame.article.id]:
            if same_bearer(slot.name.parts, other.name.parts) and same_frame(
                story, slot.frame, one.frame
            ):
                return True
    return False


def _same(story: Story, slot: _Slot, a: _Slot, b: _Slot) -> bool:
    return any(
        slot.name.parts == one.name.parts and same_frame(story, slot.frame, one.frame)
        for one in (a, b)
    )


def _question(slot: _Slot) -> str:
    if slot.before in _PLACING:
        return "Which place was it?"
    return "Who was it?" if may_be_person(slot.name) else "Which one was it?"
