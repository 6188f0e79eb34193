"""What can go wrong with a provider.

ProviderError
├── KeyRejectedError      the key is unknown: nothing will work
├── RefusedError          the plan, or a rule of the provider, excludes what was asked
├── UnreachableError      no usable answer after all retries
├── RateLimitedError      still too many requests after all retries
└── DamagedAnswerError    an answer that cannot be true, twice

RetryableError, below them, never leaves this package.
"""

from __future__ import annotations


class ProviderError(Exception):
    """Root of the tree; the text is for people and carries no key."""


class KeyRejectedError(ProviderError):
    """HTTP 401."""


class RefusedError(ProviderError):
    """HTTP 400 or 403, or an answer that says NOT_AUTHORIZED."""


class UnreachableError(ProviderError):
    """Connections break, time out or end in server errors."""


class RateLimitedError(ProviderError):
    """HTTP 429 to the end; ``retry_after_s`` is what the provider asked for, if it did."""

    def __init__(self, text: str, retry_after_s: float | None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class DamagedAnswerError(ProviderError):
    """Content breaks the contract: counts, order, ticker, range, prices, encoding, next page. ``status`` is HTTP's."""

    def __init__(self, text: str, status: int = 200) -> None:
        super().__init__(text)
        self.status = status


class NotFoundError(ProviderError):
    """HTTP 404."""


class RetryableError(Exception):
    """A status that may be better next time."""

    def __init__(self, status: int, text: str, retry_after_s: float | None) -> None:
        super().__init__(f"HTTP {status} {text}".strip())
        self.status = status
        self.retry_after_s = retry_after_s
