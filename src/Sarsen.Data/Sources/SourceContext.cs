namespace Sarsen.Data.Sources;

/// <summary>What a source may use of the run it is opened for.</summary>
public sealed record SourceContext
{
    /// <summary>
    /// The file that rows are written to which a source was told to put in quarantine; null where there is none. Each
    /// source that is opened needs its own: it starts the file anew.
    /// </summary>
    public string? QuarantinePath { get; init; }

    /// <summary>The same for a further source: its quarantine file has <paramref name="name"/> before its ending.</summary>
    public SourceContext For(string name) => QuarantinePath is null
        ? this
        : this with { QuarantinePath = Path.ChangeExtension(QuarantinePath, name + Path.GetExtension(QuarantinePath)) };
}
