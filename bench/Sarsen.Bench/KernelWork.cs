using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench;

/// <summary>
/// A kernel on 512 rows of 384, as many numbers as fit a core's cache; batch norm on pictures (32, 64, 16, 16).
/// Results go to memory that is there, on both sides where the peer can.
/// </summary>
internal sealed unsafe class KernelWork : Work
{
    private const int Rows = 512, Columns = 384, Pictures = 32, Channels = 64, Pixels = 16 * 16;
    private const double Epsilon = 1e-5, Momentum = 0.1;

    private readonly Floats _x, _y = new(Math.Max(Rows * Columns, Pictures * Channels * Pixels), "y");
    private readonly Floats _gamma = new(Columns, "gamma"), _beta = new(Columns, "beta");
    private readonly Floats _mean = new(Rows, "mean"), _rstd = new(Rows, "rstd");
    private readonly Floats _runningMean = new(Channels, "running mean"), _runningVariance = new(Channels, "running variance");
    private readonly Action<KernelWork> _kernel;

    private KernelWork(Action<KernelWork> kernel)
    {
        _kernel = kernel;
        _x = new Floats(Math.Max(Rows * Columns, Pictures * Channels * Pixels), "x");
    }

    private static readonly (string Name, Action<KernelWork> Kernel)[] s_kernels =
    [
        ("exp", w => w.Unary<Exp>()),
        ("tanh", w => w.Unary<Tanh>()),
        ("erf", w => w.Unary<Erf>()),
        ("gelu", w => w.Unary<Gelu>()),
        ("softmax", w => Softmax.Forward(Workers.Shared, w._x.Pointer, w._y.Pointer, Rows, Columns, 1, log: false, null)),
        ("layernorm", w => RowNorm.Forward(Workers.Shared, w._x.Pointer, w._gamma.Pointer, w._beta.Pointer, w._y.Pointer, w._mean.Pointer, w._rstd.Pointer, Rows, Columns, Epsilon)),
        ("rmsnorm", w => RowNorm.Forward(Workers.Shared, w._x.Pointer, w._gamma.Pointer, null, w._y.Pointer, null, w._rstd.Pointer, Rows, Columns, Epsilon)),
        ("batchnorm", w => w.BatchNorm()),
    ];

    public static IReadOnlyList<string> Cases { get; } = [.. s_kernels.Select(k => k.Name)];

    public static KernelWork Of(string name) => new(s_kernels.First(k => k.Name == name).Kernel);

    public override void Run() => _kernel(this);

    private void Unary<TOp>() where TOp : struct, IUnaryOp =>
        Tensors.Kernels.Unary.Forward(Workers.Shared, default(TOp), _x.Pointer, _y.Pointer, Rows * Columns);

    private void BatchNorm()
    {
        Tensors.Kernels.BatchNorm.ForwardOfBatch(Workers.Shared, _x.Pointer, _mean.Pointer, _rstd.Pointer, _runningMean.Pointer, _runningVariance.Pointer, _gamma.Pointer, _beta.Pointer, _y.Pointer,
            Pictures, Channels, Pixels, Momentum, Epsilon);
    }

    public override void Dispose()
    {
        foreach (Floats floats in (Floats[])[_x, _y, _gamma, _beta, _mean, _rstd, _runningMean, _runningVariance])
            floats.Dispose();
    }
}
