using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The cell's formulas stand with <see cref="LstmCell"/>; see <see cref="RecurrentOp"/>.</summary>
public sealed unsafe class LstmOp : RecurrentOp
{
    internal static readonly LstmOp Instance = new();

    public override string Name => "lstm";

    private protected override int Gates => 4;

    private protected override bool HasCell => true;

    private protected override bool CellAddsBias => true;

    private protected override void Cell<T>(in OpArgs a, T* gates, T* bias, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, long n, long size)
    {
        if (typeof(T) == typeof(double))
            LstmCell.Forward((double*)gates, (double*)bias, (double*)c, (double*)gates, (double*)nextC, (double*)nextH, n, size);
        else
            LstmCell.Forward(a.Workers, (float*)gates, (float*)bias, (float*)c, (float*)gates, (float*)nextC, (float*)nextH, n, size);
    }

    private protected override void CellBack<T>(in OpArgs a, T* gates, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, T* dh, T* dc, long n, long size)
    {
        if (typeof(T) == typeof(double))
            LstmCell.Backward((double*)gates, (double*)c, (double*)nextC, (double*)dh, (double*)dc, (double*)gates, (double*)dc, n, size);
        else
            LstmCell.Backward(a.Workers, (float*)gates, (float*)c, (float*)nextC, (float*)dh, (float*)dc, (float*)gates, (float*)dc, n, size);
    }

    public override IEnumerable<OpSample> Samples => SamplesOf(default);
}
