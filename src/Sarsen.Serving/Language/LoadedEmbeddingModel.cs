using System.Collections.Concurrent;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Models.Embeddings;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>
/// An embedding model with its tokenizer: texts to vectors. Read from a folder of sentence-transformers' kind, of BERT and its
/// kin, or of static embeddings, or from a GGUF file of BERT. Any thread may embed.
/// </summary>
public sealed class LoadedEmbeddingModel : ITextEmbedder, IDisposable
{
    // Tokenizers of Hugging Face say a number like this where there is no limit.
    private const long Unlimited = int.MaxValue;

    // Requests that wait, as many as a language engine's queue holds: one more is refused.
    private const int MostWaiting = 256;

    private readonly Workers _workers;

    // Each takes a thread and memory of its own, and more than there are processors gain nothing.
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);
    private readonly int? _unknown;
    private readonly ConcurrentBag<Arena> _arenas = [];
    private int _asked;

    private LoadedEmbeddingModel(string path, EmbeddingModel model, Tokenizer tokenizer, int? unknown, int maxLength, Workers workers)
    {
        (Path, Model, Tokenizer, MaxLength) = (path, model, tokenizer, maxLength);
        (_unknown, _workers) = (unknown, workers);
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    public EmbeddingModel Model { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>The most tokens of a text, those around it among them.</summary>
    public int MaxLength { get; }

    public int Dimensions => Model.Dimensions;

    /// <inheritdoc/>
    int ITextEmbedder.ContextLength => MaxLength;

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => Model.Parameters().Distinct().Sum(p => p.Held?.Bytes ?? (p.Shape.Count * p.DType.Size()));

    /// <summary>Is there an embedding model: a folder or file that <see cref="Open"/> would try to read.</summary>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static bool IsAt(string path)
    {
        if (File.Exists(path) && TensorSources.IsGguf(path))
        {
            using GgufFile gguf = GgufFile.Open(path);
            return gguf.Metadata.Text("general.architecture", "") == "bert";
        }
        if (File.Exists(System.IO.Path.Combine(path, "modules.json")))
            return true;
        if (!HuggingFaceFolder.IsAt(path))
            return false;
        using JsonDocument config = HuggingFaceFolder.ReadSettings(System.IO.Path.Combine(path, HuggingFaceFolder.ConfigName));
        return config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty("model_type", out JsonElement type)
            && type.ValueKind == JsonValueKind.String && type.GetString() is "bert" or "roberta" or "xlm-roberta" or "camembert" or "model2vec";
    }

    /// <param name="path">The folder, or the GGUF file.</param>
    /// <param name="workers">Who puts weights into order and embeds; the whole worker set when null.</param>
    /// <exception cref="ModelLoadException">There is nothing there, it is damaged, or of a kind that is not supported; the message says which.</exception>
    public static LoadedEmbeddingModel Open(string path, Workers? workers = null)
    {
        try
        {
            if (!IsAt(path))
                throw new ModelLoadException($"'{path}' holds no embedding model: name a folder with modules.json, or with the {HuggingFaceFolder.ConfigName} of BERT or model2vec, or a GGUF file of BERT");
            return Directory.Exists(path) ? FromFolder(path, workers ?? Workers.Shared) : FromGguf(path, workers ?? Workers.Shared);
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    private static LoadedEmbeddingModel FromGguf(string path, Workers workers)
    {
        using GgufFile file = GgufFile.Open(path);
        Tokenizer tokenizer = GgufTokenizer.Read(SpecialTokens.Values(file.Metadata), path);
        EmbeddingModel model = EmbeddingFiles.Load(file, WeightUse.Products, workers);
        return new LoadedEmbeddingModel(path, Checked(path, model, tokenizer), tokenizer, null, Math.Min(model.Settings.MaxLength ?? model.ContextLength, model.ContextLength), workers);
    }

    private static LoadedEmbeddingModel FromFolder(string path, Workers workers)
    {
        string network = EmbeddingFiles.NetworkFolder(path);
        string file = new[] { network, path }.Select(folder => System.IO.Path.Combine(folder, "tokenizer.json")).FirstOrDefault(File.Exists)
            ?? throw new ModelLoadException($"'{path}' has no tokenizer.json: texts cannot be put into tokens");
        byte[] json = File.ReadAllBytes(file);
        Tokenizer tokenizer = TokenizerJson.Read(json, file);
        EmbeddingModel model = Checked(path, EmbeddingFiles.Load(path, WeightUse.Products, workers), tokenizer);
        return new LoadedEmbeddingModel(path, model, tokenizer, model.ReadsSpecialTokens ? null : Unknown(json, tokenizer), Longest(network, model), workers);
    }

    private static EmbeddingModel Checked(string path, EmbeddingModel model, Tokenizer tokenizer) => tokenizer.VocabularySize <= model.VocabSize ? model
        : throw new ModelLoadException($"'{path}': the tokenizer has {tokenizer.VocabularySize} tokens, the model {model.VocabSize}: they are not of one model");

    /// <summary>The tokens that are read of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longText">What becomes of one that is too long.</param>
    /// <param name="cut">It was too long.</param>
    /// <exception cref="InputException">It is too long, and is not to be cut.</exception>
    public int[] Encode(string text, LongText longText, out bool cut)
    {
        int[] whole = Whole(text, out int[] ids);
        cut = whole.Length > MaxLength;
        if (!cut)
            return whole;
        if (longText == LongText.Refuse)
            throw new InputException($"the text has {whole.Length} tokens, the model takes {MaxLength}: make it shorter, or cut it into several");
        // What stands before and behind the text stays.
        int around = whole.Length - ids.Length, before = 0;
        while (before < around && !whole.AsSpan(before).StartsWith(ids))
            before++;
        int kept = Math.Max(0, MaxLength - around);
        return [.. whole[..before], .. ids[..kept], .. whole[(before + ids.Length)..]];
    }

    /// <summary>All tokens of a text, and those that are not around it.</summary>
    private int[] Whole(string text, out int[] ids)
    {
        ids = Tokenizer.Encode(text);
        if (_unknown is { } unknown)
            ids = Array.FindAll(ids, id => id != unknown);
        return Model.ReadsSpecialTokens ? Tokenizer.Encode(text, new EncodeOptions(AddSpecial: true)) : ids;
    }

    /// <inheritdoc/>
    int[] ITextEmbedder.Encode(string text) => Whole(text, out _);

    /// <inheritdoc/>
    async Task<IReadOnlyList<float[]>> ITextEmbedder.EmbedAsync(IReadOnlyList<int[]> texts, CancellationToken stop)
    {
        try
        {
            if (Interlocked.Increment(ref _asked) > MostWaiting + Environment.ProcessorCount)
                throw new OverloadException($"{MostWaiting} requests wait for embeddings already, which is as many as may: send fewer at once", TimeSpan.FromSeconds(1));
            await _turns.WaitAsync(stop);
            try
            {
                // A thread of its own: it computes, and drives the workers meanwhile.
                return await Task.Factory.StartNew(() => NormalisedOf(texts, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    private float[][] NormalisedOf(IReadOnlyList<int[]> texts, CancellationToken stop)
    {
        float[][] vectors = Run([.. texts], stop);
        foreach (float[] vector in vectors)
            Normalise(vector);
        return vectors;
    }

    /// <summary>The vectors of texts: each has the same bits alone and among others.</summary>
    /// <param name="texts">The texts; an empty one is one too.</param>
    /// <param name="longText">What becomes of those that are too long.</param>
    /// <param name="stop">Asked between runs.</param>
    /// <exception cref="InputException">One is too long, and is not to be cut.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyList<TextEmbedding> Embed(IReadOnlyList<string> texts, LongText longText = LongText.Cut, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var ids = new int[texts.Count][];
        bool[] cut = new bool[texts.Count];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = Encode(texts[i], longText, out cut[i]);
        return [.. Run(ids, stop).Select((vector, i) => new TextEmbedding(vector, ids[i].Length, cut[i]))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives back memory of computations; none may be going on.</summary>
    public void Dispose()
    {
        while (_arenas.TryTake(out Arena? arena))
            arena.Dispose();
    }

    private float[][] Run(int[][] ids, CancellationToken stop)
    {
        Arena arena = _arenas.TryTake(out Arena? kept) ? kept : new Arena(_workers);
        try
        {
            return Model.Embed(ids, arena, stop);
        }
        finally
        {
            _arenas.Add(arena);
        }
    }

    private static void Normalise(float[] vector)
    {
        double squares = 0;
        foreach (float x in vector)
            squares += (double)x * x;
        for (int i = 0; i < vector.Length && squares > 0; i++)
            vector[i] = (float)(vector[i] / Math.Sqrt(squares));
    }

    /// <summary>What the model says, but no more than its network takes; else what its tokenizer says.</summary>
    private static int Longest(string network, EmbeddingModel model)
    {
        int most = model.ContextLength;
        if (model.Settings.MaxLength is { } said)
            return Math.Min(said, most);
        string file = System.IO.Path.Combine(network, "tokenizer_config.json");
        if (!File.Exists(file))
            return most;
        using JsonDocument config = HuggingFaceFolder.ReadSettings(file);
        return config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty("model_max_length", out JsonElement length)
            && length.ValueKind == JsonValueKind.Number && length.GetDouble() is >= 1 and < Unlimited
            ? (int)Math.Min(most, length.GetDouble())
            : most;
    }

    /// <summary>The token for what has none, which static embeddings leave out; tokenizers say its text or its id.</summary>
    private static int? Unknown(byte[] json, Tokenizer tokenizer)
    {
        using var document = JsonDocument.Parse(json);
        JsonElement model = document.RootElement.GetProperty("model");
        if (model.TryGetProperty("unk_token", out JsonElement token) && token.ValueKind == JsonValueKind.String)
            return tokenizer.IdOf(token.GetString()!);
        return model.TryGetProperty("unk_id", out JsonElement id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int number) ? number : null;
    }
}
