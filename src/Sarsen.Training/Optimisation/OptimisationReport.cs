using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Training.Optimisation;

/// <param name="Name">What was measured.</param>
/// <param name="Unit"><c>bytes</c>, <c>µs</c>, or nothing for a metric.</param>
/// <param name="Before">Of the model that was given; null where it is undefined.</param>
/// <param name="After">Of the new one.</param>
public sealed record OptimisationRow(string Name, string Unit, double? Before, double? After);

/// <summary>What an optimisation gained and lost.</summary>
public sealed record OptimisationReport
{
    public required WeightFormat To { get; init; }

    /// <summary>Weights that compute as bytes.</summary>
    public required int Products { get; init; }

    /// <summary>What inputs of these lie between was fixed from data.</summary>
    public required bool Calibrated { get; init; }

    /// <summary>Size, memory, latency, and every metric.</summary>
    public required IReadOnlyList<OptimisationRow> Rows { get; init; }

    /// <summary>The metric that was watched.</summary>
    public required string Metric { get; init; }

    /// <summary>By how much it got worse, as a part of its value; below zero where it got better.</summary>
    public required double Loss { get; init; }

    /// <summary>The most it might.</summary>
    public double? MaxLoss { get; init; }

    /// <summary>Where the new model is; null where it lost more than it might.</summary>
    public string? Model { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, OptimisationJson.Default.OptimisationReport);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(OptimisationReport))]
internal sealed partial class OptimisationJson : JsonSerializerContext;
