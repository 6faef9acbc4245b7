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
        Finish(c, count, null, bias == null ? null : bias + column, residual == null ? null : residual + (row * columns) + column, activation, _relu);
    }

    /// <summary>c[i] = activation(c[i] + one + many[i] + residual[i]), what is null left out.</summary>
    public static void Finish(float* c, nint count, float* one, float* many, float* residual, ElementFunction? activation, bool relu)
    {
        bool joined = residual != null && activation is not null && !relu;
        if (one != null || many != null || relu || (residual != null && !joined))
            BiasedSum.Apply(c, count, one, many, joined ? null : residual, relu);
        if (joined)
            activation!.ApplyToSum(c, residual, count);
        else if (!relu)
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

    public void Apply(float* c, nint count, nint row, nint column) =>
        ProductEpilogue.Finish(c, count, bias == null ? null : bias + row, null, null, activation, _relu);
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
        (nint image, nint place) = nint.DivRem(column, plane);
        ProductEpilogue.Finish(c, count, bias == null ? null : bias + row, null, residual + (((image * filters) + row) * plane) + place, activation, _relu);
    }
}
