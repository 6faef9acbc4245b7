namespace Sarsen.Models.Layers;

/// <summary>How many ids a layer has vectors for.</summary>
internal static class Vocabulary
{
    /// <summary>What the layer says, or the size of the vocabulary.</summary>
    /// <exception cref="ArgumentException">The layer has fewer.</exception>
    public static int Checked(int? given, int vocabulary, string where)
    {
        if (given < vocabulary)
            throw new ArgumentException($"{where} has {given} vectors, the vocabulary has {vocabulary} ids: raise num_embeddings, leave it out, or lower the step's vocabulary_size");
        return given ?? vocabulary;
    }
}
