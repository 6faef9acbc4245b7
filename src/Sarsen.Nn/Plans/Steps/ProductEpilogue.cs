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
        float* other = residual == null ? null : residual + row * columns + column;
        if (other != null && activation is not null && !_relu)
        {
            activation.ApplyToSum(c, other, count);
            return;
        }
        if (other != null)
            new ColumnBias(other - column).Apply(c, count, row, column);
        if (_relu)
            default(ReluEpilogue).Apply(c, count, row, column);
        else
            activation?.Apply(c, count);
    }
}
