"""Where messages may go: addresses by their form, and network addresses by their kind."""

import ipaddress
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import SplitResult, quote, urlsplit

import idna

from service.domain.errors import BadAddress

_PORTS = {"http": 80, "https": 443}
_MOST_CHARACTERS = 2048
_MOST_IN_NAME = 253
# Parsers disagree about these; one that is not here can be taken for another address by nobody.
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"^`{|}]")
_LITERAL_6 = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]*)?")
# Underscores are in no host name, and in many names that containers give each other.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
# RFC 6761, 6762, 8375, and what networks call their own by custom.
_INSIDE = re.compile(
    r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|home\.arpa|home|lan|corp)"
)

# https://www.iana.org/assignments/ipv6-address-space: what else there is reaches no public host.
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling of version 6, where
# the standard library calls a special address public.
_SPECIAL_4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
_SPECIAL_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address taken apart. `host` is ASCII without brackets, `target` the path with the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host as a Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def check_url(url: str, allow_private: bool = False) -> Endpoint:
    """Return the parts of a webhook's address; raises `BadAddress`, which is a `ValueError`.

    This is the check by form. A name is resolved only when something is sent, and the addresses it
    stands for are checked then. `allow_private` lets through names and addresses of private networks.
    """
    if len(url) > _MOST_CHARACTERS:
        raise BadAddress(f"{len(url)} characters, limit {_MOST_CHARACTERS}")
    if _NOT_IN_URLS.search(url):
        raise BadAddress("it holds a character that no address has")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("its host or port is malformed") from error
    _check_parts(parts)
    host = _host(parts)
    _check_host(host, allow_private)
    if port == 0:
        raise BadAddress("the port must be 1 to 65535")
    return Endpoint(
        scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], target=_target(parts)
    )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the public internet, and stands for no other that is not."""
    if isinstance(address, IPv4Address):
        special = any(address in network for network in _SPECIAL_4)
        return address.is_global and not address.is_multicast and not special
    embedded = _embedded(address)
    if embedded:
        return all(map(is_public, embedded))
    special = any(address in network for network in _SPECIAL_6)
    return address in _UNICAST and address.is_global and not special


def _embedded(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the addresses of version 4 that packets to this one may end at."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme not in _PORTS:
        raise BadAddress("it must begin with https:// or http://")
    if "@" in parts.netloc:
        raise BadAddress("it must hold no user name or password")
    if not parts.hostname:
        raise BadAddress("it names no host")
    if parts.fragment:
        raise BadAddress("it must have no fragment")


def _host(parts: SplitResult) -> str:
    """Return the host in one spelling: a name in ASCII, or an address as it is usually written."""
    given = parts.hostname or ""
    if "[" in parts.netloc:
        return _literal_6(parts.netloc)
    name = (given if given.isascii() else _ascii(given)).removesuffix(".")
    labels = name.split(".")
    if len(name) > _MOST_IN_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise BadAddress("its host is not a name")
    # https://url.spec.whatwg.org/#ends-in-a-number-checker; resolvers read such names as numbers.
    return str(_number_4(labels)) if _NUMBER.fullmatch(labels[-1]) else name


def _ascii(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadAddress("its host is not a name") from error


def _literal_6(netloc: str) -> str:
    literal = _LITERAL_6.fullmatch(netloc)
    if literal is None:
        raise BadAddress("its host is not an address")
    try:
        return str(IPv6Address(literal[1]))
    except ValueError as error:
        raise BadAddress("its host is not an address") from error


def _number_4(labels: list[str]) -> IPv4Address:
    """Read an address as `inet_aton` does: 1 to 4 numbers, the last of which fills what is left."""
    if len(labels) > 4 or not all(map(_NUMBER.fullmatch, labels)):
        raise BadAddress("its host is not an address")
    try:
        *first, last = map(_value, labels)
        if any(one > 255 for one in first) or last >= 256 ** (4 - len(first)):
            raise ValueError
    except ValueError as error:
        raise BadAddress("its host is not an address") from error
    return IPv4Address(last + sum(one << (24 - 8 * at) for at, one in enumerate(first)))


def _value(number: str) -> int:
    if number.startswith("0x"):
        return int(number[2:] or "0", 16)
    return int(number, 8) if number.startswith("0") else int(number)


def _check_host(host: str, allow_private: bool) -> None:
    if allow_private:
        return
    try:
        public = is_public(ipaddress.ip_address(host))
    except ValueError:
        # A name of one label is looked up in the networks that the machine itself is in.
        public = "." in host and not _INSIDE.fullmatch(host)
    if not public:
        raise BadAddress("its host is not on the public internet")


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~[]")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~[]?")
    return f"{path}?{query}" if parts.query else path
