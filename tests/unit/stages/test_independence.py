from service.stages.independence import distinct_reports, independent_groups
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
