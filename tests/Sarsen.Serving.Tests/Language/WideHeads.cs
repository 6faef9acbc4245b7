using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Serving.Language;
using Sarsen.Testing;

namespace Sarsen.Serving.Tests.Language;

/// <summary>
/// The small trained model with heads of 32 elements in place of 16: the others are zeros, so that it says the same, and its
/// keys and values can be cached in groups of 32.
/// </summary>
internal static class WideHeads
{
    public const string Folder = "models/tinystories-656k";

    private const int Narrow = 16, Wide = 32;

    public static LoadedLanguageModel Load()
    {
        string folder = TestData.PathOf(Folder);
        return LoadedLanguageModel.Open(folder) with { Model = Widen(DecoderFiles.Load(HuggingFaceFolder.Read(folder))) };
    }

    private static DecoderModel Widen(DecoderModel narrow)
    {
        // Scores have the scale of the elements that are there, and only these turn.
        var wide = new DecoderModel(narrow.Config with { HeadDim = Wide, AttentionScale = 1 / Math.Sqrt(Narrow), PartialRotaryFactor = (double)Narrow / Wide });
        foreach ((Nn.Parameter from, Nn.Parameter to) in narrow.Parameters().Zip(wide.Parameters()))
        {
            (long rows, long columns) = from.Shape.Rank == 2 ? (from.Shape[0], from.Shape[1]) : (1, from.Shape.Count);
            long toColumns = to.Shape.Count / (from.Shape.Rank == 2 ? to.Shape[0] : 1);
            bool moreRows = from.Shape.Rank == 2 && to.Shape[0] != rows, moreColumns = toColumns != columns;
            ReadOnlySpan<float> values = from.Value.AsSpan<float>();
            Span<float> into = to.Value.AsSpan<float>();
            for (long r = 0; r < rows; r++)
            {
                for (long c = 0; c < columns; c++)
                    into[(int)((moreRows ? Moved(r) : r) * toColumns + (moreColumns ? Moved(c) : c))] = values[(int)(r * columns + c)];
            }
        }
        return wide;
    }

    private static long Moved(long at) => at / Narrow * Wide + at % Narrow;
}
