"""Order tags: the only place where the strategy's names meet an order, and the way back from them."""

from __future__ import annotations

TRAIL_UPDATE = "Trail-Update-"


def entry_tag(condition: int, is_long: bool, name: str) -> str:
    """Tag of a new entry order."""
    return f"{'Buy' if is_long else 'Short'}-cond{condition}-Trail-{name}"


def trail_update_tag(condition: int, name: str) -> str:
    """Tag of the order that replaces a trailed entry."""
    return f"{TRAIL_UPDATE}cond{condition}-{name}"


def protective_tag(kind: str, condition: int, name: str, suffix: object) -> str:
    """Tag of a stop-loss (`kind` SL) or take-profit (TP); `suffix` is the fill price or a word."""
    return f"{kind}-cond{condition}-{name}-{suffix}"


def is_protective(tag: str) -> bool:
    """Whether the order is a stop-loss or take-profit. An order cancelled by id has lost its tag and is not."""
    return "SL-" in tag or "TP-" in tag


def is_entry(tag: str) -> bool:
    """Whether the order is an entry or a trailed entry."""
    if tag.startswith(TRAIL_UPDATE):
        return condition_of(tag) != 0
    return tag.startswith(("Buy-", "Short-")) and "-Trail-" in tag


def condition_of(tag: str) -> int:
    """The condition 1…5 named in a tag, 0 if none."""
    parts = tag.split("-")
    word = parts[2] if tag.startswith(TRAIL_UPDATE) and len(parts) > 2 else parts[1] if len(parts) > 1 else ""
    number = word.removeprefix("cond")
    return int(number) if word.startswith("cond") and number in ("1", "2", "3", "4", "5") else 0
