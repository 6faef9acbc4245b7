using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class NormTests
{
    private const double Eps = 1e-5;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Row_norms_of_any_width_agree_on_all_paths(bool centred)
    {
        foreach (int columns in (int[])[.. KernelMemory.Lengths.Where(n => n > 0), 4097])
        {
            CheckRows(1, columns, centred);
            CheckRows(3, columns, centred);
            CheckRows(columns, 3, centred);
        }
        // More than one stretch of a column's sum.
        foreach (int columns in KernelMemory.Corners.Where(n => n > 0))
            CheckRows(130, columns, centred);
    }

    private static void CheckRows(int rows, int columns, bool centred)
    {
        string what = $"{(centred ? "layer" : "RMS")} norm of {rows} x {columns}";
        int count = rows * columns;
        float[] x = Widths.Normal(count, "x", 2), dy = Widths.Normal(count, "dy"), gamma = Widths.Normal(columns, "gamma"), beta = Widths.Normal(columns, "beta");
        float[] all = KernelMemory.Agree(what, memory =>
        {
            float* px = memory.Put(x), pd = memory.Put(dy), pg = memory.Put(gamma), y = memory.New<float>(count, 7), dx = memory.New<float>(count, 7);
            float* mean = centred ? memory.New<float>(rows, 7) : null, rstd = memory.New<float>(rows, 7);
            float* dgamma = memory.New<float>(columns, 7), dbeta = memory.New<float>(columns, 7);
            RowNorm.Forward(Workers.Serial, px, pg, memory.Put(beta), y, mean, rstd, rows, columns, Eps);
            RowNorm.BackwardInput(Workers.Serial, px, pg, mean, rstd, pd, dx, rows, columns);
            RowNorm.BackwardParameters(Workers.Serial, px, mean, rstd, pd, dgamma, dbeta, rows, columns);
            return [.. KernelMemory.Read(y, count), .. KernelMemory.Read(dx, count), .. KernelMemory.Read(dgamma, columns), .. KernelMemory.Read(dbeta, columns)];
        });
        KernelMemory.Close(what, all, Reference(x, dy, gamma, beta, rows, columns, 1, groups: 1, centred, training: true), 2e-5);
    }

    [Fact]
    public void Batch_norm_agrees_on_all_paths_with_and_without_training()
    {
        foreach (int n in KernelMemory.Lengths.Where(n => n > 0))
        {
            CheckBatch(3, n, 1, training: true);
            CheckBatch(3, n, 2, training: false);
            CheckBatch(3, 2, n, training: true);
            CheckBatch(3, 2, n, training: false);
        }
        foreach (int channels in KernelMemory.Corners.Where(n => n is > 0 and < 40))
        {
            foreach (int space in (int[])[1, 2, 17, 33])
            {
                CheckBatch(6, channels, space, training: true);
                CheckBatch(6, channels, space, training: false);
            }
        }
        CheckBatch(300, 3, 1, training: true);
        CheckBatch(2, 2, 4100, training: true);
    }

    private static void CheckBatch(int n, int channels, int space, bool training)
    {
        string what = $"batch norm of {n}, {channels}, {space}, training {training}";
        int count = n * channels * space;
        float[] x = Widths.Normal(count, "x", 2), dy = Widths.Normal(count, "dy"), gamma = Widths.Normal(channels, "gamma"), beta = Widths.Normal(channels, "beta");
        float[] runningMean = Widths.Normal(channels, "mean"), runningVariance = [.. Widths.Normal(channels, "variance").Select(v => v * v + 0.1f)];
        float[] all = KernelMemory.Agree(what, memory =>
        {
            float* px = memory.Put(x), pd = memory.Put(dy), pg = memory.Put(gamma), y = memory.New<float>(count, 7), dx = memory.New<float>(count, 7);
            float* mean = memory.Put(runningMean), rstd = memory.New<float>(channels, 7), movedMean = memory.Put(runningMean), movedVariance = memory.Put(runningVariance);
            float* dgamma = memory.New<float>(channels, 7), dbeta = memory.New<float>(channels, 7), scratch = memory.New<float>(2 * channels, float.NaN);
            if (training)
                BatchNorm.ForwardOfBatch(Workers.Serial, px, mean, rstd, movedMean, movedVariance, pg, memory.Put(beta), y, n, channels, space, 0.1, Eps);
            else
            {
                BatchNorm.RunningRstd(movedVariance, rstd, channels, Eps);
                BatchNorm.Forward(Workers.Serial, px, mean, rstd, pg, memory.Put(beta), y, n, channels, space);
            }
            BatchNorm.Backward(Workers.Serial, px, mean, rstd, pg, pd, dx, dgamma, dbeta, scratch, n, channels, space, training);
            return
            [
                .. KernelMemory.Read(y, count), .. KernelMemory.Read(dx, count), .. KernelMemory.Read(dgamma, channels), .. KernelMemory.Read(dbeta, channels),
                .. KernelMemory.Read(movedMean, channels), .. KernelMemory.Read(movedVariance, channels),
            ];
        });
        double[] expected = Reference(x, dy, gamma, beta, n, channels, space, groups: 0, centred: true, training, runningMean, runningVariance);
        double[] means = KernelMemory.Wide(runningMean), variances = KernelMemory.Wide(runningVariance);
        for (int c = 0; c < channels && training; c++)
        {
            double[] own = [.. Enumerable.Range(0, count).Where(i => i / space % channels == c).Select(i => (double)x[i])];
            double mean = own.Average();
            means[c] = 0.9 * means[c] + 0.1 * mean;
            variances[c] = 0.9 * variances[c] + 0.1 * own.Sum(v => (v - mean) * (v - mean)) / (own.Length - 1);
        }
        KernelMemory.Close(what, all, [.. expected, .. means, .. variances], 2e-5);
    }

    [Fact]
    public void Group_norm_agrees_on_all_paths()
    {
        foreach ((int channels, int groups) in (ReadOnlySpan<(int, int)>)[(1, 1), (4, 2), (6, 3), (17, 17), (32, 4)])
        {
            foreach (int space in (int[])[1, 2, 17, 33])
                CheckGroups(3, channels, space, groups);
        }
        foreach (int n in KernelMemory.Lengths.Where(n => n > 0))
        {
            CheckGroups(2, n, 2, 1);
            // Two values a group would be almost all cancellation.
            CheckGroups(2, n, 5, n);
            CheckGroups(2, 4, n, 2);
        }
        CheckGroups(2, 2, 4100, 1);
    }

    private static void CheckGroups(int n, int channels, int space, int groups)
    {
        // One value a group has no variance, and a gradient that is all cancellation.
        if (channels / groups * space == 1)
            return;
        string what = $"group norm of {n}, {channels}, {space} in {groups}";
        int count = n * channels * space;
        float[] x = Widths.Normal(count, "x", 2), dy = Widths.Normal(count, "dy"), gamma = Widths.Normal(channels, "gamma"), beta = Widths.Normal(channels, "beta");
        float[] all = KernelMemory.Agree(what, memory =>
        {
            float* px = memory.Put(x), pg = memory.Put(gamma), y = memory.New<float>(count, 7), dx = memory.New<float>(count, 7);
            float* mean = memory.New<float>(n * groups, 7), rstd = memory.New<float>(n * groups, 7);
            byte* scratch = memory.Scratch(GroupNorm.ScratchBytes(n, channels, space));
            float* dgamma = memory.New<float>(channels, 7), dbeta = memory.New<float>(channels, 7);
            GroupNorm.Forward(Workers.Serial, px, pg, memory.Put(beta), y, mean, rstd, n, channels, space, groups, Eps);
            GroupNorm.Backward(Workers.Serial, px, mean, rstd, pg, memory.Put(dy), dx, dgamma, dbeta, scratch, n, channels, space, groups);
            return [.. KernelMemory.Read(y, count), .. KernelMemory.Read(dx, count), .. KernelMemory.Read(dgamma, channels), .. KernelMemory.Read(dbeta, channels)];
        });
        KernelMemory.Close(what, all, Reference(x, dy, gamma, beta, n, channels, space, groups, centred: true, training: true), 2e-5);
    }

    /// <summary>y, dx, dγ, dβ in f64; the statistics are computed, or given for batch norm without training.</summary>
    private static double[] Reference(float[] x, float[] dy, float[] gamma, float[] beta, long n, long channels, long space, long groups, bool centred,
        bool training, float[]? runningMean = null, float[]? runningVariance = null)
    {
        long statistics = groups == 0 ? channels : n * groups;
        double[] y = new double[x.Length], dx = new double[x.Length], dgamma = new double[channels], dbeta = new double[channels];
        double[] mean = new double[statistics], rstd = new double[statistics];
        fixed (double* px = KernelMemory.Wide(x), pd = KernelMemory.Wide(dy), pg = KernelMemory.Wide(gamma), pb = KernelMemory.Wide(beta))
        {
            fixed (double* py = y, pdx = dx, pdg = dgamma, pdb = dbeta, pm = mean, pr = rstd, scratch = new double[2 * statistics])
            {
                if (training)
                {
                    NormReference.Statistics(px, pm, pr, n, channels, space, groups, centred, Eps);
                }
                else
                {
                    for (int c = 0; c < channels; c++)
                        (pm[c], pr[c]) = (runningMean![c], 1 / Math.Sqrt(runningVariance![c] + Eps));
                }
                NormReference.Forward(px, pm, pr, pg, pb, py, n, channels, space, groups);
                NormReference.Backward(px, pm, pr, pg, pd, pdx, pdg, pdb, scratch, n, channels, space, groups, centred, training);
            }
        }
        return [.. y, .. dx, .. dgamma, .. dbeta];
    }

    [Fact]
    public void A_constant_row_becomes_the_bias_and_a_far_mean_costs_no_accuracy()
    {
        Layer([5, 5, 5, 5]).ShouldAllBe(v => v == 0);
        float[] far = Layer([10_001, 10_002, 10_003, 10_004]), near = Layer([1, 2, 3, 4]);
        for (int i = 0; i < 4; i++)
            far[i].ShouldBe(near[i], 1e-6f);
        Layer([float.NaN, 1, 2, 3]).ShouldAllBe(v => float.IsNaN(v));

        static float[] Layer(float[] x) => KernelMemory.Agree("layer norm", memory =>
        {
            float* y = memory.New<float>(x.Length);
            RowNorm.Forward(Workers.Serial, memory.Put(x), null, null, y, memory.New<float>(1), memory.New<float>(1), 1, x.Length, Eps);
            return KernelMemory.Read(y, x.Length);
        });
    }
}
