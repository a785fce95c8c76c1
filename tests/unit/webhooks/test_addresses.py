import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.errors import BadAddress
from service.webhooks.addresses import Endpoint, check_url, is_public

# One place in every spelling that some parser or resolver takes for it.
LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7F.1",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.1.",
    "127。0。0。1",
    "127．0．0．1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127.255.255.254",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ⓛocalhost",
    "a.localhost",
    "localhost.localdomain",
]
PRIVATE = [
    "0",
    "0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.43518",
    "2852039166",
    "0xA9FEA9FE",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[2002:a9fe:a9fe::1]",
    # Teredo: the client's address is kept with its bits turned, here 10.0.0.1.
    "[2001:0:808:808::f5ff:fffe]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[100::1]",
    "metadata",
    "metadata.google.internal",
    "printer.local",
    "router.lan",
    "nas.home.arpa",
    "intranet",
    "wiki.corp",
]
MALFORMED = [
    "",
    "hook",
    "//host.example/",
    "ftp://host.example/",
    "file:///etc/passwd",
    "gopher://host.example/",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "http:/host.example/",
    "http://",
    "http:///path",
    "http://:80/",
    "https://user@host.example/",
    "https://user:secret@host.example/",
    "https://@host.example/",
    "https://host.example@127.0.0.1/",
    "https://host.example#@127.0.0.1/",
    "https://host.example/#part",
    "https://host.example:0/",
    "https://host.example:65536/",
    "https://host.example:-1/",
    "https://host.example:x/",
    "https://host.example:80:80/",
    "https://host..example/",
    "https://.host.example/",
    "https://-host.example/",
    "https://host-.example/",
    "https://host.example../",
    "https://ho%73t.example/",
    "https://127.0.0.1%2f@host.example/",
    "https://host.example\\@127.0.0.1/",
    "https://host.example/\r\nX-Evil: 1",
    "https://host.example/a b",
    "https://host.example/\x00",
    "https://host.example\t/",
    " https://host.example/",
    "https://host.example/\x85",
    "https://[::1/",
    "https://::1/",
    "https://[::1]x/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[v1.fe80::]/",
    "https://[127.0.0.1]/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://1.2.3.256/",
    "https://1.2.65536/",
    "https://4294967296/",
    "https://0x100000000/",
    "https://1.2.3.08/",
    "https://host.0x/",
    "https://host.example.1/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 127}example/",
    f"https://{'ü' * 70}.example/",
    "https://host.example/" + "a" * 2048,
]


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE])
def test_an_address_inside_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(BadAddress, match="public internet"):
        check_url(f"https://{host}/hook")


@pytest.mark.parametrize("host", [*LOOPBACK, *PRIVATE])
def test_an_address_inside_is_let_through_where_that_is_allowed(host: str) -> None:
    assert check_url(f"http://{host}:8080/hook", allow_private=True).port == 8080


@pytest.mark.parametrize("url", MALFORMED)
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_malformed_address_is_refused_whatever_is_allowed(url: str, allow_private: bool) -> None:
    with pytest.raises(BadAddress):
        check_url(url, allow_private)


@pytest.mark.parametrize(
    "url", [one for one in MALFORMED if "host" in one or "127" in one or "secret" in one]
)
def test_a_refusal_repeats_nothing_of_the_address(url: str) -> None:
    with pytest.raises(BadAddress) as raised:
        check_url(url)
    assert not any(word in str(raised.value) for word in ("host.", "127", "secret", "user:"))


def test_a_refusal_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="https://"):
        check_url("ftp://host.example")


@pytest.mark.parametrize(
    ("url", "endpoint", "again"),
    [
        (
            "https://hooks.example.com",
            Endpoint(scheme="https", host="hooks.example.com", port=443, target="/"),
            "https://hooks.example.com/",
        ),
        (
            "HTTP://Hooks.Example.COM.:8080/a%20b?to=ü&x=1",
            Endpoint(
                scheme="http",
                host="hooks.example.com",
                port=8080,
                target="/a%20b?to=%C3%BC&x=1",
            ),
            "http://hooks.example.com:8080/a%20b?to=%C3%BC&x=1",
        ),
        (
            "https://straße.example/straße",
            Endpoint(scheme="https", host="xn--strae-oqa.example", port=443, target="/stra%C3%9Fe"),
            "https://xn--strae-oqa.example/stra%C3%9Fe",
        ),
        (
            "https://8.8.8.8:443/",
            Endpoint(scheme="https", host="8.8.8.8", port=443, target="/"),
            "https://8.8.8.8/",
        ),
        (
            "https://134744072/",
            Endpoint(scheme="https", host="8.8.8.8", port=443, target="/"),
            "https://8.8.8.8/",
        ),
        (
            "http://[2606:4700::1111]:81/?q",
            Endpoint(scheme="http", host="2606:4700::1111", port=81, target="/?q"),
            "http://[2606:4700::1111]:81/?q",
        ),
        (
            "https://my_host.example.com/../x",
            Endpoint(scheme="https", host="my_host.example.com", port=443, target="/../x"),
            "https://my_host.example.com/../x",
        ),
    ],
)
def test_a_public_address_is_taken_apart(url: str, endpoint: Endpoint, again: str) -> None:
    assert check_url(url) == endpoint
    assert endpoint.url == again
    assert check_url(again) == endpoint


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::",
    ],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inside = address.is_private or address.is_loopback or address.is_link_local
    inside = inside or address.is_multicast or address.is_reserved or address.is_unspecified
    # The one prefix that it calls reserved and that leads somewhere.
    assume(address not in ipaddress.ip_network("64:ff9b::/96"))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        assert is_public(address) == is_public(address.ipv4_mapped)
    elif inside:
        assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_every_way_to_write_an_address_of_version_4_is_read_alike(
    address: ipaddress.IPv4Address,
) -> None:
    a, b, c, d = address.packed
    whole = int(address)
    spellings = [
        str(address),
        str(whole),
        hex(whole),
        f"0{whole:o}",
        f"{a}.{whole & 0xFFFFFF}",
        f"{a:#x}.0{b:o}.{(c << 8) | d}",
        f"{a}.{b}.{c}.{d}.",
    ]
    hosts = {check_url(f"http://{one}/", allow_private=True).host for one in spellings}
    assert hosts == {str(address)}
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(mapped) == is_public(address)


@given(st.text(max_size=60))
def test_any_text_is_an_endpoint_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://host.example/{text}"):
        try:
            endpoint = check_url(url)
        except BadAddress:
            continue
        assert endpoint.url.isascii()
        assert not set("\r\n\t \x00") & set(endpoint.url)
        assert check_url(endpoint.url) == endpoint
