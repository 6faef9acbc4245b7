using System.Text.Json;
using Sarsen.Formats;

namespace Sarsen.Models;

/// <summary>Where a model comes from and what it was measured at: <c>model.json</c> in its folder.</summary>
public sealed record ModelManifest
{
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = CatalogueJson.Options();

    public int Version { get; init; } = CurrentVersion;

    public required string Name { get; init; }

    /// <summary>When training ended, in Unix milliseconds.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>The run that made it; null where none did.</summary>
    public string? RunId { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>SHA-256 over the files that it was trained on.</summary>
    public string? DataChecksum { get; init; }

    /// <summary>The version of the program that made it.</summary>
    public required string Sarsen { get; init; }

    /// <summary>What its bits rest on: <see cref="Tensors.Numerics.Version"/>.</summary>
    public required int Numerics { get; init; }

    /// <summary>How its weights were made smaller, <c>f16</c> or <c>int8</c>; null where they are what training made.</summary>
    public string? Weights { get; init; }

    /// <summary>What it was measured at: <c>test_accuracy</c>, <c>validation_loss</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <exception cref="JsonException">The text is no manifest of this version.</exception>
    public static ModelManifest FromJson(string json)
    {
        ModelManifest manifest = JsonSerializer.Deserialize<ModelManifest>(json, Json) ?? throw new JsonException("expected a manifest, found null");
        if (manifest.Version != CurrentVersion)
            throw new JsonException($"the manifest is of version {manifest.Version}, this program reads version {CurrentVersion}");
        return manifest;
    }
}
