using System.Text.Json;

namespace Sarsen.Training.Spec.Types;

/// <summary><c>BatchSize</c> to <c>batch_size</c>.</summary>
internal static class SnakeCase
{
    public static string Of(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
