using System.Globalization;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench;

/// <summary>A product of f32 matrices, C (M, N) = A (M, K) · B (K, N), none of them packed beforehand.</summary>
internal sealed unsafe class GemmWork : Work
{
    private readonly Floats _a, _b, _c;
    private readonly NativeBuffer _workspace;
    private readonly MatMulArgs<float> _args;

    private GemmWork(nint m, nint k, nint n)
    {
        (_a, _b, _c) = (new Floats(m * k, "a"), new Floats(k * n, "b"), new Floats(m * n, "c"));
        _args = new MatMulArgs<float>(_a.Pointer, _b.Pointer, _c.Pointer, m, n, k);
        _workspace = NativeBuffer.Allocate(MatMul.WorkspaceBytes(m, n, k, Workers.Shared));
    }

    /// <summary>The cases: M = K = N, or M x K x N.</summary>
    public static IReadOnlyList<string> Cases { get; } = ["256", "512", "1024", "2048", "32x784x128", "64x4096x1024"];

    public static GemmWork Of(string name)
    {
        nint[] sizes = [.. name.Split('x').Select(part => nint.Parse(part, CultureInfo.InvariantCulture))];
        return sizes is [var m, var k, var n] ? new GemmWork(m, k, n) : new GemmWork(sizes[0], sizes[0], sizes[0]);
    }

    public override void Run() => MatMul.Run(_args, Workers.Shared, _workspace.Pointer);

    public override void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
        _workspace.Dispose();
    }
}
