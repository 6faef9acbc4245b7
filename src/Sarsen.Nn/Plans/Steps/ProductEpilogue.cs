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

/// <summary>
/// The same for the pictures that a convolution makes: its rows are filters, its columns the places of all pictures one
/// after the other, and the residual lies as the result, (N, F, plane).
/// </summary>
/// <param name="residual">Added to the result, or null.</param>
/// <param name="filters">F.</param>
/// <param name="plane">Places of a picture.</param>
/// <param name="activation">Applied last.</param>
internal readonly unsafe struct PictureEpilogue(float* residual, nint filters, nint plane, ElementFunction? activation) : IEpilogue
{
    private readonly bool _relu = activation is { IsRelu: true };

    public void Apply(float* c, nint count, nint row, nint column)
    {
        float* other = null;
        if (residual != null)
        {
            (nint image, nint place) = nint.DivRem(column, plane);
            other = residual + (image * filters + row) * plane + place;
        }
        ProductEpilogue.Finish(c, other, count, activation, _relu);
    }
}
