using System.Diagnostics.CodeAnalysis;
using Sarsen.Tensors;

namespace Sarsen.Formats.Blocks;

/// <summary>All ways to store weights that are known. To add one: its file, and a line here.</summary>
public static class BlockTypes
{
    public static IReadOnlyList<BlockType> All { get; } =
    [
        new ElementType("F32", 0, DType.F32),
        new ElementType("F16", 1, DType.F16),
        new Q4_0(),
        new Q4_1(),
        new Q5_0(),
        new Q5_1(),
        new Q8_0(),
        new ListedType("Q8_1", 9, 32, 36),
        new Q2_K(),
        new Q3_K(),
        new Q4_K(),
        new Q5_K(),
        new Q6_K(),
        new ListedType("Q8_K", 15, 256, 292),
        new ListedType("IQ2_XXS", 16, 256, 66),
        new ListedType("IQ2_XS", 17, 256, 74),
        new ListedType("IQ3_XXS", 18, 256, 98),
        new ListedType("IQ1_S", 19, 256, 50),
        new IQ4_NL(),
        new ListedType("IQ3_S", 21, 256, 110),
        new ListedType("IQ2_S", 22, 256, 82),
        new IQ4_XS(),
        new ElementType("I8", 24, DType.I8),
        new ElementType("I16", 25, DType.I16),
        new ElementType("I32", 26, DType.I32),
        new ElementType("I64", 27, DType.I64),
        new ElementType("F64", 28, DType.F64),
        new ListedType("IQ1_M", 29, 256, 56),
        new ElementType("BF16", 30, DType.BF16),
        new ListedType("TQ1_0", 34, 256, 54),
        new ListedType("TQ2_0", 35, 256, 66),
        new ListedType("MXFP4", 39, 32, 17),
        new ListedType("NVFP4", 40, 64, 36),
        new ListedType("Q1_0", 41, 128, 18),
        new ListedType("Q2_0", 42, 64, 18),
    ];

    private static readonly Dictionary<uint, BlockType> s_byId = All.ToDictionary(t => t.Id);

    private static readonly Dictionary<string, BlockType> s_byName = All.ToDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);

    public static bool TryFind(uint id, [NotNullWhen(true)] out BlockType? type) => s_byId.TryGetValue(id, out type);

    /// <summary>The type of that name, in capitals or not.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static BlockType Find(string name)
    {
        if (s_byName.TryGetValue(name, out BlockType? type))
            return type;
        string nearest = Suggestion.Nearest(name, s_byName.Keys) is { } near ? $"; did you mean '{near}'?" : "";
        throw new ArgumentException($"there is no block type '{name}'{nearest}", nameof(name));
    }
}
