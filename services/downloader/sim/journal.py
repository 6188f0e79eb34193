"""What the simulated vendor was asked, in order, and the sums of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec


class RequestRecord(msgspec.Struct):
    """One request; ``authorized`` tells that it carried a key, which itself is never kept."""

    number: int
    kind: str
    path: str
    query: str
    authorized: bool
    in_flight: int
    status: int = 0
    size_bytes: int = 0
    fault: str = ""


class Journal:
    """Ordered list of requests. Used from one event loop only."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []
        self._in_flight = 0
        self._peak = 0

    def open(self, kind: str, path: str, query: str, authorized: bool) -> RequestRecord:
        """Note that a request has come in."""
        self._in_flight += 1
        self._peak = max(self._peak, self._in_flight)
        record = RequestRecord(len(self.records) + 1, kind, path, query, authorized, self._in_flight)
        self.records.append(record)
        return record

    def close(self) -> None:
        """Note that a request has been answered, or dropped."""
        self._in_flight -= 1

    def clear(self) -> None:
        """Forget everything but the requests in flight."""
        self.records = []
        self._peak = self._in_flight

    def stats(self) -> dict[str, Any]:
        """Requests by kind and status, the most in flight at once, bytes, repeated requests, requests with a key."""
        asked = Counter((record.path, record.query) for record in self.records)
        return {
            "requests": len(self.records),
            "by_kind": dict(Counter(record.kind for record in self.records)),
            "by_status": {str(status): count for status, count in Counter(r.status for r in self.records).items()},
            "peak_in_flight": self._peak,
            "size_bytes": sum(record.size_bytes for record in self.records),
            "repeated": sum(count - 1 for count in asked.values()),
            "authorized": sum(record.authorized for record in self.records),
        }
