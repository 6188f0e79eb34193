"""`zac strategy`: what can be run, and with which parameters."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.exits import ExitCode

__all__ = ["app"]

app = typer.Typer(help="List strategies and show their parameters.", no_args_is_help=True)

STRATEGY_COLUMNS = ("STRATEGY", "TITLE")
PARAMETER_COLUMNS = ("PARAMETER", "TYPE", "DEFAULT", "ALLOWED", "UNIT", "MEANING")


@app.command("list")
def list_strategies(server: options.Server = None, output: options.Output = OutputFormat.table) -> int:
    """List the strategies the gateway knows."""
    from services.cli.connection import running_gateway
    from services.cli.settings import load_settings

    screen = Screen(output)
    with running_gateway(load_settings(), server) as client:
        strategies = client.strategies()
    facts = [{"name": item.name, "title": item.title, "source_digest": item.source_digest} for item in strategies]
    if output is OutputFormat.json:
        screen.document(facts)
    elif output is OutputFormat.jsonl:
        for fact in facts:
            screen.json_line(fact)
    elif output is OutputFormat.id:
        for fact in facts:
            screen.line(fact["name"])
    else:
        screen.rows([{"STRATEGY": item.name, "TITLE": item.title} for item in strategies], STRATEGY_COLUMNS)
    return ExitCode.DONE


@app.command("schema")
def schema(
    strategy: Annotated[str, typer.Argument(metavar="STRATEGY", help="A strategy's name.")],
    server: options.Server = None,
    output: options.Output = OutputFormat.table,
) -> int:
    """Show a strategy's parameters; -o json prints their JSON Schema."""
    from services.cli.connection import running_gateway
    from services.cli.documents import message_document
    from services.cli.settings import load_settings

    screen = Screen(output)
    with running_gateway(load_settings(), server) as client:
        found = client.describe_strategy(strategy)
    document = message_document(found.parameter_schema)
    if output is OutputFormat.json:
        screen.document(document)
    elif output is OutputFormat.jsonl:
        screen.json_line(document)
    elif output is OutputFormat.id:
        screen.line(found.name)
    else:
        screen.rows([_row(name, rule) for name, rule in _properties(document)], PARAMETER_COLUMNS)
    return ExitCode.DONE


def _properties(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Parameters by group; a Struct on the wire keeps no order."""
    return sorted(document.get("properties", {}).items(), key=lambda item: (item[1].get("x-group", ""), item[0]))


def _row(name: str, rule: dict[str, Any]) -> dict[str, str]:
    return {
        "PARAMETER": name,
        "TYPE": _type(rule),
        "DEFAULT": _text(rule["default"]) if "default" in rule else "",
        "ALLOWED": _allowed(rule),
        "UNIT": str(rule.get("x-unit", "")),
        "MEANING": str(rule.get("description", "")),
    }


def _type(rule: dict[str, Any]) -> str:
    kind = str(rule.get("type", "string"))
    return str(rule.get("format", kind)) if kind == "string" else kind


def _allowed(rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return " | ".join(map(_text, rule["enum"]))
    bounds = [
        f"{sign} {_text(rule[key])}"
        for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if key in rule
    ]
    return ", ".join(bounds)


def _text(value: Any) -> str:
    """A value as it is written on the command line; a Struct holds every number as a double."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)
