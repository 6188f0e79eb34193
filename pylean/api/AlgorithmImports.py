"""``from AlgorithmImports import *``: Lean's names for algorithms, and the modules that Lean's file brings along."""

# ruff: noqa: F401, F403, N999 - the module's name is Lean's, and star imports are what it is for

import json
import math
import os
import sys
from collections import deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import *

import numpy as np

from pylean.api.lazy import LazyModule
from pylean.api.names.algorithm import *
from pylean.api.names.brokerages import *
from pylean.api.names.candlesticks import *
from pylean.api.names.consolidators import *
from pylean.api.names.data import *
from pylean.api.names.environment import *
from pylean.api.names.framework import *
from pylean.api.names.indicators import *
from pylean.api.names.interest_rates import *
from pylean.api.names.models import *
from pylean.api.names.orders import *
from pylean.api.names.results import *
from pylean.api.names.securities import *
from pylean.api.names.universes import *

pd = LazyModule("pandas")
plt = LazyModule("matplotlib.pyplot")
