"""The algorithm's short names of indicators, one line each: what it makes and how that is called."""

from __future__ import annotations

import pylean.indicators as made
from pylean.algorithm.indicator_method import IndicatorMethod, SameAs, SymbolsMethod
from pylean.indicators.fields import Field
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.storage import Resolution

__all__ = ["IndicatorMethods"]


def _momersion(name: str, min_period: int | None, full_period: int) -> made.Momersion:
    return made.Momersion(name, min_period, full_period)


def _pivot_points(
    name: str, length_high: int, length_low: int, last_stored_values: int = 100, strict: bool = True
) -> made.PivotPointsHighLow:
    return made.PivotPointsHighLow(name, length_high, length_low, last_stored_values, strict)


class IndicatorMethods:
    """``self.sma(symbol, 20)`` and the like; see ``IndicatorMethod`` for what they take."""

    abands = IndicatorMethod(made.AccelerationBands, "ABANDS({period},{width})")
    ad = IndicatorMethod(made.AccumulationDistribution, "AD")
    addiff = SymbolsMethod(made.AdvanceDeclineDifference, "A/D Difference")
    adosc = IndicatorMethod(made.AccumulationDistributionOscillator, "ADOSC({fast_period},{slow_period})")
    adr = SymbolsMethod(made.AdvanceDeclineRatio, "A/D Ratio")
    advr = SymbolsMethod(made.AdvanceDeclineVolumeRatio, "A/D Volume Rate")
    adx = IndicatorMethod(made.AverageDirectionalIndex, "ADX({period})")
    adxr = IndicatorMethod(made.AverageDirectionalMovementIndexRating, "ADXR({period})")
    alma = IndicatorMethod(made.ArnaudLegouxMovingAverage, "ALMA({period},{sigma},{offset})")
    ao = IndicatorMethod(made.AwesomeOscillator, "AO({fast_period},{slow_period},{type})")
    apo = IndicatorMethod(made.AbsolutePriceOscillator, "APO({fast_period},{slow_period})")
    aps = IndicatorMethod(made.AugenPriceSpike, "APS({period})")
    ar = IndicatorMethod(made.AverageRange, "AR({period})")
    arima = IndicatorMethod(
        made.AutoRegressiveIntegratedMovingAverage, "ARIMA({ar_order},{diff_order},{ma_order},{period})"
    )
    aroon = IndicatorMethod(
        made.AroonOscillator,
        "AROON({up_period},{down_period})",
        defaults={"down_period": SameAs("up_period")},
    )
    asi = IndicatorMethod(made.WilderAccumulativeSwingIndex, "ASI", resolution=Resolution.DAILY)
    atr = IndicatorMethod(
        made.AverageTrueRange,
        "ATR({period})",
        renamed={"moving_average_type": "type"},
        defaults={"moving_average_type": MovingAverageType.SIMPLE},
    )
    bb = IndicatorMethod(made.BollingerBands, "BB({period},{k})")
    bop = IndicatorMethod(made.BalanceOfPower, "BOP")
    cc = IndicatorMethod(made.CoppockCurve, "CC({short_roc_period},{long_roc_period},{lwma_period})")
    cci = IndicatorMethod(made.CommodityChannelIndex, "CCI({period})")
    chop = IndicatorMethod(made.ChoppinessIndex, "CHOP({period})")
    cks = IndicatorMethod(made.ChandeKrollStop, "CKS({atr_period},{atr_mult},{period})")
    cmf = IndicatorMethod(made.ChaikinMoneyFlow, "CMF({period})")
    cmo = IndicatorMethod(made.ChandeMomentumOscillator, "CMO({period})")
    co = IndicatorMethod(made.ChaikinOscillator, "CO({fast_period},{slow_period})")
    crsi = IndicatorMethod(
        made.ConnorsRelativeStrengthIndex, "CRSI({rsi_period},{rsi_period_streak},{look_back_period})"
    )
    dch = IndicatorMethod(
        made.DonchianChannel,
        "DCH({upper_period},{lower_period})",
        defaults={"lower_period": SameAs("upper_period")},
    )
    dem = IndicatorMethod(made.DeMarkerIndicator, "DEM({period},{type})")
    dema = IndicatorMethod(made.DoubleExponentialMovingAverage, "DEMA({period})")
    do = IndicatorMethod(
        made.DerivativeOscillator,
        "DO({rsi_period},{smoothing_rsi_period},{double_smoothing_rsi_period},{signal_line_period})",
    )
    dpo = IndicatorMethod(made.DetrendedPriceOscillator, "DPO({period})")
    ema = IndicatorMethod(made.ExponentialMovingAverage, "EMA({period})")
    emv = IndicatorMethod(made.EaseOfMovementValue, "EMV({period}, {scale})")
    fi = IndicatorMethod(made.ForceIndex, "FI({period})", renamed={"moving_average_type": "type"})
    fish = IndicatorMethod(made.FisherTransform, "FISH({period})")
    frama = IndicatorMethod(made.FractalAdaptiveMovingAverage, "FRAMA({n},{long_period})", renamed={"n": "period"})
    he = IndicatorMethod(made.HurstExponent, "HE({period},{max_lag})")
    heikin_ashi = IndicatorMethod(made.HeikinAshi, "HA")
    hma = IndicatorMethod(made.HullMovingAverage, "HMA({period})")
    ht = IndicatorMethod(
        made.HilbertTransform,
        "HT({length}, {in_phase_multiplication_factor}, {quadrature_multiplication_factor})",
    )
    ibs = IndicatorMethod(made.InternalBarStrength, "IBS")
    ichimoku = IndicatorMethod(
        made.IchimokuKinkoHyo,
        "ICHIMOKU({tenkan_period},{kijun_period},{senkou_a_period},{senkou_b_period},{senkou_a_delay_period},"
        "{senkou_b_delay_period})",
    )
    kama = IndicatorMethod(made.KaufmanAdaptiveMovingAverage, "KAMA({period},{fast_ema_period},{slow_ema_period})")
    kch = IndicatorMethod(made.KeltnerChannels, "KCH({period},{k})")
    ker = IndicatorMethod(made.KaufmanEfficiencyRatio, "KER({period})", defaults={"period": 2})
    kst = IndicatorMethod(
        made.KnowSureThing,
        "KST({roc1_period},{roc1_ma_period},{roc2_period},{roc2_ma_period},{roc3_period},{roc3_ma_period},"
        "{roc4_period},{roc4_ma_period},{signal_period},{moving_average_type})",
    )
    kvo = IndicatorMethod(made.KlingerVolumeOscillator, "KVO({fast_period},{slow_period},{signal_period})")
    logr = IndicatorMethod(made.LogReturn, "LOGR({period})")
    lsma = IndicatorMethod(made.LeastSquaresMovingAverage, "LSMA({period})")
    lwma = IndicatorMethod(made.LinearWeightedMovingAverage, "LWMA({period})")
    macd = IndicatorMethod(made.MovingAverageConvergenceDivergence, "MACD({fast_period},{slow_period},{signal_period})")
    mad = IndicatorMethod(made.MeanAbsoluteDeviation, "MAD({period})")
    mama = IndicatorMethod(made.MesaAdaptiveMovingAverage, "MAMA({fast_limit},{slow_limit})")
    mass = IndicatorMethod(made.MassIndex, "MASS({ema_period},{sum_period})")
    max = IndicatorMethod(made.Maximum, "MAX({period})", field=Field.HIGH)
    mfi = IndicatorMethod(made.MoneyFlowIndex, "MFI({period})")
    mgd = IndicatorMethod(made.McGinleyDynamic, "MGD({period})")
    midpoint = IndicatorMethod(made.MidPoint, "MIDPOINT({period})")
    midprice = IndicatorMethod(made.MidPrice, "MIDPRICE({period})")
    min = IndicatorMethod(made.Minimum, "MIN({period})", field=Field.LOW)
    mom = IndicatorMethod(made.Momentum, "MOM({period})")
    momersion = IndicatorMethod(_momersion, "MOMERSION({min_period},{full_period})")
    momp = IndicatorMethod(made.MomentumPercent, "MOMP({period})")
    mosc = SymbolsMethod(made.McClellanOscillator, "MO({fast_period},{slow_period})")
    msi = SymbolsMethod(made.McClellanSummationIndex, "MSI({fast_period},{slow_period})")
    natr = IndicatorMethod(made.NormalizedAverageTrueRange, "NATR({period})")
    nhnl = SymbolsMethod(made.NewHighsNewLows, "NH/NL({period})")
    nhnlv = SymbolsMethod(made.NewHighsNewLowsVolume, "NH/NL Volume({period})")
    obv = IndicatorMethod(made.OnBalanceVolume, "OBV")
    pphl = IndicatorMethod(_pivot_points, "PPHL({length_high},{length_low})")
    ppo = IndicatorMethod(made.PercentagePriceOscillator, "PPO({fast_period},{slow_period})")
    psar = IndicatorMethod(made.ParabolicStopAndReverse, "PSAR({af_start},{af_increment},{af_max})")
    pso = IndicatorMethod(made.PremierStochasticOscillator, "PSO({period},{ema_period})")
    rc = IndicatorMethod(made.RegressionChannel, "RC({period},{k})")
    rdv = IndicatorMethod(made.RelativeDailyVolume, "RDV({period})", resolution=Resolution.DAILY)
    rma = IndicatorMethod(made.RelativeMovingAverage, "RMA({period})")
    roc = IndicatorMethod(made.RateOfChange, "ROC({period})")
    rocp = IndicatorMethod(made.RateOfChangePercent, "ROCP({period})")
    rocr = IndicatorMethod(made.RateOfChangeRatio, "ROCR({period})")
    rsi = IndicatorMethod(made.RelativeStrengthIndex, "RSI({period},{moving_average_type})")
    rsv = IndicatorMethod(made.RogersSatchellVolatility, "RSV({period})")
    rvi = IndicatorMethod(made.RelativeVigorIndex, "RVI({period},{type})", renamed={"type": "moving_average_type"})
    sarext = IndicatorMethod(
        made.ParabolicStopAndReverseExtended,
        "SAREXT({sar_start},{offset_on_reverse},{af_start_short},{af_increment_short},{af_max_short},{af_start_long},"
        "{af_increment_long},{af_max_long})",
    )
    si = IndicatorMethod(made.WilderSwingIndex, "SI", resolution=Resolution.DAILY)
    sm = IndicatorMethod(
        made.SqueezeMomentum,
        "SM({bollinger_period}, {bollinger_multiplier}, {keltner_period}, {keltner_multiplier})",
        defaults={"bollinger_period": 20, "bollinger_multiplier": 2, "keltner_period": 20, "keltner_multiplier": 1.5},
    )
    sma = IndicatorMethod(made.SimpleMovingAverage, "SMA({period})")
    sobv = IndicatorMethod(made.SmoothedOnBalanceVolume, "SOBV({period})", renamed={"moving_average_type": "type"})
    sortino = IndicatorMethod(
        made.SortinoRatio, "SORTINO({period},{minimum_acceptable_return})", renamed={"period": "sortino_period"}
    )
    srsi = IndicatorMethod(
        made.StochasticRelativeStrengthIndex,
        "SRSI({rsi_period},{stoch_period},{k_smoothing_period},{d_smoothing_period})",
    )
    stc = IndicatorMethod(
        made.SchaffTrendCycle,
        "STC({cycle_period},{fast_period},{slow_period})",
        renamed={"type": "moving_average_type"},
    )
    std = IndicatorMethod(made.StandardDeviation, "STD({period})")
    sto = IndicatorMethod(
        made.Stochastic,
        "STO({period},{k_period},{d_period})",
        defaults={"k_period": SameAs("period"), "d_period": 3},
    )
    str = IndicatorMethod(made.SuperTrend, "STR({period},{multiplier})")
    sum = IndicatorMethod(made.Sum, "SUM({period})")
    swiss = IndicatorMethod(made.SwissArmyKnife, "SWISS({period},{delta},{tool})")
    t3 = IndicatorMethod(made.T3MovingAverage, "T3({period},{volume_factor})")
    tdd = IndicatorMethod(made.TargetDownsideDeviation, "TDD({period},{minimum_acceptable_return})")
    tds = IndicatorMethod(made.TomDemarkSequential, "TDS")
    tema = IndicatorMethod(made.TripleExponentialMovingAverage, "TEMA({period})")
    tp = IndicatorMethod(
        made.TimeProfile,
        "TP({period},{value_area_volume_percentage},{price_range_round_off})",
        resolution=Resolution.DAILY,
    )
    tr = IndicatorMethod(made.TrueRange, "TR")
    trima = IndicatorMethod(made.TriangularMovingAverage, "TRIMA({period})")
    trin = SymbolsMethod(made.ArmsIndex, "TRIN")
    trix = IndicatorMethod(made.Trix, "TRIX({period})")
    tsf = IndicatorMethod(made.TimeSeriesForecast, "TSF({period})")
    tsi = IndicatorMethod(made.TrueStrengthIndex, "TSI({long_term_period},{short_term_period},{signal_period})")
    ultosc = IndicatorMethod(made.UltimateOscillator, "ULTOSC({period1},{period2},{period3})")
    v = IndicatorMethod(made.Variance, "V({period})")
    vidya = IndicatorMethod(made.VariableIndexDynamicAverage, "VIDYA({period})")
    vp = IndicatorMethod(
        made.VolumeProfile,
        "VP({period},{value_area_volume_percentage},{price_range_round_off})",
        resolution=Resolution.DAILY,
    )
    vtx = IndicatorMethod(made.Vortex, "VTX({period})")
    vwma = IndicatorMethod(made.VolumeWeightedMovingAverage, "VWMA({period})")
    wilr = IndicatorMethod(made.WilliamsPercentR, "WILR({period})")
    wto = IndicatorMethod(made.WaveTrendOscillator, "WTO({channel_period},{average_period},{signal_period})")
    wwma = IndicatorMethod(made.WilderMovingAverage, "WWMA({period})")
    zlema = IndicatorMethod(made.ZeroLagExponentialMovingAverage, "ZLEMA({period})")
    zz = IndicatorMethod(made.ZigZag, "ZZ({sensitivity},{min_trend_length})")
