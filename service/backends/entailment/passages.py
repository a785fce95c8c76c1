"""Cut a passage that is longer than a model takes into runs of whole sentences."""

from collections.abc import Callable, Iterator

from service.stages.segment import segment


def parts(passage: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield the passage, or the runs of its sentences that `fits` takes, each as long as it can be.

    A sentence that is too long by itself comes in pieces. Nothing is yielded where not even a
    letter fits.
    """
    if fits(passage):
        yield passage
        return
    if not fits(""):
        return
    found = segment(passage, has_title=False, language=None, fits=fits)
    start = end = 0
    for sentence in found:
        if end and not fits(passage[start : sentence.end]):
            yield passage[start:end]
            end = 0
        start = start if end else sentence.start
        end = sentence.end
    if end:
        yield passage[start:end]
