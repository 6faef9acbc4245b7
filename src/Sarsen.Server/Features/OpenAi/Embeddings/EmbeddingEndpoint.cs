using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Features.OpenAi.Embeddings;

internal sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingObject> Data, string Model, EmbeddingUsage Usage);

/// <param name="Object"><c>embedding</c>.</param>
/// <param name="Index">The place of its text in the request.</param>
/// <param name="Embedding">An array of numbers, or base64 of them as little-endian f32.</param>
internal sealed record EmbeddingObject(string Object, int Index, JsonElement Embedding);

internal sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);

[JsonSerializable(typeof(EmbeddingList))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(string))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class EmbeddingJson : JsonSerializerContext;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingEndpoint
{
    private const int MostTexts = 2048, MostTokens = 300_000;

    public static async Task AnswerAsync(HttpContext context, LanguageModels models, ServerOptions options)
    {
        RequestFields fields = await JsonBody.ReadAsync(context, options);
        string model = fields.RequiredText("model");
        IReadOnlyList<TextInput> inputs = TextInput.ReadAll(fields, "input");
        bool isBase64 = fields.Word("encoding_format", "float", "base64") == "base64";
        long? wanted = fields.Integer("dimensions", 1, int.MaxValue);
        fields.Accept("user");
        fields.Done();
        if (inputs.Count > MostTexts)
            throw OpenAiException.Invalid($"'input' has {inputs.Count} texts: at most {MostTexts} are allowed", "input", "array_above_max_length");

        using var deadline = new RequestDeadline(context, options);
        using ModelLease<ServedModel> lease = await deadline.WithinAsync(stop => models.UseEmbedderAsync(model, stop));
        ITextEmbedder embedder = lease.Model.Embedder!;
        if (wanted > embedder.Dimensions)
            throw OpenAiException.Invalid($"'dimensions' is {wanted}: the model's vectors have {embedder.Dimensions}", "dimensions");
        int[][] texts = [.. inputs.Select(i => i.Encode(embedder.Encode))];
        Check(texts, embedder);
        IReadOnlyList<float[]> vectors = await deadline.WithinAsync(stop => embedder.EmbedAsync(texts, stop));
        EmbeddingObject[] data = [.. vectors.Select((v, i) => new EmbeddingObject("embedding", i, Encode(Shortened(v, (int?)wanted), isBase64)))];
        int tokens = texts.Sum(t => t.Length);
        await context.Response.WriteAsJsonAsync(new EmbeddingList("list", data, model, new EmbeddingUsage(tokens, tokens)), EmbeddingJson.Default.EmbeddingList, cancellationToken: context.RequestAborted);
    }

    private static void Check(int[][] texts, ITextEmbedder embedder)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i].Length == 0)
                throw OpenAiException.Invalid($"text {i} of 'input' has no tokens: leave it out", "input");
            if (texts[i].Length > embedder.ContextLength)
                throw OpenAiException.Invalid($"text {i} of 'input' has {texts[i].Length} tokens, the model reads up to {embedder.ContextLength}: make it shorter", "input", "context_length_exceeded");
            foreach (int token in texts[i])
            {
                if ((uint)token >= (uint)embedder.Tokenizer.VocabularySize)
                    throw OpenAiException.Invalid($"text {i} of 'input' has the token {token}: the model has tokens from 0 to {embedder.Tokenizer.VocabularySize - 1}", "input");
            }
        }
        if (texts.Sum(t => (long)t.Length) > MostTokens)
            throw OpenAiException.Invalid($"'input' has more than {MostTokens} tokens: send fewer texts at once", "input", "array_above_max_length");
    }

    // The first elements, brought back to length 1 (Kusupati et al., «Matryoshka Representation Learning», 2022).
    private static float[] Shortened(float[] vector, int? wanted)
    {
        if (wanted is not { } count || count >= vector.Length)
            return vector;
        double length = Math.Sqrt(vector.Take(count).Sum(v => (double)v * v));
        return [.. vector.Take(count).Select(v => length > 0 ? (float)(v / length) : v)];
    }

    private static JsonElement Encode(float[] vector, bool isBase64) => isBase64
        ? JsonSerializer.SerializeToElement(Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan())), EmbeddingJson.Default.String)
        : JsonSerializer.SerializeToElement(vector, EmbeddingJson.Default.SingleArray);
}
