"""Language identification."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.backends.language import Py3LangIdentifier

SENTENCES = {
    "en": "The old bridge was closed on Monday after a storm damaged two of its pillars.",
    "de": "Die alte Brücke wurde am Montag gesperrt, nachdem ein Sturm zwei Pfeiler beschädigte.",
    "fr": "Le vieux pont a été fermé lundi après qu'une tempête a endommagé deux piliers.",
    "ru": "Старый мост закрыли в понедельник после того, как буря повредила две опоры.",
    "ar": "أغلق الجسر القديم يوم الاثنين بعد أن ألحقت عاصفة أضرارا باثنين من أعمدته.",
    "zh": "周一，一场风暴损坏了两根桥墩，旧桥随后关闭，市议会在网站上发表声明表示将维修六周。",
}


@pytest.fixture(scope="module")
def identifier() -> Py3LangIdentifier:
    return Py3LangIdentifier()


@pytest.mark.parametrize(("code", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough_to_tell_its_language(
    identifier: Py3LangIdentifier, code: str, sentence: str
) -> None:
    assert identifier.identify(sentence) == code


@pytest.mark.parametrize("text", ["", "Bridge closed", "12345678901234567890 !!!", "😀" * 40])
def test_too_few_letters_tell_nothing(identifier: Py3LangIdentifier, text: str) -> None:
    assert identifier.identify(text) is None


def test_a_lone_surrogate_is_no_obstacle(identifier: Py3LangIdentifier) -> None:
    assert identifier.identify(SENTENCES["en"] + "\ud800") == "en"


def test_threads_asking_at_once_get_the_same_answers() -> None:
    fresh = Py3LangIdentifier()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fresh.identify, SENTENCES.values())) == list(SENTENCES)
