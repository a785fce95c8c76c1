"""A post that carries nothing: it keeps what it is given, and answers by a script."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

from service.webhooks.sender import Reply

Answer = Reply | Exception | Callable[[], Coroutine[object, object, Reply]]


@dataclass(frozen=True, slots=True)
class Sent:
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class FakePost:
    """Keeps what it is given. Of its answers the last one stays."""

    answers: list[Answer] = field(default_factory=lambda: [Reply(status=204)])
    sent: list[Sent] = field(default_factory=list)
    closed: bool = False

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.sent.append(Sent(url, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else await answer()

    async def close(self) -> None:
        self.closed = True
