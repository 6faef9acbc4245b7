using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models;

/// <summary>What a network is, without its weights: enough to build it again.</summary>
public sealed record NetworkDefinition
{
    /// <summary>The newest version of this record that is written and the only one that is read.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = CatalogueJson.Options((typeof(LayerSpec), LayerCatalogue.All));

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The element type of its input: F32, or I64 for ids.</summary>
    public DType InputType { get; init; } = DType.F32;

    /// <summary>The sizes of one sample, without the batch.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    /// <summary>
    /// What turns the last result into a prediction. A last layer that is this very function is left to it, so that a
    /// loss which contains the function does not apply it twice.
    /// </summary>
    public OutputFunction Output { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <exception cref="JsonException">The text is no definition of this version.</exception>
    public static NetworkDefinition FromJson(string json)
    {
        NetworkDefinition definition = JsonSerializer.Deserialize<NetworkDefinition>(json, Json)
            ?? throw new JsonException("expected a network, found null");
        if (definition.Version != CurrentVersion)
            throw new JsonException($"the network is of version {definition.Version}, this program reads version {CurrentVersion}");
        return definition;
    }
}
