using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The elementwise functions of one tensor, one line each; their kernels say formula, source and error.</summary>
internal static class UnaryOps
{
    public static readonly UnaryOp<Abs> Abs = new("abs", SampleValues.Positive);
    public static readonly UnaryOp<Affine> Affine = new("affine", sample: new Affine(2.5, -1));
    public static readonly UnaryOp<Celu> Celu = new("celu", SampleValues.Distinct, new Celu(0.7));
    public static readonly UnaryOp<Cos> Cos = new("cos");
    public static readonly UnaryOp<Elu> Elu = new("elu", SampleValues.Distinct, new Elu(1.3));
    public static readonly UnaryOp<Erf> Erf = new("erf");
    public static readonly UnaryOp<Exp> Exp = new("exp");
    public static readonly UnaryOp<Expm1> Expm1 = new("expm1");
    public static readonly UnaryOp<Gelu> Gelu = new("gelu");
    public static readonly UnaryOp<GeluTanh> GeluTanh = new("gelu_tanh");
    public static readonly UnaryOp<Hardsigmoid> Hardsigmoid = new("hardsigmoid", SampleValues.Distinct);
    public static readonly UnaryOp<Hardswish> Hardswish = new("hardswish", SampleValues.Distinct);
    public static readonly UnaryOp<Hardtanh> Hardtanh = new("hardtanh", SampleValues.Distinct, new Hardtanh(-0.5, 0.6));
    public static readonly UnaryOp<LeakyRelu> LeakyRelu = new("leaky_relu", SampleValues.Distinct, new LeakyRelu(0.1));
    public static readonly UnaryOp<Log> Log = new("log", SampleValues.Positive);
    public static readonly UnaryOp<Log1p> Log1p = new("log1p", SampleValues.Positive);
    public static readonly UnaryOp<LogSigmoid> LogSigmoid = new("log_sigmoid");
    public static readonly UnaryOp<Mish> Mish = new("mish");
    public static readonly UnaryOp<Negate> Negate = new("neg");
    public static readonly UnaryOp<Relu> Relu = new("relu", SampleValues.Distinct);
    public static readonly UnaryOp<Selu> Selu = new("selu", SampleValues.Distinct);
    public static readonly UnaryOp<Sigmoid> Sigmoid = new("sigmoid");
    public static readonly UnaryOp<Silu> Silu = new("silu");
    public static readonly UnaryOp<Sin> Sin = new("sin");
    public static readonly UnaryOp<Softplus> Softplus = new("softplus");
    public static readonly UnaryOp<Softsign> Softsign = new("softsign");
    public static readonly UnaryOp<Sqrt> Sqrt = new("sqrt", SampleValues.Positive);
    public static readonly UnaryOp<Square> Square = new("square");
    public static readonly UnaryOp<Tanh> Tanh = new("tanh");

    public static IEnumerable<Op> All =>
    [
        Abs, Affine, Celu, Cos, Elu, Erf, Exp, Expm1, Gelu, GeluTanh, Hardsigmoid, Hardswish, Hardtanh, LeakyRelu, Log, Log1p, LogSigmoid,
        Mish, Negate, Relu, Selu, Sigmoid, Silu, Sin, Softplus, Softsign, Sqrt, Square, Tanh,
    ];
}

public static class UnaryExtensions
{
    extension(Tensor x)
    {
        /// <summary>|x|.</summary>
        public Tensor Abs() => UnaryOps.Abs.Run(x);

        /// <summary>x above zero, α (e^(x/α) - 1) below.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is zero.</exception>
        public Tensor Celu(double alpha = 1) => alpha != 0
            ? UnaryOps.Celu.Run(x, new Celu(alpha))
            : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "CELU divides by alpha: it must not be zero");

        public Tensor Cos() => UnaryOps.Cos.Run(x);

        /// <summary>x above zero, α (eˣ - 1) below.</summary>
        public Tensor Elu(double alpha = 1) => UnaryOps.Elu.Run(x, new Elu(alpha));

        /// <summary>The error function.</summary>
        public Tensor Erf() => UnaryOps.Erf.Run(x);

        public Tensor Exp() => UnaryOps.Exp.Run(x);

        /// <summary>eˣ - 1, without cancellation near zero.</summary>
        public Tensor Expm1() => UnaryOps.Expm1.Run(x);

        /// <summary>x Φ(x), Φ the normal distribution: the exact one.</summary>
        public Tensor Gelu() => UnaryOps.Gelu.Run(x);

        /// <summary>x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.</summary>
        public Tensor GeluTanh() => UnaryOps.GeluTanh.Run(x);

        /// <summary>min(max(x / 6 + 1/2, 0), 1).</summary>
        public Tensor Hardsigmoid() => UnaryOps.Hardsigmoid.Run(x);

        /// <summary>x min(max(x / 6 + 1/2, 0), 1).</summary>
        public Tensor Hardswish() => UnaryOps.Hardswish.Run(x);

        /// <summary>min(max(x, low), high); the gradient is zero at and beyond both.</summary>
        public Tensor Hardtanh(double low = -1, double high = 1) => UnaryOps.Hardtanh.Run(x, new Hardtanh(low, high));

        /// <summary>x above zero, slope · x below.</summary>
        public Tensor LeakyRelu(double slope = 0.01) => UnaryOps.LeakyRelu.Run(x, new LeakyRelu(slope));

        /// <summary>The natural logarithm.</summary>
        public Tensor Log() => UnaryOps.Log.Run(x);

        /// <summary>ln(1 + x), without cancellation near zero.</summary>
        public Tensor Log1p() => UnaryOps.Log1p.Run(x);

        /// <summary>ln σ(x).</summary>
        public Tensor LogSigmoid() => UnaryOps.LogSigmoid.Run(x);

        /// <summary>x tanh(ln(1 + eˣ)).</summary>
        public Tensor Mish() => UnaryOps.Mish.Run(x);

        /// <summary>x above zero, w x below, for one slope w or one for each channel, the second dimension.</summary>
        /// <exception cref="ShapeException">There is neither one slope nor one for each channel.</exception>
        public Tensor PRelu(Tensor weight) => BinaryOps.PRelu.Run(x, PReluLayout.Along(x.Shape, weight));

        /// <summary>max(x, 0).</summary>
        public Tensor Relu() => UnaryOps.Relu.Run(x);

        /// <summary>min(max(x, 0), 6).</summary>
        public Tensor Relu6() => x.Hardtanh(0, 6);

        /// <summary>λ x above zero, λ α (eˣ - 1) below, with the λ and α that keep mean 0 and variance 1.</summary>
        public Tensor Selu() => UnaryOps.Selu.Run(x);

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        public Tensor Sigmoid() => UnaryOps.Sigmoid.Run(x);

        /// <summary>x / (1 + e⁻ˣ).</summary>
        public Tensor Silu() => UnaryOps.Silu.Run(x);

        public Tensor Sin() => UnaryOps.Sin.Run(x);

        /// <summary>log(1 + eˣ).</summary>
        public Tensor Softplus() => UnaryOps.Softplus.Run(x);

        /// <summary>x / (1 + |x|).</summary>
        public Tensor Softsign() => UnaryOps.Softsign.Run(x);

        public Tensor Sqrt() => UnaryOps.Sqrt.Run(x);

        /// <summary>x².</summary>
        public Tensor Square() => UnaryOps.Square.Run(x);

        public Tensor Tanh() => UnaryOps.Tanh.Run(x);

        /// <summary>One of the activation functions by its name.</summary>
        /// <param name="function">Which.</param>
        /// <param name="slope">For leaky relu: the slope below zero.</param>
        /// <param name="alpha">For ELU and CELU: α.</param>
        public Tensor Activate(ActivationFunction function, double slope = 0.01, double alpha = 1) => function switch
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
            ActivationFunction.Elu => x.Elu(alpha),
            ActivationFunction.Selu => x.Selu(),
            ActivationFunction.Celu => x.Celu(alpha),
            ActivationFunction.Mish => x.Mish(),
            ActivationFunction.Hardswish => x.Hardswish(),
            ActivationFunction.Hardsigmoid => x.Hardsigmoid(),
            ActivationFunction.Hardtanh => x.Hardtanh(),
            ActivationFunction.Softsign => x.Softsign(),
            ActivationFunction.LogSigmoid => x.LogSigmoid(),
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

/// <summary>How the slopes of <c>PRelu</c> are broadcast: along the second dimension.</summary>
internal static class PReluLayout
{
    public static Tensor Along(in Shape x, Tensor weight)
    {
        long channels = x.Rank < 2 ? 1 : x[1];
        if (weight.Rank != 1 || (weight.Count != 1 && weight.Count != channels))
            throw new ShapeException($"PRelu: one slope (1), or one for each of the {channels} channels of {x}, expected; given {weight.Shape}");
        if (weight.Count == 1 || x.Rank == 2)
            return weight;
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        sizes[..(x.Rank - 1)].Fill(1);
        sizes[0] = channels;
        return weight.Reshape(sizes[..(x.Rank - 1)]);
    }
}
