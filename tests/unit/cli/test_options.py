"""Command lines: what is parsed, what is refused, and how refusals look."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.cli.app import app, run_command
from services.cli.commands.run import strategy_folder
from services.cli.configuration import make_configuration
from services.cli.failures import CliError
from services.cli.options import parse_parameters
from services.cli.settings import load_settings
from services.common.dates import from_date

COMMANDS = [
    ("run",),
    *(("runs", name) for name in ("list", "show", "watch", "cancel")),
    *(("strategy", name) for name in ("list", "schema")),
    ("up",),
    ("demo",),
    ("sim",),
    ("help", "exit-codes"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_all_options_of_run_are_there() -> None:
    output = CliRunner().invoke(app, ["run", "--help"]).output
    options = (
        "--data-root --from --to --symbols --cash -p --lean-version --no-download --allow-missing-data --again "
        "--detach --keep-partial --name --timeout --on-interrupt -o --quiet --no-progress --no-color --server"
    )
    assert [option for option in options.split() if option not in output] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "X", "--from", "10/01/2025"],
        ["run", "X", "--to", "2025-13-01"],
        ["run", "X", "-p", "fast"],
        ["run", "X", "-p", "=5"],
        ["run", "X", "-p", "a=1", "-p", "a=2"],
        ["run", "X", "--timeout", "soon"],
        ["run", "X", "--on-interrupt", "panic"],
        ["run", "X", "-o", "xml"],
        ["run", "X", "--server", "nowhere"],
        ["runs", "list", "--limit", "0"],
        ["up", "--port", "70000"],
        ["fly"],
    ],
)
def test_bad_command_lines_end_with_2_and_say_why(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZAC_SERVER", raising=False)
    assert run_command(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")


@pytest.mark.parametrize("form", [["-o", "json"], ["-ojson"], ["--output", "json"], ["--output=json"]])
def test_a_usage_error_is_a_document_however_json_is_asked_for(
    form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["run", "X", "--nope", *form]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["hint"]) == ("USAGE", "zac run --help")


def test_a_group_alone_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs"]) == 2
    assert capsys.readouterr().err.startswith("Usage: zac runs")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out.split()[0] == "zac"


def test_exit_codes_as_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["help", "exit-codes"]) == 0
    assert capsys.readouterr().out.splitlines()[6].split() == "6 the run ended cancelled".split()
    assert run_command(["help", "exit-codes", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1] == {"code": 143, "meaning": "terminated"}


def test_parameters() -> None:
    assert parse_parameters(["a=1", "b=x=y", "c=", "a=1"]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(typer.BadParameter, match="given twice"):
        parse_parameters(["a=1", "a=2"])


def test_what_is_not_given_stays_unset() -> None:
    configuration = make_configuration("ZacQC", {})
    assert configuration.ByteSize() == len(b"\x0a\x05ZacQC")
    given = make_configuration("ZacQC", {}, symbols="AAPL, ,MSFT", first_day=date(2025, 10, 1), data_root=Path("~/x"))
    assert list(given.symbols) == ["AAPL", "", "MSFT"]  # what is wrong with it, the gateway says
    assert from_date(given.start_date) == date(2025, 10, 1)
    assert not given.HasField("end_date")
    assert given.data_root == str(Path.home() / "x")


def test_a_strategy_is_a_name_or_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.py").touch()
    monkeypatch.chdir(tmp_path)
    assert strategy_folder("ZacQC") is None
    assert strategy_folder(str(tmp_path)) == strategy_folder(".") == strategy_folder("./") == tmp_path.resolve()
    with pytest.raises(CliError, match=r"holds no main\.py") as caught:
        strategy_folder("./nowhere")
    assert caught.value.failure.exit_code == 3


def test_settings(tmp_path: Path) -> None:
    settings = load_settings({"ZAC_STATE_DIR": str(tmp_path), "ZAC_SERVER": "127.0.0.1:1"})
    assert (settings.state_dir, settings.server) == (tmp_path, "127.0.0.1:1")
    empty = load_settings({"ZAC_STATE_DIR": "", "ZAC_SERVER": ""})
    assert (empty.state_dir, empty.server) == (Path.home() / ".zac", None)
