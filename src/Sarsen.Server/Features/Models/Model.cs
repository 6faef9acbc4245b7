namespace Sarsen.Server.Features.Models;

/// <summary>A registered model: a name, and numbered versions.</summary>
public sealed class Model
{
    public required string Name { get; init; }

    public required long CreatedUnixMs { get; init; }

    /// <summary>The highest number that was ever given: the number of a deleted version is not given again.</summary>
    public int LastVersion { get; set; }
}
