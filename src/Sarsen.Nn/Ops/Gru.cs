using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The cell's formulas stand with <see cref="GruCell"/>; see <see cref="RecurrentOp"/>.</summary>
public sealed unsafe class GruOp : RecurrentOp
{
    internal static readonly GruOp Instance = new();

    public override string Name => "gru";

    private protected override int Gates => 3;

    private protected override bool KeepsHiddenPart => true;

    private protected override bool SplitGradient => true;

    private protected override bool PassesState => true;

    private protected override void Cell<T>(in OpArgs a, T* gates, T* bias, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, long n, long size)
    {
        if (typeof(T) == typeof(double))
            GruCell.Forward((double*)gates, (double*)hiddenPart, (double*)h, (double*)gates, (double*)nextH, n, size);
        else
            GruCell.Forward(a.Workers, (float*)gates, (float*)hiddenPart, (float*)h, (float*)gates, (float*)nextH, n, size);
    }

    private protected override void CellBack<T>(in OpArgs a, T* gates, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, T* dh, T* dc, long n, long size)
    {
        // dc is free in a GRU: it takes the part of the state's gradient that goes past W_hh, which then is dh.
        if (typeof(T) == typeof(double))
            GruCell.Backward((double*)gates, (double*)hiddenPart, (double*)h, (double*)dh, (double*)gates, (double*)hiddenPart, (double*)dc, n, size);
        else
            GruCell.Backward(a.Workers, (float*)gates, (float*)hiddenPart, (float*)h, (float*)dh, (float*)gates, (float*)hiddenPart, (float*)dc, n, size);
        Typed.Copy(dc, dh, n * size);
    }

    public override IEnumerable<OpSample> Samples => SamplesOf(default);
}
