using System.Net;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>Where everything is kept; made when it is not there. One server works on it at a time.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Loopback, so that a server is not on the network unless someone says so.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port, which Open Inference clients take for granted; 0 for any free one.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>Bytes of a prediction request, at most, also after decompression.</summary>
    public long MaxRequestBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of an uploaded model, at most.</summary>
    public long MaxModelBytes { get; init; } = 64L << 30;

    /// <summary>How long replicas may take to answer what waits when they end; then they are asked to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the times of the keys' last use are written down.</summary>
    public TimeSpan KeyFlushInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The language models that answer, by name; each is loaded when it is first asked.</summary>
    public IReadOnlyList<ModelEntry> LanguageModels { get; init; } = [];

    /// <summary>When they are unloaded.</summary>
    public ModelStoreOptions ModelStore { get; init; } = new();

    /// <summary>How they answer.</summary>
    public LanguageEngineOptions Engine { get; init; } = new();

    /// <summary>How long a request to one of them may take, waiting and loading included, above zero; null for no limit.</summary>
    public TimeSpan? LanguageTimeout { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
