using System.Text.Json;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>Nested JSON arrays of numbers as tensors, row-major.</summary>
internal static class JsonArrays
{
    /// <summary>The most numbers in one array.</summary>
    public const long MaxCount = 1 << 24;

    /// <summary>The shape of the array at which the reader stands; false where it is empty, ragged, too large, or holds no numbers.</summary>
    public static bool TryShape(Utf8JsonReader reader, out Shape shape)
    {
        shape = default;
        Span<long> sizes = stackalloc long[Shape.MaxRank], counts = stackalloc long[Shape.MaxRank];
        sizes.Fill(-1);
        int depth = 0, rank = -1;
        long total = 0;
        counts[0] = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    counts[depth]++;
                    if (++depth == Shape.MaxRank || depth == rank)
                        return false;
                    counts[depth] = 0;
                    break;
                case JsonTokenType.Number:
                    if (rank >= 0 && depth + 1 != rank)
                        return false;
                    rank = depth + 1;
                    counts[depth]++;
                    if (++total > MaxCount)
                        return false;
                    break;
                case JsonTokenType.EndArray:
                    if (counts[depth] == 0 || (sizes[depth] >= 0 && sizes[depth] != counts[depth]))
                        return false;
                    sizes[depth] = counts[depth];
                    if (depth-- > 0)
                        break;
                    shape = new Shape(sizes[..rank]);
                    return true;
                default:
                    return false;
            }
        }
        return false;
    }

    /// <summary>Writes the numbers of the array at which the reader stands, and leaves the reader at its end.</summary>
    /// <returns>False where a number is beyond the range of f32.</returns>
    public static bool Fill(ref Utf8JsonReader reader, Span<float> into)
    {
        int depth = reader.CurrentDepth, i = 0;
        bool fits = true;
        while (reader.Read() && !(reader.TokenType is JsonTokenType.EndArray && reader.CurrentDepth == depth))
        {
            if (reader.TokenType is not JsonTokenType.Number)
                continue;
            into[i] = (float)reader.GetDouble();
            fits &= float.IsFinite(into[i++]);
        }
        return fits;
    }
}
