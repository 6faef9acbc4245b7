using System.Text.Json.Serialization;

namespace Sarsen.Server.Features.Models;

/// <param name="Name">The model.</param>
/// <param name="CreatedAt">When its first version was registered.</param>
/// <param name="LatestVersion">The highest version's number; null when all were deleted.</param>
/// <param name="Aliases">Alias and version.</param>
/// <param name="Versions">All versions, ascending.</param>
public sealed record ModelView(string Name, DateTimeOffset CreatedAt, int? LatestVersion, IReadOnlyDictionary<string, int> Aliases, IReadOnlyList<ModelVersionView> Versions)
{
    /// <exception cref="Errors.RequestException">There is no such model.</exception>
    public static async Task<ModelView> ReadAsync(ModelRegistry registry, string name)
    {
        (Model model, List<ModelVersion> versions, List<ModelAlias> aliases) = await registry.GetAsync(name);
        return new ModelView(model.Name, DateTimeOffset.FromUnixTimeMilliseconds(model.CreatedUnixMs), versions.LastOrDefault()?.Version,
            aliases.ToDictionary(a => a.Alias, a => a.Version), [.. versions.Select(ModelVersionView.Of)]);
    }
}

/// <param name="Model">The model.</param>
/// <param name="Version">Its number.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="TrainedAt">When its training ended.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="DataChecksum">SHA-256 over the files that it was trained on.</param>
/// <param name="Seed">The run's seed, as text: it has 64 bits.</param>
/// <param name="Sarsen">The version of the program that made it.</param>
/// <param name="Numerics">The version of the numerics that its bits rest on.</param>
/// <param name="Metrics">What it was measured at.</param>
/// <param name="Bytes">Of all files.</param>
/// <param name="Files">Every file with its checksum, which is verified when it is loaded.</param>
/// <param name="Spec">The run's spec.</param>
public sealed record ModelVersionView(
    string Model, int Version, DateTimeOffset CreatedAt, DateTimeOffset TrainedAt, string? RunId, string? DataChecksum, string? Seed,
    string Sarsen, int Numerics, IReadOnlyDictionary<string, double> Metrics, long Bytes, IReadOnlyList<ModelFile> Files, string? Spec)
{
    public static ModelVersionView Of(ModelVersion v) => new(
        v.Model, v.Version, DateTimeOffset.FromUnixTimeMilliseconds(v.CreatedUnixMs), DateTimeOffset.FromUnixTimeMilliseconds(v.TrainedUnixMs),
        v.RunId, v.DataChecksum, v.Seed, v.Sarsen, v.Numerics, v.Metrics, v.Files.Sum(f => f.Bytes), v.Files, v.Spec);
}

public sealed record ModelList(IReadOnlyList<ModelView> Models);

/// <param name="Version">A number, another alias, or latest.</param>
public sealed record SetAlias(string Version);

public sealed record AliasView(string Model, string Alias, int Version);

[JsonSerializable(typeof(ModelView))]
[JsonSerializable(typeof(ModelVersionView))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(SetAlias))]
[JsonSerializable(typeof(AliasView))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class ModelJson : JsonSerializerContext;
