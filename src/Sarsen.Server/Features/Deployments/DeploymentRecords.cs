using System.Text.Json.Serialization;
using Sarsen.Data.Preprocessing;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Statistics;

namespace Sarsen.Server.Features.Deployments;

/// <param name="Name">What clients will call; also the model's name in the Open Inference Protocol.</param>
/// <param name="Model">The registered model.</param>
/// <param name="Version">A number, an alias or latest; latest when not given. Taken now: moving the alias later changes nothing here.</param>
/// <param name="Replicas">Copies that work at the same time; 1 when not given.</param>
/// <param name="MaxBatch">Samples in a batch, at most; 64 when not given.</param>
/// <param name="MaxDelayMs">How long a request waits for others, at most, in milliseconds; 2 when not given.</param>
/// <param name="QueueSize">Requests that wait on a replica, at most; 1024 when not given.</param>
/// <param name="TimeoutMs">How long a request may take in all, in milliseconds; 30000 when not given.</param>
public sealed record CreateDeployment(
    string Name, string Model, string? Version = null, int? Replicas = null, int? MaxBatch = null, int? MaxDelayMs = null, int? QueueSize = null, int? TimeoutMs = null);

/// <summary>What is given is changed, the rest stays. A model without a version means its latest.</summary>
public sealed record UpdateDeployment(
    string? Model = null, string? Version = null, int? Replicas = null, int? MaxBatch = null, int? MaxDelayMs = null, int? QueueSize = null, int? TimeoutMs = null);

/// <param name="Name">What clients call.</param>
/// <param name="Model">The registered model.</param>
/// <param name="Version">What it is to be.</param>
/// <param name="ServingVersion">What answers now; null where nothing does.</param>
/// <param name="State">loading, ready, updating or failed.</param>
/// <param name="Reason">Why it failed, or why a change was not made.</param>
/// <param name="Replicas">Copies that work at the same time.</param>
/// <param name="MaxBatch">Samples in a batch, at most.</param>
/// <param name="MaxDelayMs">How long a request waits for others, at most, in milliseconds.</param>
/// <param name="QueueSize">Requests that wait on a replica, at most.</param>
/// <param name="TimeoutMs">How long a request may take in all, in milliseconds.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Inputs">The tensors that it takes; absent while nothing serves.</param>
/// <param name="Outputs">The tensors that it gives.</param>
/// <param name="Fields">The fields of a row of raw values; absent where only tensors are taken.</param>
/// <param name="Classes">The names of the classes; empty where values are predicted.</param>
/// <param name="Statistics">Since the version that serves was loaded.</param>
public sealed record DeploymentView(
    string Name, string Model, int Version, int? ServingVersion, string State, string? Reason,
    int Replicas, int MaxBatch, int MaxDelayMs, int QueueSize, int TimeoutMs, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    IReadOnlyList<TensorView>? Inputs, IReadOnlyList<TensorView>? Outputs, IReadOnlyList<FieldView>? Fields, IReadOnlyList<string>? Classes,
    StatisticsView? Statistics)
{
    internal static DeploymentView Of(DeployedModel deployed)
    {
        Deployment d = deployed.Settings;
        ReplicaSet? replicas = deployed.Active?.Replicas;
        return new DeploymentView(
            d.Name, d.Model, d.Version, deployed.Active?.Settings.Version, deployed.State.ToString().ToLowerInvariant(), deployed.Reason,
            d.Replicas, d.MaxBatch, d.MaxDelayMs, d.QueueSize, d.TimeoutMs,
            DateTimeOffset.FromUnixTimeMilliseconds(d.CreatedUnixMs), DateTimeOffset.FromUnixTimeMilliseconds(d.UpdatedUnixMs),
            replicas?.Info.Inputs.Select(TensorView.Of).ToArray(), replicas?.Info.Outputs.Select(TensorView.Of).ToArray(),
            replicas?.Rows?.Fields.Select(FieldView.Of).ToArray(), replicas?.Info.Classes, replicas is null ? null : StatisticsView.Of(replicas));
    }
}

public sealed record TensorView(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    internal static TensorView Of(TensorSpec spec) => new(spec.Name, spec.Type.WireName(), spec.Shape);
}

/// <param name="Name">The column in the training data.</param>
/// <param name="Type">number, integer, boolean, text, time or array.</param>
/// <param name="Required">Whether a row without it is refused.</param>
/// <param name="Categories">The values that are known, where only those are.</param>
public sealed record FieldView(string Name, string Type, bool Required, IReadOnlyList<string>? Categories)
{
    internal static FieldView Of(FieldInfo field) => new(field.Column.Name, field.Column.Type.ToString().ToLowerInvariant(), field.Required, field.Categories);
}

/// <summary>Since the version that serves was loaded. What cannot be said before the first request is absent.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Rows">Answered.</param>
/// <param name="Executions">Batches run.</param>
/// <param name="Failed">Requests that the predictor failed at.</param>
/// <param name="Rejected">Requests that a full queue refused.</param>
/// <param name="Cancelled">Requests taken back, or out of time.</param>
/// <param name="Pending">Requests that wait or run now.</param>
/// <param name="MeanBatch">Rows a batch.</param>
/// <param name="Quality">S = (1/n) Σ 1/Tᵢ over the n replicas, Tᵢ the mean seconds a request: requests a second.</param>
/// <param name="P50Ms">The median time of a request, in milliseconds.</param>
/// <param name="P95Ms">The time that 95 of 100 requests do not exceed.</param>
/// <param name="P99Ms">The time that 99 of 100 requests do not exceed.</param>
public sealed record StatisticsView(
    long Requests, long Rows, long Executions, long Failed, long Rejected, long Cancelled, int Pending,
    double? MeanBatch, double? Quality, double? P50Ms, double? P95Ms, double? P99Ms)
{
    internal static StatisticsView Of(ReplicaSet replicas)
    {
        IReadOnlyList<ServingStatistics> each = replicas.Statistics;
        ServingStatistics all = ServingStatistics.Sum(each);
        return new StatisticsView(
            all.Requests, all.Rows, all.Run.Count, all.Failed.Count, all.Rejected, all.Cancelled, replicas.Pending,
            Known(all.MeanBatch), Known(ServingStatistics.Quality(each)),
            Known(all.Latency.Quantile(0.5) * 1e3), Known(all.Latency.Quantile(0.95) * 1e3), Known(all.Latency.Quantile(0.99) * 1e3));
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}

public sealed record DeploymentList(IReadOnlyList<DeploymentView> Deployments);

[JsonSerializable(typeof(CreateDeployment))]
[JsonSerializable(typeof(UpdateDeployment))]
[JsonSerializable(typeof(DeploymentView))]
[JsonSerializable(typeof(DeploymentList))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class DeploymentJson : JsonSerializerContext;
