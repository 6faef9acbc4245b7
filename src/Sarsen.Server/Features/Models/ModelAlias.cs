namespace Sarsen.Server.Features.Models;

/// <summary>A name for a version that can be moved to another: <c>champion</c>.</summary>
public sealed class ModelAlias
{
    public required string Model { get; init; }

    public required string Alias { get; init; }

    public required int Version { get; set; }
}
