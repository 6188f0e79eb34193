"""Process that loads one strategy and prints what it says about itself as one line of JSON.

`python -m services.runner.describe FOLDER`. A strategy is foreign code: it is loaded here, never in the runner.
The line is {"title", "schema", "data_requirements"}, or {"error", "detail"} when the strategy cannot be loaded: a
sentence for its author, and the traceback for the log; or {"engine_error"} when the engine cannot be loaded.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from services.runner.declarations import ConfigError, check_requirement, check_schema
from services.runner.lean_parameters import lean_schema
from services.runner.strategies import MAIN_FILE


def describe(folder: Path, algorithm: type) -> dict[str, Any]:
    """What an algorithm class and its folder declare. Raises `ConfigError` and whatever the class itself raises."""
    title = next(iter((algorithm.__dict__.get("__doc__") or "").strip().splitlines()), "")
    json_schema = getattr(getattr(algorithm, "parameters", None), "json_schema", None)
    schema = json_schema() if callable(json_schema) else lean_schema(folder)
    check_schema(schema)
    requirements = [dict(item) for item in getattr(algorithm, "data_requirements", ())]
    for item in requirements:
        check_requirement(item)
    if missing := sorted({"symbols", "start_date", "end_date"} - set(schema["properties"])) if requirements else []:
        raise ConfigError(f"data_requirements need the parameters {', '.join(missing)}")
    return {"title": title, "schema": schema, "data_requirements": requirements}


def explain(error: BaseException, folder: Path) -> str:
    """What went wrong, for the strategy's author: file, line and message, without a traceback."""
    if isinstance(error, SyntaxError):
        place = f"{Path(error.filename or MAIN_FILE).name}, line {error.lineno}"
        return f"{place}: {error.msg}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(folder)
    ]
    text = str(error) or type(error).__name__
    if not frames:
        return text
    return f"{Path(frames[-1].filename).relative_to(folder)}, line {frames[-1].lineno}: {text}"


def main(arguments: list[str]) -> None:
    """Write the line to what is standard output now; what a strategy prints goes nowhere."""
    answer_descriptor = os.dup(1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    line = json.dumps(_answer(Path(arguments[0]).absolute())) + "\n"
    with os.fdopen(answer_descriptor, "w", encoding="ascii") as answer:
        answer.write(line)


def _answer(folder: Path) -> dict[str, Any]:
    try:
        # Asked for alone, so that a broken engine does not look like a broken strategy.
        from pylean import load_algorithm_class  # noqa: PLC0415
    except Exception:  # noqa: BLE001 # told to the runner, whose bug it is
        return {"engine_error": traceback.format_exc()}
    try:
        answer = describe(folder, load_algorithm_class(folder / MAIN_FILE))
        json.dumps(answer, allow_nan=False)
    except BaseException as error:  # noqa: BLE001 # foreign code: also SystemExit is only a failed load
        return {"error": explain(error, folder), "detail": traceback.format_exc()}
    return answer


if __name__ == "__main__":
    main(sys.argv[1:])
