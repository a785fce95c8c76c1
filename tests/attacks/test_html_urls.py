"""Reading a document fetches nothing, whatever addresses are in it."""

import base64
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.attacks.canary import Canary, watching
from tests.attacks.lines import PROSE, reading_models, real_pipeline
from tests.rest.services import Client, Services, done, until

WORDS = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
CANARY = "http://canary.invalid"

# Each as a page of its own; CANARY stands for the server that must not be asked.
PAGES = {
    "an image": f'<img src="{CANARY}/a.png">{WORDS}',
    "an image by srcset": f'<img srcset="{CANARY}/a.png 1x, {CANARY}/b.png 2x">{WORDS}',
    "a picture": f'<picture><source srcset="{CANARY}/a.webp"><img src="{CANARY}/b"></picture>{WORDS}',
    "an address without a scheme": f'<img src="//canary.invalid/a.png">{WORDS}',
    "a style sheet": f'<link rel="stylesheet" href="{CANARY}/a.css">{WORDS}',
    "a preload": f'<link rel="preload" as="font" href="{CANARY}/a">{WORDS}',
    "a canonical address": f'<link rel="canonical" href="{CANARY}/story">{WORDS}',
    "an import in a style": f'<style>@import url("{CANARY}/a.css");</style>{WORDS}',
    "an address in a style": f'<p style="background:url({CANARY}/a.png)">x</p>{WORDS}',
    "a frame": f'<iframe src="{CANARY}/"></iframe>{WORDS}',
    "a frame with a page in it": f'<iframe srcdoc="<img src={CANARY}/a>"></iframe>{WORDS}',
    "a frame set": f'<frameset><frame src="{CANARY}/"></frameset>{WORDS}',
    "an object": f'<object data="{CANARY}/a.swf"></object><embed src="{CANARY}/b">{WORDS}',
    "a script": f'<script src="{CANARY}/a.js"></script>{WORDS}',
    "a script that fetches": f'<script>fetch("{CANARY}/")</script>{WORDS}',
    "a base": f'<base href="{CANARY}/"><img src="a.png"><a href="b">more</a>{WORDS}',
    "a refresh": f'<meta http-equiv="refresh" content="0; url={CANARY}/">{WORDS}',
    "a preview of the page": f'<meta property="og:image" content="{CANARY}/a.png">{WORDS}',
    "a video": f'<video src="{CANARY}/a" poster="{CANARY}/b"><track src="{CANARY}/c"></video>{WORDS}',
    "a vector image": f'<svg><image href="{CANARY}/a"/><use href="{CANARY}/b#c"/></svg>{WORDS}',
    "a form": f'<form action="{CANARY}/"><input type="image" src="{CANARY}/a"></form>{WORDS}',
    "a ping": f'<a href="/x" ping="{CANARY}/">link</a>{WORDS}',
    "a manifest": f'<html manifest="{CANARY}/m">{WORDS}</html>',
    "a next page": f'<a rel="next" href="{CANARY}/story?page=2">Next page</a>{WORDS}',
    "a document type": f'<!DOCTYPE html PUBLIC "-//X//X//EN" "{CANARY}/x.dtd"><body>{WORDS}',
    "an external entity": (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "{CANARY}/x">]>'
        f"<html><body><p>&x;</p>{WORDS}</body></html>"
    ),
    "a parameter entity": (
        f'<!DOCTYPE html [<!ENTITY % x SYSTEM "{CANARY}/x"> %x;]><html><body>{WORDS}</body></html>'
    ),
    "an inclusion": (
        '<html xmlns:xi="http://www.w3.org/2001/XInclude"><body>'
        f'<xi:include href="{CANARY}/x"/>{WORDS}</body></html>'
    ),
    "a style sheet of XML": (
        f'<?xml version="1.0"?><?xml-stylesheet href="{CANARY}/x.xsl" type="text/xsl"?>'
        f"<html><body>{WORDS}</body></html>"
    ),
    "a schema": (
        '<html xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="x {CANARY}/x.xsd"><body>{WORDS}</body></html>'
    ),
}
MARKDOWN = f"""# Rain

![image]({CANARY}/a.png) [link]({CANARY}/b) <{CANARY}/c> ![by name][1]

<img src="{CANARY}/d.png"> <script src="{CANARY}/e.js"></script>

{" ".join(PROSE)}

[1]: {CANARY}/f.png
"""
PLAIN = f"{PROSE[0]} See {CANARY}/a and www.canary.invalid.\n{PROSE[1]} {PROSE[2]}"


@pytest.fixture
def canary() -> Iterator[Canary]:
    with watching() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with ExitStack() as stack:
        services = Services(folder=tmp_path_factory.mktemp("service"), stack=stack)
        yield services.open(services.app(models=reading_models(), pipeline=real_pipeline()))


def briefed(client: Client, canary: Canary, content: str, media_type: str, **more: str) -> str:
    """Have a document read, briefed, verified and shown; return its text."""
    document = {"content": content, "media_type": media_type, **more}
    url = done(client, {"documents": [document]})
    for form in ("text/html", "text/markdown", "text/plain", "application/json"):
        assert client.get(url, headers={"Accept": form}).status_code == 200
    assert client.get(f"{url}/verification").json()["holds"]
    [source] = client.get(url).json()["sources"]
    text: str = client.get(f"/v1/documents/{source['document_id']}").json()["text"]
    assert PROSE[2] in text
    return text


@pytest.mark.parametrize("name", PAGES)
def test_reading_a_page_fetches_nothing_and_looks_no_name_up(
    client: Client, canary: Canary, name: str
) -> None:
    briefed(client, canary, PAGES[name].replace(CANARY, canary.url), "text/html")
    briefed(client, canary, PAGES[name], "text/html")
    assert canary.silent, canary.asked


@pytest.mark.parametrize(
    ("content", "media_type"), [(MARKDOWN, "text/markdown"), (PLAIN, "text/plain")]
)
def test_reading_markdown_and_text_fetches_nothing(
    client: Client, canary: Canary, content: str, media_type: str
) -> None:
    briefed(client, canary, content.replace(CANARY, canary.url), media_type)
    assert canary.silent, canary.asked


def test_the_address_of_a_document_is_never_fetched(client: Client, canary: Canary) -> None:
    briefed(client, canary, PLAIN, "text/plain", url=f"{canary.url}/story")
    assert canary.silent, canary.asked


def pdf(canary: Canary) -> str:
    """Make a PDF whose every way to lead elsewhere leads to the canary."""
    there = canary.url
    shown = "".join(f"({line}) Tj 0 -14 Td " for line in PROSE)
    page = f"BT /F1 9 Tf 40 700 Td {shown} ET"
    action = f"<< /S /URI /URI ({there}/open) >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction {action}"
        f" /URI << /Base ({there}/) >> /AA << /WC << /S /JavaScript /JS"
        f" (app.launchURL\\('{there}/js'\\)) >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> /XObject << /I 8 0 R >> >>"
        f" /Annots [6 0 R 7 0 R] /AA << /O {action} >> >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 600 790] /A {action} >>",
        "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9]"
        f" /A << /S /GoToR /F << /FS /URL /F ({there}/r.pdf) >> /D [0 /Fit] >> >>",
        # The data of this image is in another file, and the other file elsewhere.
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
        f" /BitsPerComponent 8 /Length 0 /F << /FS /URL /F ({there}/i) >> >>\nstream\n\nendstream",
    ]
    made, offsets = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(made))
        made += f"{number} 0 obj\n{one}\nendobj\n".encode()
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    made += (
        f"xref\n0 {size}\n0000000000 65535 f \n{rows}"
        f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    ).encode()
    return base64.b64encode(made).decode()


def test_reading_a_pdf_fetches_nothing(client: Client, canary: Canary) -> None:
    briefed(client, canary, pdf(canary), "application/pdf")
    assert canary.silent, canary.asked


@pytest.mark.parametrize("address", ["file:///etc/hostname", "{file}"])
def test_an_entity_brings_in_no_file_of_this_machine(
    client: Client, canary: Canary, tmp_path: Path, address: str
) -> None:
    file = tmp_path / "inside.txt"
    file.write_text("what only this machine knows")
    system = address.replace("{file}", file.as_uri())
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "{system}">]>'
        f"<html><body><p>It says &x; in there, and that is all it says.</p>{WORDS}</body></html>"
    )
    text = briefed(client, canary, page, "text/html")
    assert "what only this machine knows" not in text
    assert Path("/etc/hostname").read_text().strip() not in text.split()


def test_entities_that_multiply_stay_as_few_as_they_are(client: Client, canary: Canary) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "multiplied ">{levels}]>'
        f"<html><body><p>&e9;</p>{WORDS}</body></html>"
    )
    assert briefed(client, canary, page, "text/html").count("multiplied") <= 10


def test_the_canary_sees_who_comes_and_who_asks_for_a_name(canary: Canary) -> None:
    socket.create_connection(("127.0.0.1", canary.port), timeout=5).close()
    until(lambda: canary.visits == 1)
    assert any("socket.connect" in one for one in canary.asked)
    canary.asked.clear()
    with pytest.raises(OSError, match=r"."):
        socket.getaddrinfo("canary.invalid", 80)
    assert any("canary.invalid" in one for one in canary.asked)
