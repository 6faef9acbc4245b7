using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class CrossEntropyTests
{
    private const int Rows = 5;
    private const long Ignored = -100;

    /// <summary>Classes or probabilities, weights or none, smoothing or none, for every awkward number of classes.</summary>
    [Fact]
    public void Losses_and_gradients_agree_on_all_paths_and_with_the_reference()
    {
        foreach (int classes in KernelMemory.Lengths.Where(n => n > 0))
        {
            for (int kind = 0; kind < 8; kind++)
                Check(classes, soft: (kind & 1) != 0, weighted: (kind & 2) != 0, (kind & 4) != 0 ? 0.2 : 0);
        }
    }

    private static void Check(int classes, bool soft, bool weighted, double smoothing)
    {
        string what = $"{classes} classes, soft {soft}, weighted {weighted}, smoothing {smoothing}";
        float[] x = Widths.Normal(Rows * classes, "x", 4), w = [.. Widths.Normal(classes, "w").Select(Math.Abs)], dy = Widths.Normal(Rows, "dy");
        float[] p = [.. Widths.Normal(Rows * classes, "p").Select(v => Math.Abs(v) / classes)];
        long[] t = [.. Enumerable.Range(0, Rows).Select(i => i == 3 ? Ignored : i * 7L % classes)];
        float[] all = KernelMemory.Agree(what, memory =>
        {
            float* px = memory.Put(x), pw = weighted ? memory.Put(w) : null, pp = memory.Put(p), pd = memory.Put(dy);
            float* losses = memory.New<float>(Rows, 7), saved = memory.New<float>(2 * Rows, 7), dx = memory.New<float>(x.Length, 7), mean = memory.New<float>(x.Length, 7);
            long* pt = memory.Put(t);
            if (soft)
            {
                CrossEntropy.Forward(Workers.Serial, px, pp, pw, losses, saved, Rows, classes, smoothing);
                CrossEntropy.Backward(Workers.Serial, px, pp, pw, saved, pd, perRow: true, 1, dx, Rows, classes, smoothing);
                CrossEntropy.Backward(Workers.Serial, px, pp, pw, saved, pd, perRow: false, 0.25, mean, Rows, classes, smoothing);
            }
            else
            {
                CrossEntropy.Forward(Workers.Serial, px, pt, pw, losses, saved, Rows, classes, Ignored, smoothing);
                CrossEntropy.Backward(Workers.Serial, px, pt, pw, saved, pd, perRow: true, 1, dx, Rows, classes, Ignored, smoothing);
                CrossEntropy.Backward(Workers.Serial, px, pt, pw, saved, pd, perRow: false, 0.25, mean, Rows, classes, Ignored, smoothing);
            }
            return [.. KernelMemory.Read(losses, Rows), .. KernelMemory.Read(dx, x.Length), .. KernelMemory.Read(mean, x.Length)];
        });
        double[] expectedLosses = new double[Rows], expectedDx = new double[x.Length], expectedMean = new double[x.Length];
        fixed (double* px = KernelMemory.Wide(x), wideW = KernelMemory.Wide(w), wideP = KernelMemory.Wide(p), pd = KernelMemory.Wide(dy))
        {
            fixed (double* losses = expectedLosses, dx = expectedDx, mean = expectedMean)
            {
                fixed (long* pt = t)
                {
                    double* pw = weighted ? wideW : null, pp = soft ? wideP : null;
                    long* classesOrNone = soft ? null : pt;
                    CrossEntropyReference.Forward(px, classesOrNone, pp, pw, losses, Rows, classes, Ignored, smoothing);
                    CrossEntropyReference.Backward(px, classesOrNone, pp, pw, pd, perRow: true, 1, dx, Rows, classes, Ignored, smoothing);
                    CrossEntropyReference.Backward(px, classesOrNone, pp, pw, pd, perRow: false, 0.25, mean, Rows, classes, Ignored, smoothing);
                }
            }
        }
        KernelMemory.Close(what, all, [.. expectedLosses, .. expectedDx, .. expectedMean], 2e-6);
    }

    [Fact]
    public void Confident_answers_neither_overflow_nor_cancel()
    {
        (float right, float[] dRight) = One([200, -200, 0], 0);
        right.ShouldBe(0);
        dRight.ShouldBe([0, 0, 0]);
        (float wrong, float[] dWrong) = One([1e30f, 0, 0], 1);
        wrong.ShouldBe(1e30f);
        dWrong.ShouldBe([1, -1, 0]);
        One([float.NegativeInfinity, 0, 0], 0).Loss.ShouldBe(float.PositiveInfinity);
        One([float.NegativeInfinity, 0, 0], 1).Loss.ShouldBe((float)Math.Log(2), 1e-7f);
        One([float.NaN, 0, 0], 1).Loss.ShouldBe(float.NaN);

        static (float Loss, float[] Dx) One(float[] x, long target)
        {
            using var memory = new KernelMemory();
            float* px = memory.Put(x), loss = memory.New<float>(1), saved = memory.New<float>(2), dx = memory.New<float>(3);
            long* pt = memory.Put([target]);
            CrossEntropy.Forward(Workers.Serial, px, pt, null, loss, saved, 1, 3, Ignored, 0);
            CrossEntropy.Backward(Workers.Serial, px, pt, null, saved, memory.Put([1f]), perRow: false, 1, dx, 1, 3, Ignored, 0);
            return (*loss, KernelMemory.Read(dx, 3));
        }
    }

    [Fact]
    public void Classes_outside_are_found_and_weights_of_ignored_rows_do_not_count()
    {
        using var memory = new KernelMemory();
        long* t = memory.Put([0L, 2, Ignored, 1, 3, -1]);
        CrossEntropy.FirstOutside(t, 4, 3, Ignored).ShouldBe(-1);
        CrossEntropy.FirstOutside(t, 6, 3, Ignored).ShouldBe(4);
        CrossEntropy.FirstOutside(t, 6, 4, Ignored).ShouldBe(5);
        CrossEntropy.WeightSum(t, memory.Put([0.5f, 2, 8]), 4, Ignored).ShouldBe(10.5);
        CrossEntropy.WeightSum<float>(t, null, 4, Ignored).ShouldBe(3);
    }
}
