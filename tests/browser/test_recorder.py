"""What must not happen in a window is noticed when it does."""

from tests.browser.chromium import Recorder
from tests.browser.conftest import OpenWindow


def taken(recorder: Recorder) -> list[str]:
    """Return what was recorded, which the test then does not fail for."""
    seen = list(recorder.seen)
    recorder.seen.clear()
    return seen


def test_a_dialog_is_noticed(open_window: OpenWindow, recorder: Recorder) -> None:
    open_window("/briefs").evaluate("alert('here')")
    assert taken(recorder) == ["dialog: here"]


def test_an_error_in_a_script_is_noticed(open_window: OpenWindow, recorder: Recorder) -> None:
    page = open_window("/briefs")
    page.evaluate("setTimeout(() => { throw new Error('lost') })")
    page.wait_for_timeout(100)
    assert any("lost" in one for one in taken(recorder))


def test_an_inline_script_is_not_run_and_noticed(
    open_window: OpenWindow, recorder: Recorder
) -> None:
    page = open_window("/briefs")
    with page.expect_console_message():
        page.evaluate(
            "() => { const made = document.createElement('script'); made.text = 'alert(1)';"
            " document.body.append(made); }"
        )
    page.wait_for_timeout(100)
    seen = taken(recorder)
    assert any(one.startswith("console: policy violated: script-src") for one in seen)
    assert not any(one.startswith("dialog") for one in seen)


def test_a_picture_of_another_host_is_not_loaded_and_noticed(
    open_window: OpenWindow, recorder: Recorder
) -> None:
    page = open_window("/briefs")
    with page.expect_console_message():
        page.evaluate("() => { new Image().src = 'http://127.0.0.2:9/x.png'; }")
    page.wait_for_timeout(100)
    assert any("policy violated: img-src" in one for one in taken(recorder))


def test_an_answer_that_is_an_error_is_noticed_unless_expected(
    open_window: OpenWindow, recorder: Recorder
) -> None:
    page = open_window()
    page.goto("/briefs/brf_none")
    assert any("status of 404" in one for one in taken(recorder))
    recorder.expected.add(404)
    page.goto("/briefs/brf_none")
    assert recorder.seen == []
