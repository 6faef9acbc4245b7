using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Grammars;
using Sarsen.Text.Templates;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>
/// A language model with all that is needed to talk to it: weights, tokenizer, the tokens that end an answer, and the
/// template of conversations where there is one. Read from a folder of Hugging Face's kind, from one that training made, or
/// from a GGUF file.
/// </summary>
public sealed record LoadedLanguageModel
{
    private TokenTrie? _tokenTrie;
    private int _longestToken;

    /// <summary>Where it was read from.</summary>
    public required string Path { get; init; }

    public required LanguageModel Model { get; init; }

    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The tokens behind which an answer ends.</summary>
    public required IReadOnlySet<int> EndTokens { get; init; }

    /// <summary>Null where the model was made to continue texts only.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>The token that begins a text, as templates write it; null where there is none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends a text.</summary>
    public string? EosToken { get; init; }

    /// <summary>How the model writes tool calls, by its template; null where it was not made for them.</summary>
    public ToolFormat? ToolFormat => Template is null ? null : ToolFormats.Of(Template.Source);

    /// <summary>Where an answer to a conversation thinks, as the template wrote it.</summary>
    public ThinkingStart ThinkingAfter(string rendered) => Template is null ? ThinkingStart.None : ThinkingMarks.StartOf(Template.Source, rendered);

    /// <summary>The marks of thinking are special tokens, which texts are without where nothing else is said.</summary>
    public bool HasSpecialThinkingMarks => ThinkingMarks.All.Any(m => Tokenizer.IdOf(m) is { } id && Tokenizer.IsSpecial(id));

    /// <summary>Bytes of the longest token, by which no text of a prompt of so many tokens can be longer; found when it is first asked for.</summary>
    public int LongestToken => _longestToken > 0 ? _longestToken : _longestToken = Math.Max(1, Enumerable.Range(0, Tokenizer.VocabularySize).Max(id => Tokenizer.BytesOf(id).Length));

    /// <summary>Bytes of the weights.</summary>
    public long WeightBytes => Model.Parameters().Distinct().Sum(p => p.Held?.Bytes ?? (p.Shape.Count * p.DType.Size()));

    /// <summary>The tokens as constraints see them; made when it is first asked for.</summary>
    internal TokenTrie TokenTrie => LazyInitializer.EnsureInitialized(ref _tokenTrie,
        () => TokenTrie.Build(new VocabularyBytes(Tokenizer, Model.VocabSize, EndTokens, ToolFormats.SpecialMarkers.Union(ThinkingMarks.All).ToHashSet(StringComparer.Ordinal))));

    /// <summary>A grammar over the model's tokens. Masks are made as they are needed: a schema has many states of which an answer meets few.</summary>
    public TokenGrammar Constrain(Grammar grammar) => new(grammar, TokenTrie, TimeSpan.Zero);

    /// <summary>A cache for so many tokens of this model.</summary>
    /// <exception cref="ModelLoadException">Its heads cannot be cached so.</exception>
    internal KvPool NewPool(KvType type, int tokens)
    {
        try
        {
            return new KvPool(Model.KvShape, type, KvPool.BlocksFor(tokens));
        }
        catch (NotSupportedException e)
        {
            throw new ModelLoadException($"'{Path}': {e.Message}", e);
        }
    }

    /// <param name="path">A GGUF file, or a folder.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelLoadException">There is nothing there, it is damaged, or of a kind that is not supported; the message says which.</exception>
    public static LoadedLanguageModel Open(string path, Workers? workers = null)
    {
        try
        {
            LoadedLanguageModel loaded = HuggingFaceFolder.IsAt(path) ? FromFolder(HuggingFaceFolder.Read(path), folder => DecoderFiles.Load(folder, WeightUse.Products, workers))
                : ModelFolder.IsAt(path) ? FromFolder(HuggingFaceFolder.Read(path, configured: false), _ => ModelFolder.LoadLanguage(path, workers))
                : File.Exists(path) && TensorSources.IsGguf(path) ? FromGguf(path, workers)
                : !System.IO.Path.Exists(path) ? throw new ModelLoadException($"'{path}' holds no language model: nothing is there; put a GGUF file or a model's folder there, or name another place")
                : throw new ModelLoadException($"'{path}' holds no language model: name a GGUF file, or a folder with {HuggingFaceFolder.ConfigName} and safetensors");
            if (loaded.Tokenizer.VocabularySize > loaded.Model.VocabSize)
                throw new ModelLoadException($"'{path}': the tokenizer has {loaded.Tokenizer.VocabularySize} tokens, the model {loaded.Model.VocabSize}: they are not of one model");
            return loaded;
        }
        catch (Exception e) when (e is ModelFormatException or IOException or TemplateException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    /// <summary>The tokens of a prompt that is continued as it stands.</summary>
    public int[] Encode(string text) => Tokenizer.Encode(text, new EncodeOptions(AddSpecial: true));

    /// <summary>The tokens of a conversation, at whose end the assistant is to speak.</summary>
    /// <exception cref="NotSupportedException">The model has no template.</exception>
    /// <exception cref="TemplateException">The template cannot write this conversation.</exception>
    public int[] Encode(IReadOnlyList<ChatMessage> messages) => EncodeRendered(Render(messages));

    /// <summary>A conversation as the template writes it, at whose end the assistant is to speak.</summary>
    /// <param name="messages">Oldest first.</param>
    /// <param name="tools">What the model may call, as OpenAI's <c>tools</c>; null for none.</param>
    /// <param name="variables">Further variables of the template, such as <c>enable_thinking</c>.</param>
    /// <param name="addGenerationPrompt">Whether what begins the assistant's next message follows.</param>
    /// <exception cref="NotSupportedException">The model has no template.</exception>
    /// <exception cref="TemplateException">The template cannot write this conversation.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement>? tools = null, IReadOnlyDictionary<string, JsonElement>? variables = null, bool addGenerationPrompt = true) =>
        (Template ?? throw new NotSupportedException($"'{Path}' has no chat template: it continues texts, it does not converse"))
            .Render(messages, tools, addGenerationPrompt, BosToken, EosToken, variables);

    /// <summary>The tokens of a rendered conversation. The template writes the token of the beginning itself; where it does not, the model was trained without.</summary>
    public int[] EncodeRendered(string text) => Tokenizer.Encode(text, new EncodeOptions(ParseSpecial: true));

    private static LoadedLanguageModel FromFolder(HuggingFaceFolder folder, Func<HuggingFaceFolder, LanguageModel> load)
    {
        string path = folder.Path;
        LanguageModel model = load(folder);
        if (folder.Tokenizer is not { } bytes)
            throw new ModelLoadException($"'{path}' has no tokenizer.json: texts cannot be put into tokens");
        Tokenizer tokenizer = TokenizerJson.Read(bytes, System.IO.Path.Combine(path, "tokenizer.json"));
        SpecialTokenIds special = SpecialTokens.Of(folder, tokenizer);
        return new LoadedLanguageModel
        {
            Path = path,
            Model = model,
            Tokenizer = tokenizer,
            EndTokens = special.MoreEnds.Concat(special.Eos is { } eos ? [eos] : []).ToHashSet(),
            Template = folder.ChatTemplate is { } template ? ChatTemplate.Parse(template) : null,
            BosToken = SpecialTokens.TextOf(folder, "bos_token"),
            EosToken = SpecialTokens.TextOf(folder, "eos_token"),
        };
    }

    private static LoadedLanguageModel FromGguf(string path, Workers? workers)
    {
        using GgufFile file = GgufFile.Open(path);
        Tokenizer tokenizer = GgufTokenizer.Read(SpecialTokens.Values(file.Metadata), path);
        SpecialTokenIds special = SpecialTokens.Of(file.Metadata);
        string? TextOf(int? id) => id is { } token && (uint)token < (uint)tokenizer.VocabularySize ? tokenizer.TokenOf(token) : null;
        string template = file.Metadata.Text("tokenizer.chat_template", "");
        return new LoadedLanguageModel
        {
            Path = path,
            Model = DecoderFiles.Load(file, WeightUse.Products, workers),
            Tokenizer = tokenizer,
            EndTokens = special.MoreEnds.Concat(special.Eos is { } eos ? [eos] : []).ToHashSet(),
            Template = template.Length > 0 ? ChatTemplate.Parse(template) : null,
            BosToken = TextOf(special.Bos),
            EosToken = TextOf(special.Eos),
        };
    }
}
