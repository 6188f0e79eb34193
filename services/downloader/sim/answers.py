"""An answer of the simulated vendor, before and while it is sent."""

from __future__ import annotations

import asyncio
import enum
import hashlib
from dataclasses import dataclass, field
from typing import Final

import msgspec
from isal import isal_zlib
from starlette.types import Receive, Scope, Send

_GZIP: Final = 31  # zlib's window-bits number for a gzip wrapper
_DRIP_BYTES: Final = 4096
JSON_TYPE: Final = "application/json"


class Delivery(enum.Enum):
    """How the bytes of an answer reach the client."""

    WHOLE = enum.auto()
    SLOW_HEADERS = enum.auto()
    DRIP = enum.auto()
    STALL = enum.auto()
    CUT_SHORT = enum.auto()
    RESET_BEFORE_HEADERS = enum.auto()
    RESET_IN_BODY = enum.auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body as they will be on the wire; ``delay_s`` belongs to the slow deliveries."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    delay_s: float = 0.0


def request_id(*parts: object) -> str:
    """The vendor's 32 hex digits, the same for the same question."""
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:32]


def json_answer(payload: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An uncompressed JSON answer."""
    return Answer(status, msgspec.json.encode(payload), {"Content-Type": JSON_TYPE, **(headers or {})})


def error_answer(
    status: int, name: str, text: str, *, key: str = "error", headers: dict[str, str] | None = None
) -> Answer:
    """The vendor's error body; its text lies under ``error`` or ``message``."""
    return json_answer(
        {"status": name, "request_id": request_id(status, text), key: text}, status=status, headers=headers
    )


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client's Accept-Encoding allows gzip."""
    return "gzip" in accept_encoding


def compressed(answer: Answer, accept_encoding: str) -> Answer:
    """The answer as gzip, if the client takes it."""
    if not takes_gzip(accept_encoding) or not answer.body:
        return answer
    body = isal_zlib.compress(answer.body, 1, wbits=_GZIP)
    return Answer(answer.status, body, {**answer.headers, "Content-Encoding": "gzip"})


class Sender:
    """Sends one answer over an ASGI connection."""

    def __init__(self, answer: Answer, transport: asyncio.Transport | None) -> None:
        self._answer = answer
        self._transport = transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer
        if answer.delivery is Delivery.RESET_BEFORE_HEADERS:
            await self._drop(receive, reset=True)
            return
        if answer.delivery is Delivery.SLOW_HEADERS:
            await asyncio.sleep(answer.delay_s)
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        half = len(answer.body) // 2
        match answer.delivery:
            case Delivery.DRIP:
                for start in range(0, len(answer.body), _DRIP_BYTES):
                    chunk = answer.body[start : start + _DRIP_BYTES]
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                    await asyncio.sleep(answer.delay_s)
                await send({"type": "http.response.body", "body": b""})
            case Delivery.STALL:
                await send({"type": "http.response.body", "body": answer.body[:half], "more_body": True})
                await asyncio.sleep(answer.delay_s)
                await send({"type": "http.response.body", "body": answer.body[half:]})
            case Delivery.RESET_IN_BODY | Delivery.CUT_SHORT:
                await send({"type": "http.response.body", "body": answer.body[:half], "more_body": True})
                await self._drop(receive, reset=answer.delivery is Delivery.RESET_IN_BODY)
            case _:
                await send({"type": "http.response.body", "body": answer.body})

    async def _drop(self, receive: Receive, *, reset: bool) -> None:
        if self._transport is None:
            return
        if reset:
            self._transport.abort()
        else:
            self._transport.close()
        # The server complains about an unfinished answer unless it knows by then that the client is gone.
        while (await receive())["type"] != "http.disconnect":
            pass
