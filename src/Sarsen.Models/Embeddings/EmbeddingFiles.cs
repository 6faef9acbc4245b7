using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// Embedding models from folders: sentence-transformers', plain ones of BERT and its kin, and static embeddings of model2vec; and
/// BERT from GGUF files.
/// </summary>
public static class EmbeddingFiles
{
    // The names of tables of static embeddings, model2vec's and sentence-transformers'.
    private static readonly string[] s_tables = ["embeddings", "embedding.weight"];

    /// <summary>The folder in which a model's network and tokenizer lie: its own, or one that <c>modules.json</c> names.</summary>
    /// <exception cref="ModelFormatException">A file is damaged or asks for what is not supported.</exception>
    public static string NetworkFolder(string path) => EmbeddingModules.Read(path).Network;

    /// <summary>Builds the model of a GGUF file and reads its weights.</summary>
    /// <param name="file">The file.</param>
    /// <param name="use">What for.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or asks for what is not supported.</exception>
    public static EmbeddingModel Load(GgufFile file, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        (BertConfig config, EmbeddingSettings settings) = GgufBert.Read(file);
        return Bert(file.Path, config, settings, GgufBert.Parts, file, use, workers);
    }

    /// <summary>Builds the model of a folder and reads its weights. Static embeddings are f32 for any use: theirs are made when they are read.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="use">What for.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or asks for what is not supported.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static EmbeddingModel Load(string path, WeightUse use = WeightUse.Elements, Workers? workers = null)
    {
        var modules = EmbeddingModules.Read(path);
        if (modules.IsStatic && !HuggingFaceFolder.IsAt(modules.Network))
        {
            using ITensorSource table = TensorSources.Open(modules.Network);
            return Static(table, modules.Settings);
        }
        HuggingFaceFolder folder = HuggingFaceFolder.Read(modules.Network);
        using ITensorSource weights = folder.OpenWeights();
        string file = Path.Combine(folder.Path, HuggingFaceFolder.ConfigName);
        var json = new ConfigReader(file, folder.Config);
        if (modules.IsStatic || json.Text("model_type", "") == "model2vec")
            return Static(weights, modules.Settings with { Normalize = modules.Settings.Normalize || json.Bool("normalize", false) });
        var config = BertConfig.Read(json);
        const string Known = "embeddings.word_embeddings.weight";
        string prefix = new[] { "", "bert.", "roberta." }.FirstOrDefault(p => weights.Contains(p + Known), "");
        return Bert(file, config, modules.Settings, name => BertModel.Parts(config, prefix, name), weights, use, workers);
    }

    private static BertModel Bert(string file, BertConfig config, EmbeddingSettings settings, Func<string, IEnumerable<TensorPart>> parts, ITensorSource weights, WeightUse use, Workers? workers)
    {
        try
        {
            config.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(file, 0, e.Message, e);
        }
        // Before memory is taken for it: a configuration may say anything.
        if (config.ParameterCount > 2.0 * weights.Elements)
            throw new ModelFormatException(file, 0, $"the configuration asks for {config.ParameterCount:N0} parameters, '{weights.Path}' holds {weights.Elements:N0}: the configuration is of another model");
        var model = new BertModel(config, settings);
        DecoderFiles.ReadWeights(model, parts, weights, use, workers);
        return model;
    }

    private static StaticEmbeddingModel Static(ITensorSource weights, EmbeddingSettings settings)
    {
        string name = s_tables.FirstOrDefault(weights.Contains, s_tables[0]);
        Shape shape = weights.ShapeOf(name);
        if (shape.Rank != 2 || shape.Count == 0 || shape.Count > int.MaxValue)
            throw new ModelFormatException(weights.Path, 0, $"'{name}' has the shape {shape}: a table of vectors (tokens, dimensions) is expected");
        int width = (int)shape[1];
        long[]? rows = Numbers(weights, "mapping") is { } mapping ? Array.ConvertAll(mapping, row => (long)row) : null;
        float[]? scales = Numbers(weights, "weights");
        long tokens = rows?.Length ?? shape[0];
        if (scales is not null && scales.Length != tokens)
            throw new ModelFormatException(weights.Path, 0, $"'weights' has {scales.Length} elements, one for each of {tokens} tokens is expected");
        if (rows is not null && Array.FindIndex(rows, row => row < 0 || row >= shape[0]) is var wrong and >= 0)
            throw new ModelFormatException(weights.Path, 0, $"'mapping' names row {rows[wrong]} for token {wrong}, of a table of {shape[0]}");
        float[] table = new float[shape.Count];
        weights.ReadRows(name, 0, shape[0], table);
        var model = new StaticEmbeddingModel(checked((int)tokens), width, settings);
        Span<float> into = model.Weight.Value.AsSpan<float>();
        for (int token = 0; token < tokens; token++)
        {
            Span<float> vector = into.Slice(token * width, width);
            table.AsSpan((int)(rows?[token] ?? token) * width, width).CopyTo(vector);
            for (int i = 0; i < width && scales is not null; i++)
                vector[i] *= scales[token];
        }
        return model;
    }

    /// <summary>A vector as f32, in which whole numbers up to 16 million are exact; null where there is none.</summary>
    private static float[]? Numbers(ITensorSource weights, string name)
    {
        if (!weights.Contains(name))
            return null;
        Shape shape = weights.ShapeOf(name);
        if (shape.Rank != 1 || shape.Count > 1 << 24)
            throw new ModelFormatException(weights.Path, 0, $"'{name}' has the shape {shape}: one number for each token is expected");
        float[] numbers = new float[shape.Count];
        weights.ReadRows(name, 0, shape[0], numbers);
        return numbers;
    }
}
