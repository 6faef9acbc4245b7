using System.Globalization;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>
/// Full decompositions, combining classes and compositions, from <c>decompositions.txt</c>, which
/// <c>decompositions.py</c> beside it writes. Read when first needed.
/// </summary>
internal static class Decompositions
{
    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<int, int> Classes = [];
    private static readonly Dictionary<(int, int), int> Pairs = [];

    static Decompositions()
    {
        using Stream stream = typeof(Decompositions).Assembly.GetManifestResourceStream("Sarsen.Text.decompositions.txt")
            ?? throw new InvalidOperationException("the table of decompositions is not in the assembly");
        using var reader = new StreamReader(stream);
        var composable = new List<(int Code, int[] Parts)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            string[] fields = line.Split(';');
            int code = Hex(fields[0]);
            if (Field(fields, 1) is { Length: > 0 } rank)
                Classes[code] = int.Parse(rank, CultureInfo.InvariantCulture);
            if (Field(fields, 2) is { Length: > 0 } canonical)
                Canonical[code] = Codes(canonical);
            if (Field(fields, 3) is { Length: > 0 } compatible)
                Compatible[code] = Codes(compatible);
            if (Canonical.TryGetValue(code, out int[]? parts) && fields[^1] != "-")
                composable.Add((code, parts));
        }
        // A character is composed from its last part and the character that composes the others, so short ones come first.
        foreach ((int code, int[] parts) in composable.OrderBy(e => e.Parts.Length))
        {
            int first = parts[0];
            foreach (int middle in parts[1..^1])
                first = Pairs.GetValueOrDefault((first, middle), -1);
            if (first >= 0)
                Pairs.TryAdd((first, parts[^1]), code);
        }
    }

    /// <summary>The full decomposition of a code point that is no Hangul syllable, or null where it has none.</summary>
    public static int[]? Of(int code, bool compatible) =>
        compatible && Compatible.TryGetValue(code, out int[]? parts) || Canonical.TryGetValue(code, out parts) ? parts : null;

    public static int CombiningClass(int code) => Classes.GetValueOrDefault(code);

    /// <summary>The character that two compose to, or -1.</summary>
    public static int Composed(int first, int second) => Pairs.GetValueOrDefault((first, second), -1);

    /// <summary>
    /// Code points that may change: those that decompose (for composing forms, to what does not compose to them again) or
    /// combine with what is before them.
    /// </summary>
    public static IEnumerable<int> Unstable(bool compatible, bool compose)
    {
        IEnumerable<int> decomposing = compose ? Canonical.Keys.Except(Pairs.Values) : Canonical.Keys;
        return decomposing.Concat(compatible ? Compatible.Keys : []).Concat(Classes.Keys).Concat(compose ? Pairs.Keys.Select(p => p.Item2) : []);
    }

    private static string? Field(string[] fields, int index) => index < fields.Length ? fields[index] : null;

    private static int[] Codes(string text) => [.. text.Split(' ').Select(Hex)];

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
