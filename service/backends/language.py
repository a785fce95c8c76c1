"""Language identification by py3langid, a naive Bayes model of byte sequences."""

from threading import Lock

from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as Classifier

MIN_LETTERS = 20
# The answer does not change beyond this, and the time taken does.
_MAX_CHARS = 20_000
_NO_LANGUAGE = "zxx"


class Py3LangIdentifier:
    """Says which language a text is in; the model is loaded at the first question, once."""

    def __init__(self) -> None:
        self._classifier: Classifier | None = None
        self._lock = Lock()

    def identify(self, text: str) -> str | None:
        """Return an ISO 639-1 code, or None for under `MIN_LETTERS` letters or for no language."""
        sample = text[:_MAX_CHARS]
        if sum(map(str.isalpha, sample)) < MIN_LETTERS:
            return None
        code = str(self._loaded().classify(sample)[0])
        return None if code == _NO_LANGUAGE else code

    def _loaded(self) -> Classifier:
        with self._lock:
            if self._classifier is None:
                classifier = Classifier.from_model_file(MODEL_FILE)
                # Dialects without a two-letter code would only take votes from their language.
                known = [c for c in classifier.labels if len(c) == 2 or c == _NO_LANGUAGE]
                classifier.set_languages(known)
                self._classifier = classifier
            return self._classifier
