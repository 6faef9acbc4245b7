using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Kernels of rows and lines: sums, norms, losses, order, tables, sequences and parameters.</summary>
public sealed unsafe class RowGuardTests
{
    private const double Eps = 1e-5;
    private const long Ignored = -100;

    private static readonly Workers s_serial = Workers.Serial;

    private static readonly GuardedKernel[] s_kernels =
    [
        new("sum of columns", (m, n) => Reduce.Run(s_serial, default(SumOf), new Reduction(1, 3, n), m.Values(3L * n), m.Result<float>(n))),
        new("sum of pieces", (m, n) => Reduce.Run(s_serial, default(SumOf), new Reduction(new Shape(2, 3, n), new Shape(2, 3, n).Contiguous(), 0b101), m.Values(6L * n), m.Result<float>(3))),
        new("sum of rows, many", (m, n) => Reduce.Run(s_serial, default(SumOf), new Reduction(n, 5, 1), m.Values(5L * n), m.Result<float>(n))),
        new("sum of everything", (m, n) => *m.Result<double>(1) = Reduce.Whole(s_serial, default(SquaresOf), m.Values(n), n, m.New<double>(Reduce.WholePartials(n)))),
        new("softmax, between", (m, n) => SoftmaxOf(m, 2, n, 3)),
        new("softmax, inner", (m, n) => SoftmaxOf(m, 1, 3, n)),
        new("softmax, outer", (m, n) => SoftmaxOf(m, n, 3, 1)),
        new("log-sum-exp", (m, n) => Softmax.LogSumExp(s_serial, m.Values(3L * n), m.Result<float>(3), 3, n)),
        new("log-sum-exp, rows", (m, n) => Softmax.LogSumExp(s_serial, m.Values(3L * n), m.Result<float>(n), n, 3)),
        new("cross-entropy, rows", (m, n) => Entropy(m, n, 5)),
        new("negative log-likelihood, rows", (m, n) => Likelihood(m, n, 5), Widths: false),
        new("negative log-likelihood, classes", (m, n) => Likelihood(m, 5, n), From: 1, Widths: false),
        new("temporal classification, steps", (m, n) => Temporal(m, n, Math.Min(n, 3)), Widths: false),
        new("temporal classification, labels", (m, n) => Temporal(m, Math.Min(n, 20), n), Widths: false),
        new("row norms, rows", (m, n) => RowNorms(m, n, 5)),
        new("row norms, columns", (m, n) => RowNorms(m, 3, n)),
        new("batch norm, samples", (m, n) => BatchNorms(m, n, 3, 2), From: 2),
        new("batch norm, channels", (m, n) => BatchNorms(m, 3, n, 2)),
        new("batch norm, space", (m, n) => BatchNorms(m, 3, 2, n), From: 1),
        new("group norm, samples", (m, n) => GroupNorms(m, n, 4, 3, 2)),
        new("group norm, one group", (m, n) => GroupNorms(m, 2, n, 3, 1), From: 1),
        new("group norm, each channel", (m, n) => GroupNorms(m, 2, n, 3, n), From: 1),
        new("group norm, space", (m, n) => GroupNorms(m, 2, 4, n, 2), From: 1),
        new("extremum, line", (m, n) => Extrema(m, 3, n, 1), From: 1, Widths: false),
        new("extremum, inner", (m, n) => Extrema(m, 2, 3, n), Widths: false),
        new("scans, line", (m, n) => Scans(m, 3, n, 2), Widths: false),
        new("scans, inner", (m, n) => Scans(m, 2, 3, n), Widths: false),
        new("order, line", (m, n) => Order(m, 2, n, 2), Widths: false),
        new("order, inner", (m, n) => Order(m, 2, 3, n), Widths: false),
        new("moves by index, line", (m, n) => Moves(m, new Shape(3, n, 2), new Shape(2, 5, 2)), From: 1, Widths: false),
        new("moves by index, inner", (m, n) => Moves(m, new Shape(2, 4, n), new Shape(2, 3, n)), Widths: false),
        new("embedding, ids", (m, n) => Ids(m, n, 5, 17)),
        new("embedding, rows", (m, n) => Ids(m, 6, n, 17), From: 1),
        new("sequence mean, width", (m, n) => Means(m, 3, n)),
        new("sequence mean, sequences", (m, n) => Means(m, n, 5)),
        new("rotary, pairs", (m, n) => Turn(m, 2, n)),
        new("rotary, rows", (m, n) => Turn(m, n, 3)),
        new("LSTM, batch", (m, n) => Lstm(m, n, 3)),
        new("LSTM, size", (m, n) => Lstm(m, 2, n)),
        new("GRU, batch", (m, n) => Gru(m, n, 3)),
        new("GRU, size", (m, n) => Gru(m, 2, n)),
        new("table of parameters", Parameters),
    ];

    public static TheoryData<string> Names() => [.. s_kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_stays_inside_at_every_length(string name) => s_kernels.Single(k => k.Name == name).Check();

    private static void SoftmaxOf(KernelMemory memory, long outer, long n, long inner)
    {
        long count = outer * n * inner;
        foreach (bool log in (ReadOnlySpan<bool>)[false, true])
        {
            Softmax.Forward(s_serial, memory.Values(count), memory.Result<float>(count), outer, n, inner, log, (float*)memory.Scratch(Softmax.WorkspaceBytes(outer, n, inner, backward: false)));
            Softmax.Backward(s_serial, memory.Values(count), memory.Values(count), memory.Result<float>(count), outer, n, inner, log, (float*)memory.Scratch(Softmax.WorkspaceBytes(outer, n, inner, backward: true)));
        }
    }

    private static void Entropy(KernelMemory memory, long rows, long classes)
    {
        long count = rows * classes;
        float* x = memory.Values(count), p = memory.Positive(count), w = memory.Positive(classes), dy = memory.Values(rows);
        long* t = memory.Indices(rows, classes);
        float* saved = memory.New<float>(2 * rows, 7);
        CrossEntropy.Forward(s_serial, x, t, w, memory.Result<float>(rows), saved, rows, classes, Ignored, 0.1);
        CrossEntropy.Backward(s_serial, x, t, w, saved, dy, perRow: true, 1, memory.Result<float>(count), rows, classes, Ignored, 0.1);
        CrossEntropy.Forward(s_serial, x, p, w, memory.Result<float>(rows), saved, rows, classes, 0.1);
        CrossEntropy.Backward(s_serial, x, p, w, saved, dy, perRow: true, 1, memory.Result<float>(count), rows, classes, 0.1);
        *memory.Result<double>(1) = CrossEntropy.WeightSum(t, w, rows, Ignored) + CrossEntropy.FirstOutside(t, rows, classes, Ignored);
    }

    private static void Likelihood(KernelMemory memory, long rows, long classes)
    {
        float* x = memory.Values(rows * classes), w = memory.Positive(classes), dy = memory.Values(rows);
        long* t = memory.Indices(rows, classes);
        NegativeLogLikelihood.Forward(x, t, w, memory.Result<float>(rows), rows, classes, Ignored);
        NegativeLogLikelihood.Backward(t, w, dy, perRow: true, 1, memory.Result<float>(rows * classes), rows, classes, Ignored);
        FocalLikelihood.Forward(x, t, w, memory.Result<float>(rows), rows, classes, 2, Ignored);
        FocalLikelihood.Backward(x, t, w, dy, perRow: true, 1, memory.Result<float>(rows * classes), rows, classes, 2, Ignored);
    }

    private static void Temporal(KernelMemory memory, long steps, long labels)
    {
        const long batch = 2, classes = 3;
        float* x = memory.Values(steps * batch * classes), dx = memory.New<float>(steps * batch * classes);
        // No label twice in a row, so that as many steps as labels are enough.
        long* target = memory.New<long>(labels);
        for (long i = 0; i < labels; i++)
            target[i] = 1 + (i % 2);
        double* alpha = memory.New(Ctc.AlphaCount(steps, labels), double.NaN), beta = memory.New(2 * ((2 * labels) + 1), double.NaN);
        double loss = Ctc.Forward(x, 1, batch, classes, target, steps, labels, 0, alpha);
        Ctc.Backward(x, 1, batch, classes, target, steps, labels, 0, alpha, loss, 1, beta, dx);

        long* targets = memory.New<long>(batch * labels), inputLengths = memory.New<long>(batch), targetLengths = memory.New<long>(batch);
        for (long i = 0; i < batch * labels; i++)
            targets[i] = target[i % labels];
        for (long n = 0; n < batch; n++)
            (inputLengths[n], targetLengths[n]) = (steps, labels);
        var all = new CtcBatch<float> { X = x, Steps = steps, Batch = batch, Classes = classes, Targets = targets, Labels = labels, InputLengths = inputLengths, TargetLengths = targetLengths };
        double* losses = memory.Result<double>(batch), alphas = memory.New(batch * Ctc.AlphaCount(steps, labels), double.NaN), up = memory.New(batch, 1.0);
        all.Forward(s_serial, losses, alpha, kept: false);
        all.Forward(s_serial, losses, alphas, kept: true);
        all.Backward(s_serial, losses, alphas, up, beta, dx);
    }

    private static void RowNorms(KernelMemory memory, long rows, long columns)
    {
        long count = rows * columns;
        float* x = memory.Values(count), dy = memory.Values(count), gamma = memory.Values(columns), beta = memory.Values(columns);
        foreach (bool centred in (ReadOnlySpan<bool>)[true, false])
        {
            float* mean = centred ? memory.Result<float>(rows) : null, rstd = memory.Result<float>(rows);
            RowNorm.Forward(s_serial, x, gamma, beta, memory.Result<float>(count), mean, rstd, rows, columns, Eps);
            RowNorm.BackwardInput(s_serial, x, gamma, mean, rstd, dy, memory.Result<float>(count), rows, columns);
            RowNorm.BackwardParameters(s_serial, x, mean, rstd, dy, memory.Result<float>(columns), memory.Result<float>(columns), rows, columns);
        }
    }

    private static void BatchNorms(KernelMemory memory, long n, long channels, long space)
    {
        long count = n * channels * space;
        float* x = memory.Values(count), mean = memory.Result<float>(channels), rstd = memory.Result<float>(channels), gamma = memory.Values(channels);
        BatchNorm.ForwardOfBatch(s_serial, x, mean, rstd, memory.Values(channels), memory.Positive(channels), gamma, memory.Values(channels), memory.Result<float>(count), n, channels, space, 0.1, Eps);
        BatchNorm.Forward(s_serial, x, mean, rstd, gamma, memory.Values(channels), memory.Result<float>(count), n, channels, space);
        BatchNorm.Backward(s_serial, x, mean, rstd, gamma, memory.Values(count), memory.Result<float>(count), memory.Result<float>(channels), memory.Result<float>(channels),
            memory.New(2 * channels, float.NaN), n, channels, space, training: true);
        BatchNorm.RunningRstd(memory.Positive(channels), memory.Result<float>(channels), channels, Eps);
    }

    private static void GroupNorms(KernelMemory memory, long n, long channels, long space, long groups)
    {
        long count = n * channels * space;
        float* x = memory.Values(count), mean = memory.Result<float>(n * groups), rstd = memory.Result<float>(n * groups), gamma = memory.Values(channels);
        GroupNorm.Forward(s_serial, x, gamma, memory.Values(channels), memory.Result<float>(count), mean, rstd, n, channels, space, groups, Eps);
        GroupNorm.Backward(s_serial, x, mean, rstd, gamma, memory.Values(count), memory.Result<float>(count), memory.Result<float>(channels), memory.Result<float>(channels),
            memory.Scratch(GroupNorm.ScratchBytes(n, channels, space)), n, channels, space, groups);
    }

    private static void Extrema(KernelMemory memory, long outer, long n, long inner)
    {
        long* index = memory.Result<long>(outer * inner);
        Extremum.Find(s_serial, memory.Values(outer * n * inner), index, memory.Result<float>(outer * inner), outer, n, inner, greatest: true);
        Extremum.Backward(s_serial, memory.Values(outer * inner), index, memory.Result<float>(outer * n * inner), outer, n, inner);
    }

    private static void Scans(KernelMemory memory, long outer, long n, long inner)
    {
        long count = outer * n * inner;
        float* x = memory.Values(count);
        Scan.Sum(s_serial, x, memory.Result<float>(count), outer, n, inner);
        Scan.Sum(s_serial, x, memory.Result<float>(count), outer, n, inner, reverse: true);
        Scan.Product(s_serial, x, memory.Result<float>(count), outer, n, inner);
        Scan.ProductBackward(s_serial, x, memory.Values(count), memory.Result<float>(count), outer, n, inner);
    }

    private static void Order(KernelMemory memory, long outer, long n, long inner)
    {
        long count = outer * n * inner;
        float* x = memory.Values(count);
        Sort.Run(s_serial, x, memory.Result<float>(count), memory.Result<long>(count), outer, n, inner, descending: true, memory.Scratch(Sort.WorkspaceBytes(outer, n, inner)));
        foreach (long k in (ReadOnlySpan<long>)[n / 2, n])
            TopK.Run(s_serial, x, memory.Result<float>(outer * k * inner), memory.Result<long>(outer * k * inner), outer, n, inner, k, greatest: true, memory.Scratch(TopK.WorkspaceBytes(outer, k, inner)));
    }

    private static void Moves(KernelMemory memory, Shape x, Shape index)
    {
        long* ids = memory.Indices(index.Count, x[1]), shared = memory.Indices(index[1], x[1]);
        float* from = memory.Values(x.Count), elements = memory.Values(index.Count), to = memory.Values(x.Count);
        IndexMove.Run<float, IndexPick<float>>(s_serial, x, index, 1, ids, shared: false, from, memory.Result<float>(index.Count));
        IndexMove.Run<float, IndexPick<float>>(s_serial, x, index, 1, shared, shared: true, from, memory.Result<float>(index.Count));
        IndexMove.Run<float, IndexAdd<float>>(s_serial, x, index, 1, ids, shared: false, to, elements);
        IndexMove.Run<float, IndexPut<float>>(s_serial, x, index, 1, ids, shared: false, to, elements);
        IndexMove.Run<float, IndexClear<float>>(s_serial, x, index, 1, ids, shared: false, to, elements);
        long rows = index[1], bytes = x[2] * sizeof(float);
        Embedding.Select(s_serial, (byte*)from, shared, (byte*)memory.Result<float>(x[0] * rows * x[2]), x[0], x[1], rows, bytes);
    }

    private static void Ids(KernelMemory memory, long count, long rows, long width)
    {
        long* ids = memory.Indices(count, rows);
        float* dtable = memory.New<float>(rows * width);
        Embedding.Forward(s_serial, memory.Values(rows * width), ids, memory.Result<float>(count * width), count, width);
        Embedding.Backward(s_serial, memory.Values(count * width), ids, dtable, count, width);
        Embedding.OneHot(s_serial, ids, memory.Result<float>(count * rows), count, rows);
        *memory.Result<long>(1) = Embedding.FirstOutside(ids, count, rows);
    }

    private static void Means(KernelMemory memory, long sequences, long width)
    {
        long* spans = memory.New<long>(4 * sequences);
        long rows = 0;
        for (long b = 0; b < sequences; b++)
        {
            (spans[(4 * b) + 2], spans[(4 * b) + 3]) = (rows, b % 4);
            rows += b % 4;
        }
        SequenceMean.Forward(s_serial, memory.Values(rows * width), spans, memory.Result<float>(sequences * width), sequences, width, 2);
        SequenceMean.Backward(memory.Values(sequences * width), spans, memory.Result<float>(rows * width), sequences, width, 2, rows);
    }

    // Two heads that turn and one that does not; the last of a head's elements stays.
    private static void Turn(KernelMemory memory, long rows, int half)
    {
        int headDim = (2 * half) + 1, width = 3 * headDim;
        double* frequencies = memory.New<double>(half, 0.3);
        float* table = memory.Result<float>(2 * rows * half), x = memory.Values(rows * width);
        Rotary.Table(s_serial, memory.Indices(rows, 100), frequencies, table, rows, half);
        foreach (bool interleaved in (ReadOnlySpan<bool>)[false, true])
            Rotary.Turn(s_serial, x, width, table, memory.Result<float>(rows * width), rows, width, 2, headDim, half, interleaved, back: true);
    }

    private static void Lstm(KernelMemory memory, long batch, long size)
    {
        long count = batch * size;
        float* gates = memory.Result<float>(4 * count), cell = memory.Values(count), nextCell = memory.Result<float>(count);
        LstmCell.Forward(s_serial, memory.Values(4 * count), memory.Values(4 * size), cell, gates, nextCell, memory.Result<float>(count), batch, size);
        LstmCell.Backward(s_serial, gates, cell, nextCell, memory.Values(count), memory.Values(count), memory.Result<float>(4 * count), memory.Result<float>(count), batch, size);
    }

    private static void Gru(KernelMemory memory, long batch, long size)
    {
        long count = batch * size;
        float* hidden = memory.Values(3 * count), state = memory.Values(count), gates = memory.Result<float>(3 * count);
        GruCell.Forward(s_serial, memory.Values(3 * count), hidden, state, gates, memory.Result<float>(count), batch, size);
        GruCell.Backward(s_serial, gates, hidden, state, memory.Values(count), memory.Result<float>(3 * count), memory.Result<float>(3 * count), memory.Result<float>(count), batch, size);
    }

    private static void Parameters(KernelMemory memory, int n)
    {
        long[] counts = [n, 3, 0, n];
        var table = new ParameterTable(counts);
        AdamStep* steps = memory.New(counts.Length, new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, false, false, 3));
        for (int i = 0; i < counts.Length; i++)
            table.Rows[i] = new ParameterRow { P = memory.Values(counts[i]), G = memory.Values(counts[i]), A = memory.Values(counts[i]), B = memory.Positive(counts[i]) };
        *memory.Result<double>(1) = table.SquaredGradients(s_serial);
        table.MapGradients(s_serial, default(Negate));
        table.Step(s_serial, steps);
    }
}
