using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Reads <c>tokenizer.json</c>: normalizer, pre-tokenizer, model, post-processor, decoder and added tokens. What is not known
/// is refused by name. Truncation and padding are the caller's business and left out.
/// Source: the format that huggingface/tokenizers writes.
/// </summary>
public static class TokenizerJson
{
    private const int MaxBytes = 512 << 20;

    // Sequences can hold sequences: bounded here, so that reading them is too.
    internal const int MaxDepth = 32;

    /// <param name="json">The file, in UTF-8.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="ModelFormatException">The file is no tokenizer.json, contradicts itself, or names what is not known.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Length > MaxBytes)
            throw new ModelFormatException(file, 0, $"the file has {json.Length} bytes, at most {MaxBytes} are read");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = new JsonPart(document.RootElement, file, "$");
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw root.Fail("must be an object");
            return new PipelineTokenizer(Build(root));
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, 0, $"the file is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The name of a member that is half a surrogate pair.
            throw new ModelFormatException(file, 0, $"a text in the file is not Unicode: {e.Message}", e);
        }
    }

    private static PipelineParts Build(JsonPart root)
    {
        JsonPart model = root.Part("model") ?? throw root.Fail("has no model");
        JsonPart? preTokenizer = root.Part("pre_tokenizer");
        AddedToken[] added = root.Find("added_tokens") is null ? [] : [.. root.Parts("added_tokens").Select(Added)];
        string?[] own = TokenTable.TextsById(JsonModels.Vocabulary(model), root.File);
        if (own.Length == 0)
            throw model.Fail("has no tokens");
        var ids = new Dictionary<string, int>(own.Length, StringComparer.Ordinal);
        for (int id = 0; id < own.Length; id++)
        {
            if (own[id] is { } text)
                ids.TryAdd(text, id);
        }
        var decoders = new JsonDecoders(root.Part("decoder"));
        string?[] all = WithAdded(own, added, root);
        var context = new JsonContext(own, ids, preTokenizer is { } pre && JsonPreTokenizers.IsByteLevel(pre));
        SpecialTemplate template = root.Part("post_processor") is { } post ? JsonTemplates.Read(post) : SpecialTemplate.None;
        if (template.Before.Concat(template.After).Concat(template.Pair ?? []).Any(id => id >= all.Length))
            throw root.Fail("has a post_processor that adds an id which is no token");
        PreTokenizer? cutting = preTokenizer is { } part ? JsonPreTokenizers.Read(part) : null;
        TokenModel tokens = JsonModels.Read(model, context);
        if (cutting is null && tokens is BytePairModel { CanBeCutAtSeams: true })
            cutting = new SeamSplitter(ids.Keys);
        return new PipelineParts
        {
            Table = new TokenTable(all, (_, text) => decoders.BytesOf(text)),
            Model = tokens,
            Added = added,
            Normalizer = root.Part("normalizer") is { } normalizer ? JsonNormalizers.Read(normalizer) : null,
            PreTokenizer = cutting,
            Template = template,
            StripsLeadingSpace = decoders.StripsLeadingSpace,
        };
    }

    internal static AddedToken Added(JsonPart part)
    {
        long id = part.Number("id");
        if (id < 0 || id >= TokenTable.MaxSize)
            throw part.Fail($"must have an id from 0 to {TokenTable.MaxSize - 1}");
        bool special = part.Flag("special", false);
        return new AddedToken((int)id, part.Text("content"), special, part.Flag("normalized", !special),
            part.Flag("lstrip", false), part.Flag("rstrip", false), part.Flag("single_word", false));
    }

    // An added token may be one of the model's; where it is another under the same id, the added one counts.
    internal static string?[] WithAdded(string?[] own, AddedToken[] added, JsonPart root)
    {
        int size = added.Select(t => t.Id + 1).Append(own.Length).Max();
        if (size > own.Length + (long)added.Length + own.Length)
            throw root.Fail($"has an added token with the id {size - 1}, far beyond its {own.Length} tokens");
        string?[] all = new string?[size];
        own.CopyTo(all, 0);
        foreach (AddedToken token in added)
            all[token.Id] = token.Text;
        return all;
    }
}
