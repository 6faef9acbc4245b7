using Sarsen.Serving.Batching;

namespace Sarsen.Server.Features.Deployments;

/// <summary>A version of a model under a name that clients call, and how it is run.</summary>
public sealed record Deployment
{
    public required string Name { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    public required int Replicas { get; init; }

    public required int MaxBatch { get; init; }

    public required int MaxDelayMs { get; init; }

    public required int QueueSize { get; init; }

    public required int TimeoutMs { get; init; }

    public required long CreatedUnixMs { get; init; }

    public required long UpdatedUnixMs { get; init; }

    internal BatchingOptions Batching => new()
    {
        MaxBatch = MaxBatch,
        MaxDelay = TimeSpan.FromMilliseconds(MaxDelayMs),
        QueueSize = QueueSize,
        Timeout = TimeSpan.FromMilliseconds(TimeoutMs),
    };
}
