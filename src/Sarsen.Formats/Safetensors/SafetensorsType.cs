using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>The element types of the safetensors format, with their words and sizes in bits.</summary>
internal static class SafetensorsType
{
    private static readonly (string Word, DType? Type, int Bits)[] s_all =
    [
        ("F32", DType.F32, 32), ("F16", DType.F16, 16), ("BF16", DType.BF16, 16), ("F64", DType.F64, 64),
        ("I8", DType.I8, 8), ("I16", DType.I16, 16), ("I32", DType.I32, 32), ("I64", DType.I64, 64),
        ("U8", DType.U8, 8), ("U16", DType.U16, 16), ("U32", DType.U32, 32), ("U64", DType.U64, 64),
        ("BOOL", DType.Bool, 8),
        ("F8_E4M3", null, 8), ("F8_E5M2", null, 8), ("F8_E8M0", null, 8), ("F8_E4M3FNUZ", null, 8), ("F8_E5M2FNUZ", null, 8),
        ("F6_E2M3", null, 6), ("F6_E3M2", null, 6), ("F4", null, 4), ("C64", null, 64),
    ];

    public static bool TryFind(string word, out DType? type, out int bits)
    {
        foreach ((string known, DType? itsType, int itsBits) in s_all)
        {
            if (known != word)
                continue;
            (type, bits) = (itsType, itsBits);
            return true;
        }
        (type, bits) = (null, 0);
        return false;
    }

    public static string Word(DType type) => s_all.First(t => t.Type == type).Word;

    public static string Words => string.Join(", ", s_all.Select(t => t.Word));
}
