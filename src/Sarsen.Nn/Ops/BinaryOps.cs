using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The elementwise functions of two tensors, one line each.</summary>
internal static class BinaryOps
{
    public static readonly BinaryOp<Add> Add = new("add");
    public static readonly BinaryOp<Divide> Divide = new("div", SampleValues.Positive);
    public static readonly BinaryOp<Maximum> Maximum = new("maximum", SampleValues.Distinct);
    public static readonly BinaryOp<Minimum> Minimum = new("minimum", SampleValues.Distinct);
    public static readonly BinaryOp<Multiply> Multiply = new("mul");
    public static readonly BinaryOp<Power> Power = new("pow", SampleValues.Positive);
    public static readonly BinaryOp<PRelu> PRelu = new("prelu", SampleValues.Distinct);
    public static readonly BinaryOp<Subtract> Subtract = new("sub");
    public static readonly BinaryOp<SwiGlu> SwiGlu = new("swiglu");

    public static IEnumerable<Op> All => [Add, Divide, Maximum, Minimum, Multiply, Power, PRelu, Subtract, SwiGlu];
}

public static class BinaryExtensions
{
    extension(Tensor a)
    {
        /// <summary>The larger of each two; both get half the gradient where they are equal, as in PyTorch.</summary>
        public Tensor Maximum(Tensor b) => BinaryOps.Maximum.Run(a, b);

        /// <summary>The smaller of each two.</summary>
        public Tensor Minimum(Tensor b) => BinaryOps.Minimum.Run(a, b);

        /// <summary>a to the power b.</summary>
        public Tensor Pow(Tensor b) => BinaryOps.Power.Run(a, b);

        /// <summary>silu(a) · b, the gate of a feed-forward layer.</summary>
        public Tensor SwiGlu(Tensor b) => BinaryOps.SwiGlu.Run(a, b);

        public static Tensor operator +(Tensor x, Tensor y) => BinaryOps.Add.Run(x, y);

        public static Tensor operator -(Tensor x, Tensor y) => BinaryOps.Subtract.Run(x, y);

        public static Tensor operator *(Tensor x, Tensor y) => BinaryOps.Multiply.Run(x, y);

        public static Tensor operator /(Tensor x, Tensor y) => BinaryOps.Divide.Run(x, y);
    }
}
