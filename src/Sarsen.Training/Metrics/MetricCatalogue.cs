using Sarsen.Training.Spec;

namespace Sarsen.Training.Metrics;

/// <summary>All metrics: a new one is a file beside this one and a line here.</summary>
public static class MetricCatalogue
{
    public static ChoiceSet Choices { get; } = new("metric", typeof(Metric),
        new Choice("accuracy", typeof(Accuracy), "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"),
        new Choice("balanced_accuracy", typeof(BalancedAccuracy)),
        new Choice("top_k_accuracy", typeof(TopKAccuracy), "top_k_categorical_accuracy"),
        Ready(new TopKAccuracy { K = 3 }),
        Ready(new TopKAccuracy { K = 5 }),
        new Choice("precision", typeof(Precision)),
        Ready(new Precision { Average = Average.Macro }),
        Ready(new Precision { Average = Average.Micro }),
        Ready(new Precision { Average = Average.Weighted }),
        new Choice("recall", typeof(Recall)),
        Ready(new Recall { Average = Average.Macro }),
        Ready(new Recall { Average = Average.Micro }),
        Ready(new Recall { Average = Average.Weighted }),
        new Choice("f1", typeof(F1)),
        Ready(new F1 { Average = Average.Macro }),
        Ready(new F1 { Average = Average.Micro }),
        Ready(new F1 { Average = Average.Weighted }),
        new Choice("matthews", typeof(Matthews), "mcc", "matthews_corrcoef"),
        new Choice("roc_auc", typeof(RocAuc), "auc"),
        Ready(new RocAuc { Weighted = true }),
        new Choice("pr_auc", typeof(PrAuc), "average_precision"),
        Ready(new PrAuc { Weighted = true }),
        new Choice("log_loss", typeof(LogLoss)),
        new Choice("brier_score", typeof(BrierScore), "brier"),
        new Choice("calibration_error", typeof(CalibrationError), "ece", "expected_calibration_error"),
        new Choice("perplexity", typeof(Perplexity)),
        new Choice("cross_entropy", typeof(TokenCrossEntropy)),
        new Choice("mse", typeof(MeanSquaredError), "mean_squared_error"),
        new Choice("rmse", typeof(RootMeanSquaredError), "root_mean_squared_error"),
        new Choice("mae", typeof(MeanAbsoluteError), "mean_absolute_error"),
        new Choice("mape", typeof(MeanAbsolutePercentageError), "mean_absolute_percentage_error"),
        new Choice("r2", typeof(R2)));

    /// <summary>What is measured when a spec names nothing.</summary>
    public static IReadOnlyList<Metric> Usual(MetricTask task) => task switch
    {
        MetricTask.Classification => [new Accuracy(), new F1 { Average = Average.Macro }, new LogLoss()],
        MetricTask.Regression => [new RootMeanSquaredError(), new MeanAbsoluteError(), new R2()],
        _ => [new Perplexity(), new TokenCrossEntropy()],
    };

    private static Choice Ready(Metric metric) => new(metric.Name, metric.GetType()) { Preset = () => metric };
}
