"""Markup that would run if it were ever taken for more than text, and a judge of what is shown."""

import re
from urllib.parse import urlsplit

from lxml import html

SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>here</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>here</a>",
    "<form action=javascript:alert(1)><button>here</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example/)}</style>",
    "<object data=javascript:alert(1)></object>",
    "<math><mi xlink:href=javascript:alert(1)>here</mi></math>",
    "<details open ontoggle=alert(1)>",
    "</title></style></textarea></script><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus=alert(1) x="',
    "`onload=alert(1)`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<<script>alert(1)//<</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "＜script＞alert(1)＜/script＞",
    "{{7*7}}{% raw %}${7*7}<%= 7*7 %>",
)
MARKDOWNS = (
    "[here](javascript:alert(1))",
    "[here](<javascript:alert(1)>)",
    "[here](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/x.png)",
    "[here][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<https://evil.example/>",
    "https://evil.example/ and www.evil.example",
    "\\[here](javascript:alert(1))",
    "[here\\](javascript:alert(1))",
    "```\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "\n\n<script>\nalert(1)\n</script>\n\n",
    "<!-- --><script>alert(1)</script>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "# heading\n===\n- list\n> quote",
    "&#x5b;here&#x5d;(javascript:alert(1))",
    "[x]: javascript:alert(1)",
    "@everyone [^1]",
)
PAYLOADS = SCRIPTS + MARKDOWNS
TERMINAL = (
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\x00",
    "\r",
)

# What the service's own pages are made of. Nothing in it runs, loads or leads anywhere by itself.
_TAGS = frozenset(
    "html head meta title style body main article section h1 h2 h3 h4 p ul ol li strong em bdi span a"
    " blockquote mark details summary footer div hr br code pre".split()
)
_ATTRIBUTES = frozenset(
    "id class dir lang href rel role charset name content aria-label aria-labelledby start".split()
)
_ACTIVE = re.compile(r"(?i)javascript:|vbscript:|data:")


def assert_inert(page: str, allowed_links: frozenset[str] = frozenset()) -> None:
    """Check that a page, read as a browser reads it, has nothing in it that acts."""
    for element in html.document_fromstring(page).iter():
        # Comments and processing instructions have no name.
        assert isinstance(element.tag, str), element
        assert element.tag in _TAGS, html.tostring(element)
        extra = set(element.attrib) - _ATTRIBUTES
        assert not extra, html.tostring(element)
        if element.tag == "meta":
            assert element.get("http-equiv") is None
        link = element.get("href")
        if link is not None and not link.startswith("#"):
            assert not _ACTIVE.match(link.strip())
            assert urlsplit(link).scheme in ("http", "https")
            assert link in allowed_links, link


def assert_plain(text: str) -> None:
    """Check that a text drives no terminal and reorders nothing."""
    odd = [c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f"]
    odd += [c for c in text if "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"]
    assert not odd, odd
