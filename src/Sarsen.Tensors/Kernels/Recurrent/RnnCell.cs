using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The pointwise part of torch.nn.RNN's cell: h' = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh or relu. The caller's GEMMs
/// give the two sums, biases included; the sum is <see cref="Add"/> with <see cref="Tanh"/> or <see cref="Relu"/> in one pass.
/// Backward is <see cref="Unary"/>'s for that function: da from h' and dh', the gradient of both sums.
/// </summary>
public static unsafe class RnnCell
{
    /// <summary>h' from the input's part and the hidden part, of <paramref name="count"/> elements each.</summary>
    public static void Forward<TOp>(Workers workers, TOp activation, float* input, float* hidden, float* next, long count) where TOp : struct, IUnaryOp
    {
        var shape = new Shape(count);
        var plan = new StridedPlan(shape, shape.Contiguous(), shape.Contiguous());
        Binary.Forward(workers, new ActivatedSum<TOp>(activation), plan, input, hidden, next);
    }

    public static void Forward<TOp>(TOp activation, double* input, double* hidden, double* next, long count) where TOp : struct, IUnaryOp
    {
        for (long i = 0; i < count; i++)
            next[i] = activation.Apply(input[i] + hidden[i]);
    }

    private readonly struct ActivatedSum<TOp>(TOp activation) : IBinaryOp where TOp : struct, IUnaryOp
    {
        public V Apply<V>(V a, V b) where V : struct, IVector<V> => activation.Apply(a + b);

        public double Apply(double a, double b) => activation.Apply(a + b);

        public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => activation.Backward(a + b, Apply(a, b), dy);

        public double BackwardA(double a, double b, double dy) => activation.Backward(a + b, Apply(a, b), dy);

        public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => BackwardA(a, b, dy);

        public double BackwardB(double a, double b, double dy) => BackwardA(a, b, dy);
    }
}
