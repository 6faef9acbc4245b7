using System.Text.Json;
using System.Text.Json.Serialization;
using Sarsen.Server.Features.OpenAi.Protocol;

namespace Sarsen.Server.Features.OpenAi.Chat;

internal sealed record ChatCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices, Usage Usage, string SystemFingerprint);

internal sealed record ChatChoice(int Index, ChatReply Message, ChatLogprobs? Logprobs, string FinishReason);

/// <param name="Role"><c>assistant</c>.</param>
/// <param name="Content">Null where there are only calls.</param>
/// <param name="Refusal">Always null: clients want it to be there.</param>
/// <param name="Annotations">Always empty.</param>
internal sealed record ChatReply(string Role, string? Content, string? Refusal, IReadOnlyList<string> Annotations)
{
    /// <summary>What the model thought before it answered, as DeepSeek and vLLM tell it; absent where it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    /// <summary>Absent where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatCall>? ToolCalls { get; init; }
}

/// <param name="Index">Its place among the answer's calls, in streams only.</param>
/// <param name="Id">What the message with its result names; in streams null behind the call's first part.</param>
/// <param name="Type"><c>function</c>; null where the id is.</param>
/// <param name="Function">What is to be called.</param>
internal sealed record ChatCall(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type,
    ChatFunction Function);

/// <param name="Name">The function; null behind the first part of a streamed call.</param>
/// <param name="Arguments">A JSON object, as a text; in streams what it goes on with.</param>
internal sealed record ChatFunction([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);

internal sealed record ChatLogprobs(IReadOnlyList<ChatToken> Content, IReadOnlyList<ChatToken>? Refusal);

internal sealed record ChatToken(string Token, double Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<ChatTopToken> TopLogprobs);

internal sealed record ChatTopToken(string Token, double Logprob, IReadOnlyList<int> Bytes);

/// <summary>A part of a streamed answer.</summary>
internal record ChatChunk(string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<ChatChunkChoice> Choices);

/// <summary>The same in a stream that closes with its usage: null until then.</summary>
internal sealed record ChatCountedChunk(
    string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<ChatChunkChoice> Choices, [property: JsonPropertyOrder(1)] Usage? Usage)
    : ChatChunk(Id, Object, Created, Model, SystemFingerprint, Choices);

internal sealed record ChatChunkChoice(int Index, ChatDelta Delta, ChatLogprobs? Logprobs, string? FinishReason);

internal sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReasoningContent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChatCall>? ToolCalls = null);

[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatCountedChunk))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>With letters of all languages as they are.</summary>
    public static ChatJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JsonContexts.Encoder });
}
