using Sarsen.Formats;

namespace Sarsen.Serving.Language.Store;

/// <summary>A loaded model and what answers with it: texts, or embeddings.</summary>
public sealed class ServedModel : IAsyncDisposable
{
    private ServedModel(LanguageEngine? language, ITextEmbedder? embedder) => (Language, Embedder) = (language, embedder);

    /// <summary>Null where the model makes no texts.</summary>
    public LanguageEngine? Language { get; }

    /// <summary>Null where the model makes no embeddings.</summary>
    public ITextEmbedder? Embedder { get; }

    public long Bytes => Language?.Bytes ?? Embedder!.Bytes;

    /// <summary>Loads what is at an entry's path.</summary>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    public static ServedModel Open(ModelEntry entry, LanguageEngineOptions options, TimeProvider time)
    {
        ServedModel served = IsEmbedder(entry.Path)
            ? Of(LoadedEmbeddingModel.Open(entry.Path, options.Workers))
            : Of(new LanguageEngine(LoadedLanguageModel.Open(entry.Path, options.Workers), options, time));
        // What loading leaves would stay resident until the next full collection, and a server that answers seldom needs one.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return served;
    }

    /// <summary>A model that makes texts.</summary>
    public static ServedModel Of(LanguageEngine language) => new(language, null);

    /// <summary>A model that makes embeddings.</summary>
    public static ServedModel Of(ITextEmbedder embedder) => new(null, embedder);

    private static bool IsEmbedder(string path)
    {
        try
        {
            return LoadedEmbeddingModel.IsAt(path);
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => Language?.DisposeAsync() ?? Embedder!.DisposeAsync();
}
