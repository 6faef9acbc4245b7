using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The elementwise functions of one tensor, one line each; their kernels say formula, source and error.</summary>
internal static class UnaryOps
{
    public static readonly UnaryOp<Abs> Abs = new("abs", SampleValues.Positive);
    public static readonly UnaryOp<Affine> Affine = new("affine", sample: new Affine(2.5, -1));
    public static readonly UnaryOp<Clamp> Clamp = new("clamp", SampleValues.Distinct, new Clamp(-0.5f, 0.6f));
    public static readonly UnaryOp<Cos> Cos = new("cos");
    public static readonly UnaryOp<Erf> Erf = new("erf");
    public static readonly UnaryOp<Exp> Exp = new("exp");
    public static readonly UnaryOp<Gelu> Gelu = new("gelu");
    public static readonly UnaryOp<GeluTanh> GeluTanh = new("gelu_tanh");
    public static readonly UnaryOp<LeakyRelu> LeakyRelu = new("leaky_relu", SampleValues.Distinct, new LeakyRelu(0.1));
    public static readonly UnaryOp<Log> Log = new("log", SampleValues.Positive);
    public static readonly UnaryOp<Negate> Negate = new("neg");
    public static readonly UnaryOp<Relu> Relu = new("relu", SampleValues.Distinct);
    public static readonly UnaryOp<Sigmoid> Sigmoid = new("sigmoid");
    public static readonly UnaryOp<Silu> Silu = new("silu");
    public static readonly UnaryOp<Sin> Sin = new("sin");
    public static readonly UnaryOp<Softplus> Softplus = new("softplus");
    public static readonly UnaryOp<Sqrt> Sqrt = new("sqrt", SampleValues.Positive);
    public static readonly UnaryOp<Square> Square = new("square");
    public static readonly UnaryOp<Tanh> Tanh = new("tanh");

    public static IEnumerable<Op> All =>
    [
        Abs, Affine, Clamp, Cos, Erf, Exp, Gelu, GeluTanh, LeakyRelu, Log, Negate, Relu, Sigmoid, Silu, Sin, Softplus, Sqrt, Square, Tanh,
    ];
}

public static class UnaryExtensions
{
    extension(Tensor x)
    {
        /// <summary>|x|.</summary>
        public Tensor Abs() => UnaryOps.Abs.Run(x);

        /// <summary>min(max(x, low), high).</summary>
        public Tensor Clamp(float low, float high) => UnaryOps.Clamp.Run(x, new Clamp(low, high));

        public Tensor Cos() => UnaryOps.Cos.Run(x);

        /// <summary>The error function.</summary>
        public Tensor Erf() => UnaryOps.Erf.Run(x);

        public Tensor Exp() => UnaryOps.Exp.Run(x);

        /// <summary>x Φ(x), Φ the normal distribution: the exact one.</summary>
        public Tensor Gelu() => UnaryOps.Gelu.Run(x);

        /// <summary>x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.</summary>
        public Tensor GeluTanh() => UnaryOps.GeluTanh.Run(x);

        /// <summary>x above zero, slope · x below.</summary>
        public Tensor LeakyRelu(double slope = 0.01) => UnaryOps.LeakyRelu.Run(x, new LeakyRelu(slope));

        /// <summary>The natural logarithm.</summary>
        public Tensor Log() => UnaryOps.Log.Run(x);

        /// <summary>max(x, 0).</summary>
        public Tensor Relu() => UnaryOps.Relu.Run(x);

        /// <summary>min(max(x, 0), 6).</summary>
        public Tensor Relu6() => x.Clamp(0, 6);

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        public Tensor Sigmoid() => UnaryOps.Sigmoid.Run(x);

        /// <summary>x / (1 + e⁻ˣ).</summary>
        public Tensor Silu() => UnaryOps.Silu.Run(x);

        public Tensor Sin() => UnaryOps.Sin.Run(x);

        /// <summary>log(1 + eˣ).</summary>
        public Tensor Softplus() => UnaryOps.Softplus.Run(x);

        public Tensor Sqrt() => UnaryOps.Sqrt.Run(x);

        /// <summary>x².</summary>
        public Tensor Square() => UnaryOps.Square.Run(x);

        public Tensor Tanh() => UnaryOps.Tanh.Run(x);

        /// <summary>One of the activation functions by its name.</summary>
        /// <param name="function">Which.</param>
        /// <param name="slope">For leaky relu: the slope below zero.</param>
        public Tensor Activate(ActivationFunction function, double slope = 0.01) => function switch
        {
            ActivationFunction.Linear => x,
            ActivationFunction.Relu => x.Relu(),
            ActivationFunction.Relu6 => x.Relu6(),
            ActivationFunction.LeakyRelu => x.LeakyRelu(slope),
            ActivationFunction.Gelu => x.Gelu(),
            ActivationFunction.GeluTanh => x.GeluTanh(),
            ActivationFunction.Silu => x.Silu(),
            ActivationFunction.Sigmoid => x.Sigmoid(),
            ActivationFunction.Tanh => x.Tanh(),
            ActivationFunction.Softplus => x.Softplus(),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "not an activation function"),
        };

        public static Tensor operator -(Tensor a) => UnaryOps.Negate.Run(a);

        public static Tensor operator *(Tensor a, double b) => UnaryOps.Affine.Run(a, new Affine(b, 0));

        public static Tensor operator *(double a, Tensor b) => UnaryOps.Affine.Run(b, new Affine(a, 0));

        public static Tensor operator /(Tensor a, double b) => UnaryOps.Affine.Run(a, new Affine(1 / b, 0));

        public static Tensor operator +(Tensor a, double b) => UnaryOps.Affine.Run(a, new Affine(1, b));

        public static Tensor operator -(Tensor a, double b) => UnaryOps.Affine.Run(a, new Affine(1, -b));

        public static Tensor operator -(double a, Tensor b) => UnaryOps.Affine.Run(b, new Affine(-1, a));
    }
}
