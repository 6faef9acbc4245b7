namespace Sarsen.Server.Features.Models;

/// <summary>One version of a model: files that never change, and where they come from.</summary>
public sealed class ModelVersion
{
    public required string Model { get; init; }

    /// <summary>1, 2, …</summary>
    public required int Version { get; init; }

    /// <summary>When it was registered.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>When its training ended.</summary>
    public required long TrainedUnixMs { get; init; }

    /// <summary>The run that made it; null where none did.</summary>
    public string? RunId { get; init; }

    /// <summary>The run's spec, as text.</summary>
    public string? Spec { get; init; }

    /// <summary>SHA-256 over the files that it was trained on.</summary>
    public string? DataChecksum { get; init; }

    public string? Seed { get; init; }

    /// <summary>The version of the program that made it.</summary>
    public required string Sarsen { get; init; }

    public required int Numerics { get; init; }

    /// <summary>What it was measured at.</summary>
    public required Dictionary<string, double> Metrics { get; init; }

    /// <summary>Every file of the folder, in the order of their paths.</summary>
    public required List<ModelFile> Files { get; init; }
}

/// <param name="Path">Below the model's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal.</param>
public sealed record ModelFile(string Path, long Bytes, string Sha256);
