from hypothesis import given
from hypothesis import strategies as st

from service.stages.independence import distinct_reports, independent_groups, text_copies
from tests.conftest import MakeArticle

REPORT = (
    "A strong earthquake struck northern Chile at dawn on Tuesday, and at least twelve people were"
    " killed in Arica, the interior ministry said. Rescue teams from four regions were sent north,"
    " and the main road to Peru was closed by a landslide. Schools stay shut until Friday."
)
OTHER = (
    "Twelve people have died after the ground shook in Chile’s far north early on Tuesday. Helpers"
    " came from all over the country; a landslide blocks the highway that leads to Peru. The"
    " government said that no lessons would be held before Friday."
)


def test_a_wire_copy_trimmed_and_retitled_is_one_source(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, title="Quake kills twelve in Chile"),
        make_article("b", REPORT.rsplit(". ", 1)[0] + ".", title="Chile shaken", publisher="B"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 1}


def test_two_reports_of_one_event_in_their_own_words_are_two(make_article: MakeArticle) -> None:
    articles = [make_article("a", REPORT), make_article("b", OTHER)]
    assert independent_groups(articles) == {"a": 1, "b": 2}


def test_two_articles_of_one_publisher_are_one_source(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, publisher="The Daily  News"),
        make_article("b", OTHER, publisher="daily news"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 1}


def test_groups_are_closed_over_chains_of_copies(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, publisher="A"),
        make_article("b", OTHER),
        make_article("c", REPORT, publisher="C"),
        make_article("d", OTHER + " " + "More was not known.", publisher="C"),
    ]
    assert len(set(independent_groups(articles).values())) == 1


def test_two_short_notes_that_differ_are_two(make_article: MakeArticle) -> None:
    articles = [make_article("a", "Rain fell in Rome."), make_article("b", "Snow fell in Rome.")]
    assert independent_groups(articles) == {"a": 1, "b": 2}


def test_without_publishers_one_site_is_one_source(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, url="https://www.news.example/1"),
        make_article("b", OTHER, url="https://news.example/2"),
        make_article("c", "Snow fell in Rome.", url="https://other.example/2"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 1, "c": 2}


def test_a_sentence_copied_word_for_word_is_no_second_report() -> None:
    sentence = "At least twelve people were killed in Arica on Tuesday, the ministry said."
    assert distinct_reports([(1, sentence), (2, sentence)]) == 1
    own = "Twelve died in Arica, the ministry of the interior of Chile said on Tuesday."
    assert distinct_reports([(1, sentence), (2, own)]) == 2


def test_an_address_that_is_none_comes_from_no_site(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, url="http://[bad"),
        make_article("b", OTHER, url="http://[bad"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 2}


FERRY = (
    "A ferry carrying more than two hundred passengers ran aground off the island of Brava before"
    " dawn on Sunday. Fishermen reached the wreck first and pulled forty people from the water. The"
    " coast guard sent three boats from the mainland, which arrived an hour later in heavy rain. Two"
    " children were flown to a hospital in the capital with broken arms. The owner of the vessel said"
    " that it would pay for the journeys home. Divers are to look at the hull on Monday."
)
INQUIRY = (
    "Investigators are asking why a passenger ship left its course near Brava early on Sunday. All on"
    " board survived, though dozens had to swim. The radio had been out of order for a week, according"
    " to a member of the crew. Last year a court fined a small company from the north for overloading"
    " another boat. A report is expected in autumn, and the harbour stays closed until then."
)
SPEECH = (
    "“We were woken by a noise like a train, and then the walls began to move and we ran into the"
    " street with nothing but our shoes,” the mayor, Rosa Vidal, said. “Nobody in this town has ever"
    " seen anything like it, and we ask for tents, for water and for doctors, because the hospital"
    " has been closed since the morning and the only road to the coast is blocked.”"
)
NOTICE = (
    "Repeats of our broadcasts can be found in the media library for seven days. Reports of errors"
    " are welcome at the address that is given in the imprint of this service."
)


def sentences_of(text: str) -> list[str]:
    return [s.rstrip(".") + "." for s in text.split(". ")]


def grouped(make_article: MakeArticle, *texts: str, **metadata: str) -> list[int]:
    """Return the groups of texts of which each has a publisher of its own."""
    articles = [
        make_article(f"a{i}", text, publisher=f"Paper {i}", **metadata)
        for i, text in enumerate(texts)
    ]
    return list(independent_groups(articles).values())


def test_a_copy_in_another_order_with_a_local_paragraph_is_one_source(
    make_article: MakeArticle,
) -> None:
    lede, *others = sentences_of(FERRY)
    local = "Nobody from this county was on board, the town hall said on the telephone."
    copy = " ".join([lede, *reversed(others), local])
    assert grouped(make_article, FERRY, copy, INQUIRY) == [1, 1, 2]


def test_a_copy_with_one_word_in_ten_changed_and_numbers_spelled_is_one_source(
    make_article: MakeArticle,
) -> None:
    edited = FERRY
    for old, new in (
        ("more than", "over"),
        ("ran aground", "grounded"),
        ("forty", "40"),
        ("wreck", "ship"),
        ("sent three", "dispatched 3"),
        ("heavy", "pouring"),
        ("flown", "taken"),
        ("journeys", "trips"),
    ):
        edited = edited.replace(old, new)
    assert grouped(make_article, FERRY, edited) == [1, 1]


def test_long_quotations_that_two_reports_share_make_no_copy(make_article: MakeArticle) -> None:
    first = (
        f"Rescuers reached the town of Arro on Wednesday after a landslide. {SPEECH} Helicopters"
    )
    other = f"A day after the ground shook, Arro waits for help. {SPEECH} People with broken bones"
    texts = (
        f"{first} flew out nineteen injured. Engineers hope to open the pass by evening.",
        f"{other} were taken to the coast by air, and diggers work on the road.",
    )
    assert grouped(make_article, *texts) == [1, 2]


def test_a_statement_printed_twice_is_one_source_although_it_is_all_quotation(
    make_article: MakeArticle,
) -> None:
    assert grouped(make_article, SPEECH, SPEECH) == [1, 1]


def test_reports_on_one_template_with_figures_of_their_own_are_apart(
    make_article: MakeArticle,
) -> None:
    template = (
        "The forecast for {} County calls for sunny skies on {} with a high near {} and a low around"
        " {}. Winds will be from the southwest at {} miles per hour. A slight chance of showers is"
        " expected in the evening and skies will clear overnight."
    )
    filled = [("Hill", "Monday", 75, 54, 10), ("Lake", "Friday", 68, 49, 15)]
    assert grouped(make_article, *(template.format(*row) for row in filled)) == [1, 2]


def test_a_toll_that_has_grown_does_not_make_a_copy_a_report(make_article: MakeArticle) -> None:
    later = REPORT.replace("twelve", "fifteen")
    assert grouped(make_article, REPORT, later) == [1, 1]


def test_the_same_flash_is_one_source_and_a_like_one_is_another(
    make_article: MakeArticle,
) -> None:
    flash = "Parliament has elected Anna Berg prime minister by a majority of two."
    other = "Anna Berg becomes prime minister after a close vote in parliament."
    assert grouped(make_article, flash, flash, other) == [1, 1, 2]


def test_a_notice_that_ends_many_articles_joins_none(make_article: MakeArticle) -> None:
    texts = (
        "Snow closed schools across the valley on Thursday.",
        "The museum of clocks reopens in May after repairs.",
        "A court in Arro fined two builders on Monday.",
    )
    assert grouped(make_article, *(f"{text} {NOTICE}" for text in texts)) == [1, 2, 3]


def test_a_roundup_of_two_reports_joins_one_and_leaves_the_other(
    make_article: MakeArticle,
) -> None:
    roundup = f"{FERRY} {INQUIRY}"
    groups = grouped(make_article, FERRY, INQUIRY, roundup)
    assert groups[0] != groups[1]
    assert groups[2] in groups[:2]


def test_cuts_that_share_nothing_are_one_source_where_many_print_the_whole(
    make_article: MakeArticle,
) -> None:
    said = sentences_of(FERRY)
    cuts = (" ".join(said[:3]), " ".join(said[3:]))
    assert set(grouped(make_article, FERRY, FERRY, FERRY, *cuts)) == {1}


def test_a_shared_agency_makes_a_copy_of_less_and_alone_of_nothing(
    make_article: MakeArticle,
) -> None:
    said = sentences_of(FERRY)
    mixed = " ".join([INQUIRY, said[1], said[2]])
    assert grouped(make_article, FERRY, mixed) == [1, 2]
    assert grouped(make_article, FERRY, mixed, author="Staff and AFP") == [1, 1]
    assert grouped(make_article, FERRY, INQUIRY, author="Staff and AFP") == [1, 2]


def test_an_agency_is_read_from_dateline_signature_and_desk_note(
    make_article: MakeArticle,
) -> None:
    said = sentences_of(FERRY)
    mixed = " ".join([INQUIRY, said[1], said[2]])
    assert grouped(make_article, f"PRAIA (Reuters) - {FERRY}", f"{mixed} (Reuters)") == [1, 1]
    note = "The Associated Press contributed to this report."
    assert grouped(make_article, f"PRAIA (AP) — {FERRY}", f"{mixed} {note}") == [1, 1]


def test_copies_in_scripts_without_spaces_are_found(make_article: MakeArticle) -> None:
    first = (
        "星期二凌晨,智利北部发生强烈地震,造成至少十二人死亡。来自四个地区的救援队已被派往北部,"
        "通往邻国的主要公路因山体滑坡而关闭。学校将停课至星期五,政府呼吁居民远离海岸。"
    )
    other = (
        "智利北部周二清晨地动山摇,已有十二人遇难。各地救援人员正赶往灾区,一处滑坡阻断了交通。"
        "官员称本周之内不会复课,并要求民众不要去海边。"
    )
    assert grouped(make_article, first, first[:60] + "本市居民安然无恙。", other) == [1, 1, 2]


def test_an_agency_text_does_not_make_one_source_of_two_papers(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, publisher="Herald"),
        make_article("b", FERRY, publisher="Herald"),
        make_article("c", FERRY, publisher="Gazette"),
        make_article("d", INQUIRY, publisher="Gazette"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 2, "c": 2, "d": 3}


def test_the_printed_text_is_the_agencys_where_it_is_one_of_the_publishers(
    make_article: MakeArticle,
) -> None:
    articles = [
        make_article("a", REPORT, publisher="Herald"),
        make_article("b", FERRY, publisher="Herald"),
        make_article("c", FERRY, publisher="Reuters"),
        make_article("d", INQUIRY, publisher="Reuters"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 2, "c": 2, "d": 2}


def test_a_portals_site_joins_no_publishers(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, publisher="Herald", url="https://portal.example/1"),
        make_article("b", INQUIRY, publisher="Gazette", url="https://portal.example/2"),
        make_article("c", FERRY, url="https://portal.example/3"),
    ]
    assert independent_groups(articles) == {"a": 1, "b": 2, "c": 3}


def test_copies_are_grouped_by_text_whoever_publishes_them(make_article: MakeArticle) -> None:
    articles = [
        make_article("a", REPORT, publisher="Herald"),
        make_article("b", FERRY, publisher="Herald"),
        make_article("c", FERRY, publisher="Gazette"),
    ]
    assert text_copies(articles) == {"a": 1, "b": 2, "c": 2}


@given(st.permutations(range(6)))
def test_the_order_of_the_articles_changes_only_the_numbers(
    make_article: MakeArticle, order: list[int]
) -> None:
    texts = [FERRY, INQUIRY, f"{FERRY} {INQUIRY}", " ".join(sentences_of(FERRY)[:3]), REPORT, OTHER]
    articles = [make_article(f"a{i}", text) for i, text in enumerate(texts)]
    groups = independent_groups([articles[i] for i in order])
    assert list(dict.fromkeys(groups.values())) == list(range(1, len(set(groups.values())) + 1))
    expected = independent_groups(articles)
    assert {(i, j) for i in groups for j in groups if groups[i] == groups[j]} == {
        (i, j) for i in expected for j in expected if expected[i] == expected[j]
    }


def test_articles_without_words_are_sources_of_their_own(make_article: MakeArticle) -> None:
    assert grouped(make_article, "…", "…") == [1, 2]


def test_no_articles_have_no_groups() -> None:
    assert independent_groups([]) == {}
