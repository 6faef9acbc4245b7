namespace Sarsen.Data.Sources;

/// <summary>What a source may use of the run it is opened for.</summary>
public sealed record SourceContext
{
    /// <summary>
    /// The file that rows are written to which a source was told to put in quarantine; null where there is none. Each
    /// source that is opened needs its own: it starts the file anew.
    /// </summary>
    public string? QuarantinePath { get; init; }
}
