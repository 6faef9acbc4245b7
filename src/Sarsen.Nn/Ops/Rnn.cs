using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh) with f tanh or relu; see <see cref="RecurrentOp"/>.</summary>
public sealed unsafe class RnnOp(bool relu) : RecurrentOp
{
    internal static readonly RnnOp WithTanh = new(relu: false);
    internal static readonly RnnOp WithRelu = new(relu: true);

    public override string Name => relu ? "rnn_relu" : "rnn_tanh";

    private protected override int Gates => 1;

    private protected override void Cell<T>(in OpArgs a, T* gates, T* bias, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, long n, long size)
    {
        long count = n * size;
        if (typeof(T) == typeof(double))
        {
            if (relu)
                Unary.Forward(default(Relu), (double*)gates, (double*)nextH, count);
            else
                Unary.Forward(default(Tanh), (double*)gates, (double*)nextH, count);
        }
        else if (relu)
        {
            Unary.Forward(a.Workers, default(Relu), (float*)gates, (float*)nextH, count);
        }
        else
        {
            Unary.Forward(a.Workers, default(Tanh), (float*)gates, (float*)nextH, count);
        }
    }

    private protected override void CellBack<T>(in OpArgs a, T* gates, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, T* dh, T* dc, long n, long size)
    {
        // Relu's derivative at x is that at relu(x), so h' stands for the sum, which was not kept.
        long count = n * size;
        if (typeof(T) == typeof(double))
        {
            if (relu)
                Unary.Backward(default(Relu), (double*)nextH, (double*)nextH, (double*)dh, (double*)gates, count);
            else
                Unary.Backward(default(Tanh), (double*)nextH, (double*)nextH, (double*)dh, (double*)gates, count);
        }
        else if (relu)
        {
            Unary.Backward(a.Workers, default(Relu), (float*)nextH, (float*)nextH, (float*)dh, (float*)gates, count);
        }
        else
        {
            Unary.Backward(a.Workers, default(Tanh), (float*)nextH, (float*)nextH, (float*)dh, (float*)gates, count);
        }
    }

    public override IEnumerable<OpSample> Samples => SamplesOf(default);
}
