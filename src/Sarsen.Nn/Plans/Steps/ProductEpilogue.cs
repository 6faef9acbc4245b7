using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>
/// <c>C[i, j] = activation(C[i, j] + bias[j] + residual[i, j])</c>, in this order. One type for all that rules fuse, so that
/// the product is compiled once; what is absent is null.
/// </summary>
/// <param name="bias">One for each column.</param>
/// <param name="residual">As C, rows one after the other.</param>
/// <param name="columns">The length of its rows.</param>
/// <param name="activation">Applied last.</param>
internal readonly unsafe struct ProductEpilogue(float* bias, float* residual, nint columns, ElementFunction? activation) : IEpilogue
{
    private readonly bool _relu = activation is { IsRelu: true };

    public void Apply(float* c, nint count, nint row, nint column)
    {
        if (bias != null)
            new ColumnBias(bias).Apply(c, count, row, column);
        Finish(c, residual == null ? null : residual + row * columns + column, count, activation, _relu);
    }

    /// <summary>c[i] = activation(c[i] + other[i]).</summary>
    public static void Finish(float* c, float* other, nint count, ElementFunction? activation, bool relu)
    {
        if (other != null && activation is not null && !relu)
        {
            activation.ApplyToSum(c, other, count);
            return;
        }
        if (other != null)
            new ColumnBias(other).Apply(c, count, 0, 0);
        if (relu)
            default(ReluEpilogue).Apply(c, count, 0, 0);
        else
            activation?.Apply(c, count);
    }
}

/// <summary><c>C[i, j] = activation(C[i, j] + bias[i])</c>: a convolution, whose rows are filters.</summary>
/// <param name="bias">One for each filter, or null.</param>
/// <param name="activation">Applied last.</param>
internal readonly unsafe struct FilterEpilogue(float* bias, ElementFunction? activation) : IEpilogue
{
    private readonly bool _relu = activation is { IsRelu: true };

    public static bool IgnoresColumn => true;

    public void Apply(float* c, nint count, nint row, nint column)
    {
        if (bias != null)
            new RowBias(bias).Apply(c, count, row, column);
        ProductEpilogue.Finish(c, null, count, activation, _relu);
    }
}

/// <summary>
/// The same with a residual, which lies as the result, (N, F, plane): columns are the places of all pictures one after the
/// other.
/// </summary>
/// <param name="bias">One for each filter, or null.</param>
/// <param name="residual">Added to the result.</param>
/// <param name="filters">F.</param>
/// <param name="plane">Places of a picture.</param>
/// <param name="activation">Applied last.</param>
internal readonly unsafe struct PictureEpilogue(float* bias, float* residual, nint filters, nint plane, ElementFunction? activation) : IEpilogue
{
    private readonly bool _relu = activation is { IsRelu: true };

    public void Apply(float* c, nint count, nint row, nint column)
    {
        if (bias != null)
            new RowBias(bias).Apply(c, count, row, column);
        (nint image, nint place) = nint.DivRem(column, plane);
        ProductEpilogue.Finish(c, residual + (image * filters + row) * plane + place, count, activation, _relu);
    }
}
