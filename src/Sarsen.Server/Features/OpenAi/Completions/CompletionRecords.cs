using System.Text.Json;
using System.Text.Json.Serialization;
using Sarsen.Server.Features.OpenAi.Protocol;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary>A completion, or a part of a streamed one: they have one form.</summary>
internal record Completion(string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<CompletionChoice> Choices);

/// <summary>With its usage: of whole answers, and null in a stream until its last chunk.</summary>
internal sealed record CountedCompletion(
    string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<CompletionChoice> Choices, [property: JsonPropertyOrder(1)] Usage? Usage)
    : Completion(Id, Object, Created, Model, SystemFingerprint, Choices);

internal sealed record CompletionChoice(string Text, int Index, CompletionLogprobs? Logprobs, string? FinishReason);

/// <param name="Tokens">The tokens' texts.</param>
/// <param name="TokenLogprobs">Of each token.</param>
/// <param name="TopLogprobs">At each place the likeliest by their texts; of equal texts the likeliest.</param>
/// <param name="TextOffset">Where each token begins, in characters from the beginning of the prompt.</param>
internal sealed record CompletionLogprobs(
    IReadOnlyList<string> Tokens, IReadOnlyList<double> TokenLogprobs, IReadOnlyList<IReadOnlyDictionary<string, double>> TopLogprobs, IReadOnlyList<int> TextOffset);

[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(CountedCompletion))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CompletionJson : JsonSerializerContext
{
    /// <summary>With letters of all languages as they are.</summary>
    public static CompletionJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JsonContexts.Encoder });
}
