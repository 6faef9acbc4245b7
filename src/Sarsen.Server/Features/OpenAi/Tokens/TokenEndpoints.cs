using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Features.OpenAi.Chat;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language.Store;
using Sarsen.Text.Templates;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Server.Features.OpenAi.Tokens;

/// <param name="Count">How many.</param>
/// <param name="MaxModelLen">How many prompt and answer may have together.</param>
/// <param name="Tokens">Their ids.</param>
/// <param name="TokenStrs">How the tokenizer spells them, where that was asked for.</param>
internal sealed record TokenizeReply(
    int Count, int MaxModelLen, IReadOnlyList<int> Tokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string?>? TokenStrs);

internal sealed record DetokenizeReply(string Prompt);

[JsonSerializable(typeof(TokenizeReply))]
[JsonSerializable(typeof(DetokenizeReply))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class TokenJson : JsonSerializerContext
{
    /// <summary>With letters of all languages as they are.</summary>
    public static TokenJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JsonContexts.Encoder });
}

/// <summary><c>POST /tokenize</c> and <c>POST /detokenize</c>, which OpenAI has none of, as vLLM has them.</summary>
internal static class TokenEndpoints
{
    public static async Task TokenizeAsync(HttpContext context, LanguageModels models, ServerOptions options)
    {
        RequestFields fields = await JsonBody.ReadAsync(context, options);
        string name = fields.RequiredText("model");
        string? prompt = fields.Text("prompt");
        List<ChatMessage>? messages = fields.Array("messages") is { } given ? ChatMessages.Read(given) : null;
        if (prompt is null == messages is null)
            throw OpenAiException.Invalid("either 'prompt' or 'messages' is needed", "prompt", "missing_required_parameter");
        bool addSpecial = fields.Flag("add_special_tokens") ?? messages is null;
        bool addGeneration = fields.Flag("add_generation_prompt") ?? true;
        bool spelled = fields.Flag("return_token_strs") ?? false;
        fields.Done();

        using ModelLease<ServedModel> lease = await models.UseAsync(name, context.RequestAborted);
        Tokenizer tokenizer = lease.Model.Language?.Model.Tokenizer ?? lease.Model.Embedder!.Tokenizer;
        int[] tokens = tokenizer.Encode(prompt ?? Rendered(lease.Model, name, messages!, addGeneration), new EncodeOptions(AddSpecial: addSpecial, ParseSpecial: messages is not null));
        var reply = new TokenizeReply(tokens.Length, lease.Model.Language?.ContextLength ?? lease.Model.Embedder!.ContextLength, tokens, spelled ? [.. tokens.Select(tokenizer.TokenOf)] : null);
        await context.Response.WriteAsJsonAsync(reply, TokenJson.Readable.TokenizeReply, cancellationToken: context.RequestAborted);
    }

    public static async Task DetokenizeAsync(HttpContext context, LanguageModels models, ServerOptions options)
    {
        RequestFields fields = await JsonBody.ReadAsync(context, options);
        string name = fields.RequiredText("model");
        JsonElement given = fields.Array("tokens") ?? throw fields.Missing("tokens");
        fields.Done();
        using ModelLease<ServedModel> lease = await models.UseAsync(name, context.RequestAborted);
        Tokenizer tokenizer = lease.Model.Language?.Model.Tokenizer ?? lease.Model.Embedder!.Tokenizer;
        int[] tokens = [.. given.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.Number && t.TryGetInt32(out int token) && (uint)token < (uint)tokenizer.VocabularySize
            ? token : throw OpenAiException.Invalid($"'tokens' has {t.GetRawText()}: ids of tokens are from 0 to {tokenizer.VocabularySize - 1}", "tokens"))];
        await context.Response.WriteAsJsonAsync(new DetokenizeReply(tokenizer.Decode(tokens, skipSpecial: false)), TokenJson.Readable.DetokenizeReply, cancellationToken: context.RequestAborted);
    }

    private static string Rendered(ServedModel model, string name, List<ChatMessage> messages, bool addGeneration)
    {
        if (model.Language?.Model is not { Template: not null } language)
            throw OpenAiException.Invalid($"the model '{name}' has no chat template: send a 'prompt'", "messages", "unsupported_model");
        return ChatPrompt.Render(name, () => language.Render(messages, addGenerationPrompt: addGeneration));
    }
}
