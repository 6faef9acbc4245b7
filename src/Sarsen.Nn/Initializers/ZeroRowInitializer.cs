using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>As <paramref name="Rest"/>, but row <paramref name="Row"/> is zero: the embedding of padding.</summary>
/// <param name="Rest">What fills the matrix.</param>
/// <param name="Row">The row that stays zero.</param>
public sealed record ZeroRowInitializer(Initializer Rest, long Row) : Initializer
{
    private protected override void Fill(Span<float> values, Shape shape, Rng rng)
    {
        Rest.FillWith(values, shape, rng);
        values.Slice(checked((int)(Row * shape[1])), (int)shape[1]).Clear();
    }

    private protected override void Fill(Span<double> values, Shape shape, Rng rng)
    {
        Rest.FillWith(values, shape, rng);
        values.Slice(checked((int)(Row * shape[1])), (int)shape[1]).Clear();
    }
}
