"""The violations found in one request."""

from __future__ import annotations

from services.common.errors import FieldViolation, ServiceError

MESSAGE_VIOLATIONS = 3


class Violations(list[FieldViolation]):
    """Collects violations; a request is answered with all of them at once."""

    def refuse(self, field: str, description: str) -> None:
        self.append(FieldViolation(field, description))

    def raise_if_any(self, reason: str) -> None:
        """Raise INVALID_ARGUMENT with every violation; its message names the first few."""
        if not self:
            return
        first = "; ".join(f"{item.field} {item.description}" for item in self[:MESSAGE_VIOLATIONS])
        more = f"; and {len(self) - MESSAGE_VIOLATIONS} more" if len(self) > MESSAGE_VIOLATIONS else ""
        raise ServiceError.invalid_argument(reason, first + more, fields=self)
