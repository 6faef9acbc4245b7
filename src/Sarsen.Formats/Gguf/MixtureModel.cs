namespace Sarsen.Formats;

/// <summary>What a <see cref="GgufMixture"/> looks at of a model as a whole.</summary>
internal readonly struct MixtureModel
{
    /// <summary>Layers of Llama 65B, which is no grouped model, and of the 70B ones, which are.</summary>
    private const long LargestLlamaLayers = 80;

    public MixtureModel(IReadOnlyDictionary<string, GgufValue> metadata, bool tied)
    {
        string architecture = metadata.TryGetValue("general.architecture", out GgufValue? value) && value.ToObject() is string name ? name : "";
        long Of(string key) => metadata.TryGetValue($"{architecture}.{key}", out GgufValue? found) && found.TryGetInteger(out long number) ? number : 0;
        long heads = Of("attention.head_count"), shared = Of("attention.head_count_kv");
        Tied = tied;
        IsFalcon = architecture == "falcon";
        HasEightExperts = Of("expert_count") == 8;
        IsGrouped70B = architecture == "llama" && Of("block_count") == LargestLlamaLayers && shared != 0 && shared != heads;
    }

    /// <summary>The token vectors are the output's as well.</summary>
    public bool Tied { get; }

    public bool IsFalcon { get; }

    public bool HasEightExperts { get; }

    public bool IsGrouped70B { get; }
}
