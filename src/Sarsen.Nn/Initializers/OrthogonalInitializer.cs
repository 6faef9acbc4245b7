using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>
/// Orthonormal rows or columns, whichever are fewer, of the matrix (first dimension × the rest), times a gain
/// (Saxe et al., 2013).
/// </summary>
/// <param name="Gain">The length of each row or column.</param>
public sealed record OrthogonalInitializer(double Gain = 1) : Initializer
{
    private protected override unsafe void Fill(Span<float> values, Shape shape, Rng rng)
    {
        (long rows, long columns) = Matrix(shape);
        fixed (float* to = values)
            rng.Orthogonal(to, rows, columns, Gain);
    }

    private protected override unsafe void Fill(Span<double> values, Shape shape, Rng rng)
    {
        (long rows, long columns) = Matrix(shape);
        fixed (double* to = values)
            rng.Orthogonal(to, rows, columns, Gain);
    }

    private static (long Rows, long Columns) Matrix(Shape shape) => shape.Rank >= 2
        ? (shape[0], shape.Count / Math.Max(1, shape[0]))
        : throw new ShapeException($"orthogonal initialisation needs two dimensions or more; the parameter has the shape {shape}");
}
