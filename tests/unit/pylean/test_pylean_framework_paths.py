"""Models by the paths under which Lean ships its Python versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pylean.api.model_paths import install_model_paths
from pylean.framework.execution import spread, vwap
from pylean.framework.lean_python import SpreadExecutionModel, VolumeWeightedAveragePriceExecutionModel
from pylean.framework.portfolio.equal_weighting import EqualWeightingPortfolioConstructionModel
from pylean.loading import load_algorithm_class

_ALGORITHM = """
from AlgorithmImports import *
{imports}

class Chosen(QCAlgorithm):
    chosen = {chosen}
"""


def _load(folder: Path, imports: str, chosen: str) -> type:
    path = folder / "main.py"
    path.write_text(_ALGORITHM.format(imports=imports, chosen=chosen))
    return load_algorithm_class(path).chosen  # type: ignore[attr-defined, no-any-return]


def test_a_path_gives_the_python_variant_and_the_plain_name_the_other(tmp_path: Path) -> None:
    by_path = "from Execution.SpreadExecutionModel import SpreadExecutionModel"
    assert _load(tmp_path, by_path, "SpreadExecutionModel") is SpreadExecutionModel
    assert _load(tmp_path, "", "SpreadExecutionModel") is spread.SpreadExecutionModel


def test_models_without_a_variant_are_found_by_path_too(tmp_path: Path) -> None:
    imports = "from Portfolio.EqualWeightingPortfolioConstructionModel import *"
    chosen = "EqualWeightingPortfolioConstructionModel"
    assert _load(tmp_path, imports, chosen) is EqualWeightingPortfolioConstructionModel


def test_a_later_star_import_brings_the_plain_names_back(tmp_path: Path) -> None:
    first = "from Execution.SpreadExecutionModel import *\n"
    second = "from Execution.VolumeWeightedAveragePriceExecutionModel import *"
    name = "VolumeWeightedAveragePriceExecutionModel"
    assert _load(tmp_path, first + second, "SpreadExecutionModel") is spread.SpreadExecutionModel
    assert _load(tmp_path, first + second, name) is VolumeWeightedAveragePriceExecutionModel
    assert _load(tmp_path, second, name) is not vwap.VolumeWeightedAveragePriceExecutionModel


def test_the_algorithm_s_own_module_of_the_name_wins(tmp_path: Path) -> None:
    assert _load(tmp_path, "from Risk.NullRiskManagementModel import *", "NullRiskManagementModel")
    own = tmp_path / "Risk"
    own.mkdir()
    (own / "NullRiskManagementModel.py").write_text("NullRiskManagementModel = 'my own'")
    assert _load(tmp_path, "from Risk.NullRiskManagementModel import *", "NullRiskManagementModel") == "my own"


def test_names_that_lean_does_not_ship_are_no_modules() -> None:
    install_model_paths()
    with pytest.raises(ModuleNotFoundError):
        __import__("Alphas.MyOwnAlphaModel")
