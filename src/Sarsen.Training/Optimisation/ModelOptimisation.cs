using System.Globalization;
using Sarsen.Data;
using Sarsen.Data.Batches;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Optimisation;

/// <summary>
/// Makes a smaller or faster model of a trained one, measures both by the plan that deployments run, and keeps the new one
/// unless it loses too much.
/// </summary>
public static class ModelOptimisation
{
    private const int CalibrationBatch = 64;

    /// <summary>Elements from which a weight that no product computes with is stored as bytes too: less is not worth its scales.</summary>
    private const long LeastStored = 256;

    /// <param name="folder">The model.</param>
    /// <param name="target">Where the new one is written; not there yet.</param>
    /// <param name="options">What is done.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <exception cref="RunException">There is something at the target, the model is optimised already or too small for int8, a metric is not there, or the data has changed.</exception>
    /// <exception cref="DataException">Data cannot be read.</exception>
    /// <exception cref="ModelFormatException">The model is damaged.</exception>
    /// <exception cref="NetworkException">A weight is beyond the range of f16.</exception>
    public static OptimisationReport Run(string folder, string target, OptimisationOptions options, CancellationToken stop = default)
    {
        if (Directory.Exists(target) || File.Exists(target))
            throw new RunException($"there is something at '{target}' already: name another folder, or remove it");
        ModelManifest manifest = ModelFolder.ReadManifest(folder);
        if (manifest.Weights is { } already)
            throw new RunException($"the weights of this model are {already} already: optimise the model that it was made of");
        using ModelSamples samples = options.Rows is { } rows ? ModelSamples.OfData(folder, rows, stop) : ModelSamples.OfPart(folder, EvaluatedPart.Test, stop);
        Network before = ModelFolder.Load(folder), changed = ModelFolder.Load(folder);
        if (options.To == WeightFormat.Int8)
            changed.Quantise(Quantise(before, Calibrate(before, folder, options, stop)));

        string trial = target + ".trial";
        try
        {
            // What is measured was written and read again.
            ModelFolder.Write(trial, changed, manifest, half: options.To == WeightFormat.F16);
            Network after = ModelFolder.Load(trial);
            EvaluationReport first = samples.Measure(before, stop), second = samples.Measure(after, stop);
            string metric = MetricOf(options, first);
            double loss = Loss(first[metric], second[metric]);
            bool accepted = options.MaxLoss is not { } most || loss <= most;
            var report = new OptimisationReport
            {
                To = options.To,
                Products = Products(after).Count(after.Quantised.ContainsKey),
                Calibrated = after.Quantised.Values.Any(w => w.Input is not null),
                Rows = [.. Figures(folder, before, trial, after, samples.Samples, options.Time), .. Metrics(first, second)],
                Metric = metric,
                Loss = loss,
                MaxLoss = options.MaxLoss,
                Model = accepted ? target : null,
            };
            if (accepted)
                Keep(folder, target, after, manifest, second, options);
            return report;
        }
        finally
        {
            if (Directory.Exists(trial))
                Directory.Delete(trial, recursive: true);
        }
    }

    private static IReadOnlyDictionary<string, InputRange>? Calibrate(Network network, string folder, OptimisationOptions options, CancellationToken stop)
    {
        if (options.CalibrationPart is null && options.CalibrationRows is null)
            return null;
        using ModelSamples samples = options.CalibrationRows is { } rows
            ? ModelSamples.OfData(folder, rows, stop)
            : ModelSamples.OfPart(folder, options.CalibrationPart!.Value, stop);
        var calibration = new Calibration();
        using var runner = new PlanRunner(network.ToPlan(options: new PlanOptions { Calibration = calibration }));
        using var reader = new BatchReader(samples.Samples, new BatchOptions { BatchSize = CalibrationBatch }, stop);
        reader.Begin(0);
        while (reader.Next() is { } batch)
        {
            Span<byte> input = runner.Prepare(batch.InputShape);
            unsafe
            {
                new ReadOnlySpan<byte>(batch.Input, input.Length).CopyTo(input);
            }
            runner.Run(stop);
        }
        foreach ((string weight, InputRange range) in calibration.Ranges)
        {
            if (!float.IsFinite(range.Max - range.Min))
                throw new RunException($"the input of '{weight}' is not finite for some row of the calibration data: look for extreme values in it");
        }
        return calibration.Ranges;
    }

    private static Dictionary<string, QuantisedWeight> Quantise(Network network, IReadOnlyDictionary<string, InputRange>? ranges)
    {
        HashSet<string> products = Products(network);
        var weights = new Dictionary<string, QuantisedWeight>();
        foreach (ModuleState state in network.Body.State().Where(s => s.Parameter is not null && s.Value is { DType: DType.F32, Rank: >= 2 }))
        {
            bool product = products.Contains(state.Name);
            if (product)
                weights[state.Name] = QuantisedWeight.Of(state.Value, QuantisedWeight.ProductLimit, ranges is not null && ranges.TryGetValue(state.Name, out InputRange range) ? range : null);
            else if (state.Value.Count >= LeastStored)
                weights[state.Name] = QuantisedWeight.Of(state.Value, QuantisedWeight.StorageLimit);
        }
        return weights.Count > 0
            ? weights
            : throw new RunException("no weight of this model is large enough for int8: its products have few inputs, and it is small as it is. Use f16, or keep it");
    }

    /// <summary>The weights that a plan of the network could compute with as bytes.</summary>
    private static HashSet<string> Products(Network network)
    {
        Plan plan = new(network.Predict, network.Body, network.Definition.InputType);
        return [.. plan.LayoutFor(network.InputShape(1), Workers.Shared).Steps.SelectMany(s => s.QuantisableWeights)];
    }

    private static string MetricOf(OptimisationOptions options, EvaluationReport report)
    {
        if (options.Metric is not { } name)
            return report.Metrics[0].Name;
        return report.Metrics.Any(m => m.Name == name)
            ? name
            : throw new RunException($"the metric '{name}' is not measured for this model; measured are {string.Join(", ", report.Metrics.Select(m => m.Name))}");
    }

    private static double Loss(MetricResult before, MetricResult after)
    {
        if (before.Value is not { } first || after.Value is not { } second)
            throw new RunException($"{before.Name} is undefined here ({before.Undefined ?? after.Undefined}): choose another with --metric");
        double worse = before.Better == Better.More ? first - second : second - first;
        return worse == 0 ? 0 : worse / Math.Abs(first);
    }

    private static IEnumerable<OptimisationRow> Figures(string folder, Network before, string trial, Network after, SampleSet samples, TimeProvider time)
    {
        yield return new OptimisationRow("size", "bytes", SizeOf(folder), SizeOf(trial));
        (Plan first, Plan second) = (before.ToPlan(), after.ToPlan());
        yield return new OptimisationRow("memory", "bytes", MemoryOf(before, first), MemoryOf(after, second));
        foreach (int batch in (int[])[1, 32])
        {
            (double firsts, double seconds) = Latency.Measure(first, second, samples, batch, time);
            yield return new OptimisationRow(string.Create(CultureInfo.InvariantCulture, $"latency, {batch} at once"), "µs", firsts, seconds);
        }
    }

    private static long SizeOf(string folder) => new FileInfo(Path.Combine(folder, ModelFolder.WeightsFile)).Length;

    /// <summary>What a prediction of 32 samples reads and writes: the weights as the plan holds them, and its buffer.</summary>
    private static long MemoryOf(Network network, Plan plan)
    {
        PlanLayout layout = plan.LayoutFor(network.InputShape(32), Workers.Shared);
        return layout.ConstantBytes + layout.Bytes;
    }

    private static IEnumerable<OptimisationRow> Metrics(EvaluationReport before, EvaluationReport after) =>
        before.Metrics.Select(m => new OptimisationRow(m.Name, "", m.Value, after[m.Name].Value));

    private static void Keep(string folder, string target, Network network, ModelManifest manifest, EvaluationReport report, OptimisationOptions options)
    {
        string part = options.Rows is null ? "test" : "data";
        ModelFolder.Write(target, network, manifest with
        {
            CreatedUnixMs = options.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Sarsen = RunFolder.ProgramVersion,
            Numerics = Numerics.Version,
            Weights = options.To.ToString().ToLowerInvariant(),
            // What the model that was given was measured at says nothing of this one.
            Metrics = report.Metrics.Where(m => m.Value is not null).ToDictionary(m => $"{part}_{m.Name}", m => m.Value!.Value),
        }, to =>
        {
            foreach (string name in (string[])[ModelFolder.PipelineFile, "spec.yaml", .. LanguageFiles.Names.Where(n => File.Exists(Path.Combine(folder, n)))])
                File.Copy(Path.Combine(folder, name), Path.Combine(to, name));
            AtomicFile.WriteAllText(Path.Combine(to, $"{part}.json"), report.ToJson());
        }, half: options.To == WeightFormat.F16);
    }
}
