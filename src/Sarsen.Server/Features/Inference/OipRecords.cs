using System.Text.Json.Serialization;
using Sarsen.Server.Features.Deployments;

namespace Sarsen.Server.Features.Inference;

internal sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

internal sealed record ModelMetadata(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorView> Inputs, IReadOnlyList<TensorView> Outputs);

internal sealed record ModelReady(string Name, bool Ready);

internal sealed record Duration(long Count, long Ns);

internal sealed record InferenceStatistics(
    Duration Success, Duration Fail, Duration Queue, Duration ComputeInput, Duration ComputeInfer, Duration ComputeOutput, Duration CacheHit, Duration CacheMiss);

internal sealed record BatchStatistics(int BatchSize, Duration ComputeInfer);

internal sealed record ModelStatistics(
    string Name, string Version, long LastInference, long InferenceCount, long ExecutionCount, InferenceStatistics InferenceStats, IReadOnlyList<BatchStatistics> BatchStats);

internal sealed record StatisticsResponse(IReadOnlyList<ModelStatistics> ModelStats);

[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(ModelReady))]
[JsonSerializable(typeof(StatisticsResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class OipJson : JsonSerializerContext;
