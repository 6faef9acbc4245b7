using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Ops;

/// <summary>
/// One recurrent layer over all steps: the input's part of the gates is one product over (T·N, in); then each step
/// adds the hidden part, by weights that are packed once, and runs the cell. Inputs x (T, N, in), h₀ (N, H), [c₀ (N, H)], W_ih (G·H, in), W_hh (G·H, H),
/// [b_ih, b_hh (G·H)], [lengths (N) in I64]; results y (T, N, H), h_T (N, H), [c_T (N, H)]. Backward runs the cells in reverse and then makes
/// dx, dW and db of all steps by one product each (Werbos, 1990: through time).
/// </summary>
public abstract unsafe partial class RecurrentOp : Op
{
    private protected abstract int Gates { get; }

    private protected virtual bool HasCell => false;

    /// <summary>Does the cell's backward need the hidden part of the gates again.</summary>
    private protected virtual bool KeepsHiddenPart => false;

    /// <summary>Does the cell add the two biases, which are one where the hidden part is not kept; else a product does.</summary>
    private protected virtual bool CellAddsBias => false;

    /// <summary>Does a part of the state's gradient go past W_hh.</summary>
    private protected virtual bool PassesState => false;

    /// <summary>Is the gradient of the gates' two parts different.</summary>
    private protected virtual bool SplitGradient => false;

    /// <summary>
    /// One step. <paramref name="gates"/> holds the sum of both parts, or the input's where the hidden part is kept, and takes
    /// what backward needs. <paramref name="bias"/> is null unless <see cref="CellAddsBias"/>.
    /// </summary>
    private protected abstract void Cell<T>(in OpArgs a, T* gates, T* bias, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, long n, long size) where T : unmanaged;

    /// <summary>
    /// One step back. <paramref name="gates"/> becomes the gradient of the input's part, <paramref name="hiddenPart"/>
    /// of the hidden part where they differ; <paramref name="dc"/> becomes the cell's gradient one step earlier, and
    /// <paramref name="dh"/>, the gradient of the step's result, that part of the state's that goes past W_hh where there is one.
    /// </summary>
    private protected abstract void CellBack<T>(in OpArgs a, T* gates, T* hiddenPart, T* h, T* c, T* nextH, T* nextC, T* dh, T* dc, long n, long size) where T : unmanaged;

    private protected readonly record struct Sizes(long Steps, long Batch, long Input, long Hidden, long Gates)
    {
        public long Rows => Steps * Batch;

        public long GateRow => Gates * Hidden;

        public long StepGates => Batch * GateRow;

        public long StepHidden => Batch * Hidden;
    }

    /// <summary>Is the last input the sequences' lengths.</summary>
    internal readonly record struct Use(bool HasLengths);

    private static long* Lengths(in OpArgs a) => a.Attributes<Use>().HasLengths ? a.Inputs[^1].I64 : null;

    private int WeightIndex => HasCell ? 3 : 2;

    private protected Sizes Of(in Shape x, in Shape h) => new(x[0], x[1], x[2], h[1], Gates);

    public override void Infer(ref OpShapes s)
    {
        bool hasLengths = s.Attributes<Use>().HasLengths;
        FloatPair.Check(Name, hasLengths ? s.Inputs[..^1] : s.Inputs);
        (Shape x, Shape h) = (s.Inputs[0].Shape, s.Inputs[1].Shape);
        if (x.Rank != 3 || h.Rank != 2 || h[0] != x[1])
            throw new ShapeException($"{Name}: an input (T, N, in) and a state (N, H) expected, given {x} and {h}");
        if (hasLengths && (s.Inputs[^1].DType != DType.I64 || s.Inputs[^1].Shape != new Shape(x[1])))
            throw new ShapeException($"{Name}: lengths ({x[1]}) in I64 expected, given {s.Inputs[^1].DType} {s.Inputs[^1].Shape}");
        Sizes z = Of(x, h);
        Expect(ref s, WeightIndex, new Shape(z.GateRow, z.Input));
        Expect(ref s, WeightIndex + 1, new Shape(z.GateRow, z.Hidden));
        DType type = s.Inputs[0].DType;
        s.Output(type, new Shape(z.Steps, z.Batch, z.Hidden));
        s.Output(type, h);
        if (HasCell)
            s.Output(type, h);
        s.Save(type, new Shape(z.Steps, z.Batch, z.GateRow));
        if (HasCell)
            s.Save(type, new Shape(z.Steps, z.Batch, z.Hidden));
        if (KeepsHiddenPart)
            s.Save(type, new Shape(z.Steps, z.Batch, z.GateRow));
        int size = type.Size();
        s.Workspace = Scratch(z, s.Workers, forward: true) + 256;
        s.UnsavedWorkspace = z.Rows * (((KeepsHiddenPart ? 2 : 1) * z.GateRow) + (HasCell ? z.Hidden : 0)) * size;
        s.BackwardWorkspace = Scratch(z, s.Workers, forward: false) + ((hasLengths ? 4 : 2) * z.StepHidden * size) + 256;
    }

    private static void Expect(ref OpShapes s, int input, Shape shape)
    {
        if (s.Inputs[input].Shape != shape)
            throw new ShapeException($"recurrent weight {input}: {shape} expected, given {s.Inputs[input].Shape}");
    }

    private static long Scratch(Sizes z, Workers workers, bool forward) =>
        Products(z, workers, forward) + PackedMatrixBytes(z, forward) + (forward ? BiasBytes(z) : 0);

    private static long BiasBytes(Sizes z) => Aligned(z.GateRow * sizeof(double));

    private static long PackedMatrixBytes(Sizes z, bool forward) =>
        Aligned(forward ? PackedMatrix.Bytes((nint)z.GateRow, (nint)z.Hidden) : PackedMatrix.Bytes((nint)z.Hidden, (nint)z.GateRow));

    private static long Products(Sizes z, Workers workers, bool forward)
    {
        (nint rows, nint n, nint g, nint h, nint i) = ((nint)z.Rows, (nint)z.Batch, (nint)z.GateRow, (nint)z.Hidden, (nint)z.Input);
        long bytes = forward
            ? Math.Max(Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(rows, g, i, workers), Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(n, g, h, workers))
            : Math.Max(
                Math.Max(Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(rows, i, g, workers), Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(g, i, rows, workers)),
                Math.Max(Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(n, h, g, workers), Math.Max(
                    Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(g, h, rows, workers), Sarsen.Tensors.Kernels.MatMul.WorkspaceBytes(g, h, n, workers))));
        return Aligned(bytes);
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63L;

    public override void Check(in OpArgs a)
    {
        if (a.Attributes<Use>().HasLengths)
            IndexRange.Check(Name, a.Inputs[^1], a.Inputs[0].Shape[0] + 1);
    }

    public override void Forward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Forward<double>(a);
        else
            Forward<float>(a);
    }

    public override void Backward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Backward<double>(a);
        else
            Backward<float>(a);
    }

    private void Forward<T>(in OpArgs a) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Sizes z = Of(a.Inputs[0].Shape, a.Inputs[1].Shape);
        int w = WeightIndex;
        long* lengths = Lengths(a);
        bool bias = a.Inputs.Length - (lengths is null ? 0 : 1) > w + 2;
        T* y = (T*)a.Outputs[0].Data;
        byte* gemm = a.Workspace;
        T* free = (T*)(a.Workspace + Scratch(z, a.Workers, forward: true));
        T* gates = a.Saved.IsEmpty ? Take(ref free, z.Rows * z.GateRow) : (T*)a.Saved[0].Data;
        T* cells = !HasCell ? null : a.Saved.IsEmpty ? Take(ref free, z.Rows * z.Hidden) : (T*)a.Saved[1].Data;
        T* hiddenParts = !KeepsHiddenPart ? null : a.Saved.IsEmpty ? Take(ref free, z.Rows * z.GateRow) : (T*)a.Saved[^1].Data;
        T* packed = a.PackedHidden is null
            ? Typed.Pack(a.Workers, (T*)a.Inputs[w + 1].Data, transposed: true, z.GateRow, z.Hidden, gemm + Products(z, a.Workers, forward: true))
            : (T*)a.PackedHidden;
        T* inputBias = bias ? (T*)a.Inputs[w + 2].Data : null, hiddenBias = bias ? (T*)a.Inputs[w + 3].Data : null, cellBias = null;
        if (bias && !KeepsHiddenPart)
        {
            T* sum = (T*)(gemm + Scratch(z, a.Workers, forward: true) - BiasBytes(z));
            for (long j = 0; j < z.GateRow; j++)
                sum[j] = inputBias[j] + hiddenBias[j];
            inputBias = CellAddsBias ? null : sum;
            hiddenBias = null;
            cellBias = CellAddsBias ? sum : null;
        }

        var inputPart = new MatMulArgs<T>((T*)a.Inputs[0].Data, (T*)a.Inputs[w].Data, gates, (nint)z.Rows, (nint)z.GateRow, (nint)z.Input, transposeB: true)
        {
            PackedB = (T*)a.PackedInput,
        };
        Typed.MatMul(a.Workers, inputPart, inputBias, gemm); // (T·N, G·H)
        for (long t = 0; t < z.Steps; t++)
        {
            T* h = t == 0 ? (T*)a.Inputs[1].Data : y + (t - 1) * z.StepHidden;
            T* c = !HasCell ? null : t == 0 ? (T*)a.Inputs[2].Data : cells + (t - 1) * z.StepHidden;
            T* step = gates + t * z.StepGates, hidden = KeepsHiddenPart ? hiddenParts + t * z.StepGates : null;
            var hiddenPart = new MatMulArgs<T>(h, (T*)a.Inputs[w + 1].Data, KeepsHiddenPart ? hidden : step, (nint)z.Batch, (nint)z.GateRow, (nint)z.Hidden, transposeB: true)
            {
                PackedB = packed,
                Accumulate = !KeepsHiddenPart,
            };
            Typed.MatMul(a.Workers, hiddenPart, hiddenBias, gemm); // (N, G·H)
            Cell(a, step, cellBias, hidden, h, c, y + t * z.StepHidden, HasCell ? cells + t * z.StepHidden : null, z.Batch, z.Hidden);
            if (lengths is null)
                continue;
            RecurrentLengths.CopyEnded(lengths, t, z.Batch, z.Hidden, h, y + t * z.StepHidden);
            if (HasCell)
                RecurrentLengths.CopyEnded(lengths, t, z.Batch, z.Hidden, c, cells + t * z.StepHidden);
        }
        Typed.Copy(z.Steps == 0 ? (T*)a.Inputs[1].Data : y + (z.Steps - 1) * z.StepHidden, (T*)a.Outputs[1].Data, z.StepHidden);
        if (HasCell)
            Typed.Copy(z.Steps == 0 ? (T*)a.Inputs[2].Data : cells + (z.Steps - 1) * z.StepHidden, (T*)a.Outputs[2].Data, z.StepHidden);
        for (long t = 0; t < z.Steps && lengths is not null; t++)
            RecurrentLengths.ClearEnded(lengths, t, z.Batch, z.Hidden, y + t * z.StepHidden);
    }

    private void Backward<T>(in OpArgs a) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Sizes z = Of(a.Inputs[0].Shape, a.Inputs[1].Shape);
        int w = WeightIndex;
        byte* gemm = a.Workspace;
        T* free = (T*)(a.Workspace + Scratch(z, a.Workers, forward: false));
        T* dh = Take(ref free, z.StepHidden);
        T* dc = Take(ref free, z.StepHidden);
        long* lengths = Lengths(a);
        T* heldH = lengths is null ? null : Take(ref free, z.StepHidden), heldC = lengths is null ? null : Take(ref free, z.StepHidden);
        // What forward saved becomes, step by step, the gradient of the gates: nobody reads it again.
        T* gates = (T*)a.Saved[0].Data;
        T* cells = HasCell ? (T*)a.Saved[1].Data : null;
        T* hiddenParts = KeepsHiddenPart ? (T*)a.Saved[^1].Data : null;
        T* y = (T*)a.Outputs[0].Data;
        T* weight = (T*)a.Inputs[w + 1].Data;
        T* packed = Typed.Pack(a.Workers, weight, transposed: false, z.Hidden, z.GateRow, gemm + Products(z, a.Workers, forward: false));

        Start(a.OutputGrads[1], dh, z.StepHidden);
        Start(HasCell ? a.OutputGrads[2] : default, dc, z.StepHidden);
        for (long t = z.Steps - 1; t >= 0; t--)
        {
            if (lengths is not null)
            {
                Typed.Copy(dh, heldH, z.StepHidden);
                Typed.Copy(dc, heldC, z.StepHidden);
            }
            if (!a.OutputGrads[0].IsNone)
                Typed.Add(a.Workers, dh, (T*)a.OutputGrads[0].Data + t * z.StepHidden, dh, z.StepHidden);
            T* h = t == 0 ? (T*)a.Inputs[1].Data : y + (t - 1) * z.StepHidden;
            T* c = !HasCell ? null : t == 0 ? (T*)a.Inputs[2].Data : cells + (t - 1) * z.StepHidden;
            T* step = gates + t * z.StepGates;
            T* hidden = KeepsHiddenPart ? hiddenParts + t * z.StepGates : null;
            CellBack(a, step, hidden, h, c, y + t * z.StepHidden, HasCell ? cells + t * z.StepHidden : null, dh, dc, z.Batch, z.Hidden);
            if (lengths is not null)
            {
                RecurrentLengths.ClearEnded(lengths, t, z.Batch, z.GateRow, step);
                if (SplitGradient)
                    RecurrentLengths.ClearEnded(lengths, t, z.Batch, z.GateRow, hidden);
            }
            var through = new MatMulArgs<T>(SplitGradient ? hidden : step, weight, dh, (nint)z.Batch, (nint)z.Hidden, (nint)z.GateRow) { PackedB = packed, Accumulate = PassesState };
            Typed.MatMul(a.Workers, through, null, gemm); // (N, H)
            if (lengths is null)
                continue;
            RecurrentLengths.CopyEnded(lengths, t, z.Batch, z.Hidden, heldH, dh);
            RecurrentLengths.CopyEnded(lengths, t, z.Batch, z.Hidden, heldC, dc);
        }
        Finish(a, z, gates, SplitGradient ? hiddenParts : gates, dh, dc, gemm);
    }

    private void Finish<T>(in OpArgs a, Sizes z, T* dInput, T* dHidden, T* dh, T* dc, byte* gemm) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int w = WeightIndex;
        T* y = (T*)a.Outputs[0].Data;
        if (!a.InputGrads[0].IsNone)
            Typed.MatMul(a.Workers, dInput, (T*)a.Inputs[w].Data, (T*)a.InputGrads[0].Data, z.Rows, z.Input, z.GateRow, false, false, false, gemm); // (T·N, in)
        if (!a.InputGrads[1].IsNone)
            Typed.Copy(dh, (T*)a.InputGrads[1].Data, z.StepHidden);
        if (HasCell && !a.InputGrads[2].IsNone)
            Typed.Copy(dc, (T*)a.InputGrads[2].Data, z.StepHidden);
        if (!a.InputGrads[w].IsNone)
            Typed.MatMul(a.Workers, dInput, (T*)a.Inputs[0].Data, (T*)a.InputGrads[w].Data, z.GateRow, z.Input, z.Rows, true, false, false, gemm); // (G·H, in)
        if (!a.InputGrads[w + 1].IsNone)
        {
            // The state before step 0 lies apart from those before the others.
            T* dw = (T*)a.InputGrads[w + 1].Data;
            Typed.MatMul(a.Workers, dHidden, (T*)a.Inputs[1].Data, dw, z.GateRow, z.Hidden, z.Steps == 0 ? 0 : z.Batch, true, false, false, gemm); // (G·H, H)
            if (z.Steps > 1)
                Typed.MatMul(a.Workers, dHidden + z.StepGates, y, dw, z.GateRow, z.Hidden, z.Rows - z.Batch, true, false, true, gemm);
        }
        if (a.Inputs.Length - (a.Attributes<Use>().HasLengths ? 1 : 0) <= w + 2)
            return;
        if (!a.InputGrads[w + 2].IsNone)
            Typed.SumRows(a.Workers, dInput, (T*)a.InputGrads[w + 2].Data, z.Rows, z.GateRow);
        if (!a.InputGrads[w + 3].IsNone)
            Typed.SumRows(a.Workers, dHidden, (T*)a.InputGrads[w + 3].Data, z.Rows, z.GateRow);
    }

    private static void Start<T>(in TensorView grad, T* to, long count) where T : unmanaged
    {
        if (grad.IsNone)
            Typed.Clear(to, count);
        else
            Typed.Copy((T*)grad.Data, to, count);
    }

    private static T* Take<T>(ref T* free, long count) where T : unmanaged
    {
        T* taken = free;
        free += count;
        return taken;
    }

    private protected IEnumerable<OpSample> SamplesOf(OpAttributes attributes)
    {
        (long t, long n, long i, long h) = (3, 2, 2, 3);
        SampleInput[] start = HasCell
            ? [new(new Shape(t, n, i)), new(new Shape(n, h)), new(new Shape(n, h))]
            : [new(new Shape(t, n, i)), new(new Shape(n, h))];
        SampleInput[] weights = [new(new Shape(Gates * h, i)), new(new Shape(Gates * h, h))];
        SampleInput[] biases = [new(new Shape(Gates * h)), new(new Shape(Gates * h))];
        yield return new OpSample("with biases", attributes, [.. start, .. weights, .. biases]);
        yield return new OpSample("without biases", attributes, [.. start, .. weights]);
        OpAttributes lengths = OpAttributes.Of(new Use(HasLengths: true));
        yield return new OpSample("by lengths", lengths, [.. start, .. weights, .. biases, SampleInput.Indices(new Shape(n), t + 1)]);
    }
}
