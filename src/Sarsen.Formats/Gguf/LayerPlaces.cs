using System.Globalization;

namespace Sarsen.Formats;

/// <summary>The place of a tensor among those of its kind, by the number of its layer: <c>blk.7.ffn_down.weight</c> is often the eighth.</summary>
internal sealed class LayerPlaces
{
    private readonly Dictionary<string, int> _values, _down;

    public LayerPlaces(IEnumerable<GgufTensorSpec> tensors)
    {
        string[] names = [.. tensors.Select(t => t.Name).OrderBy(Layer).ThenBy(name => name, StringComparer.Ordinal)];
        _values = Places(names.Where(name => name.Contains("attn_v.weight", StringComparison.Ordinal) || name.Contains("attn_qkv.weight", StringComparison.Ordinal)));
        // Of a layer's experts each may have its own matrix: they share its place.
        _down = Places(names.Where(name => name.Contains("ffn_down", StringComparison.Ordinal)).DistinctBy(Layer));
    }

    /// <summary>A matrix of values, and how many there are.</summary>
    public (int Place, int Of) OfValues(string name) => (_values[name], _values.Count);

    /// <summary>A second feed-forward matrix, and how many layers have one.</summary>
    public (int Place, int Of) OfDown(string name) => (_down.First(place => Layer(place.Key) == Layer(name)).Value, _down.Count);

    private static Dictionary<string, int> Places(IEnumerable<string> names) => names.Select((name, place) => (name, place)).ToDictionary(p => p.name, p => p.place);

    private static int Layer(string name) =>
        name.Split('.') is ["blk", { } number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;
}
