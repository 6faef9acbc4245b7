using Sarsen.Data;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Trainers;

public sealed class EvaluatorTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Metrics_do_not_depend_on_the_batch()
    {
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { Loss = new CrossEntropyLossSpec { ClassWeights = [1, 2, 5] } } };
        using PreparedData data = PreparedData.Prepare(spec.Data, spec.Preprocess, spec.Seed, new PrepareOptions { Target = spec.Train.Loss.Target });
        TrainingParts parts = TrainingParts.Build(spec, data);
        (double loss, EvaluationReport report) = Measure(256);

        foreach (int batch in (ReadOnlySpan<int>)[1, 7, 90])
        {
            (double again, EvaluationReport same) = Measure(batch);
            same.ToJson().ShouldBe(report.ToJson(), $"batches of {batch}");
            again.ShouldBe(loss, 1e-6, $"batches of {batch}");
        }

        (double, EvaluationReport) Measure(int batch)
        {
            using var evaluator = new Evaluator(parts.Network, parts.Task, parts.Loss, parts.Metrics, Workers.Serial) { BatchSize = batch };
            return evaluator.Run(data.Training);
        }
    }

    [Fact]
    public void A_model_is_measured_again_as_its_run_measured_it()
    {
        RunResult run = _runs.Start(_runs.Classes);

        ModelEvaluation.OfPart(run.Model!, EvaluatedPart.Test).ToJson().ShouldBe(run.Test!.ToJson());
        ModelEvaluation.OfPart(run.Model!, EvaluatedPart.Validation).ToJson().ShouldBe(run.Validation!.ToJson());
        ModelEvaluation.OfPart(run.Model!, EvaluatedPart.Training).Samples.ShouldBe(90);
        ModelEvaluation.OfData(run.Model!, _runs.Classes.Data.Source).Samples.ShouldBe(150);
        File.AppendAllText(_runs.Csv, "1,2,3,stone,yes,7\n");
        Should.Throw<RunException>(() => ModelEvaluation.OfPart(run.Model!, EvaluatedPart.Test)).Message.ShouldContain("the data has changed");
    }

    [Fact]
    public void Values_are_measured_in_their_own_units()
    {
        RunResult run = _runs.Start(_runs.Values with { Train = _runs.Values.Train with { Optimizer = new AdamSpec { Lr = 0.05 }, Epochs = 30 }, Metrics = [new RootMeanSquaredError(), new R2()] });

        // y = 3 a - b + 100: its deviation is about 3.2, and a linear layer fits it exactly.
        run.Test!["rmse"].Value!.Value.ShouldBeLessThan(0.2);
        run.Test["r2"].Value!.Value.ShouldBeGreaterThan(0.99);
    }
}
