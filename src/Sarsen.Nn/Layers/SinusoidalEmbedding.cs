using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = x + <c>pe</c>[position]: pe[t, 2i] = sin(t · 10000^(-2i / C)), pe[t, 2i + 1] the cosine; (B, T, C) stays so. The table
/// is a buffer (maxLength, C). Source: Vaswani et al., 2017, section 3.5.
/// </summary>
public sealed class SinusoidalEmbedding : Module
{
    private readonly Tensor _table;

    public SinusoidalEmbedding(long maxLength, long size, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _table = AddBuffer("pe", new Shape(maxLength, size));
        for (long t = 0; t < maxLength; t++)
        {
            for (long c = 0; c < size; c++)
            {
                (double sin, double cos) = Math.SinCos(t * Math.Pow(10000, -(c - c % 2) / (double)size));
                int at = checked((int)(t * size + c));
                double value = c % 2 == 0 ? sin : cos;
                if (type == DType.F64)
                    _table.AsSpan<double>()[at] = value;
                else
                    _table.AsSpan<float>()[at] = (float)value;
            }
        }
    }

    /// <exception cref="ShapeException">The sequences are longer than the table.</exception>
    protected override Tensor Forward(Tensor x) => x + PositionTable.Rows(this, _table, x.Shape);
}
