using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class SoftmaxTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_any_length_agree_on_all_paths(bool log)
    {
        foreach (int n in (int[])[.. KernelMemory.Lengths, 4097])
            Check(3, n, 1, log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_axis_gives_the_same_bits_wherever_it_lies(bool log)
    {
        const int outer = 2, n = 33, inner = 5;
        Check(outer, n, inner, log);
        float[] x = Widths.Normal(outer * n * inner, "x", 3), last = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
            last[Moved(i)] = x[i];
        float[] y = Forward(x, outer, n, inner, log), moved = Forward(last, outer * inner, n, 1, log);
        for (int i = 0; i < x.Length; i++)
            y[i].ShouldBe(moved[Moved(i)]);

        // (outer, n, inner) to (outer, inner, n).
        static int Moved(int i) => (i / (n * inner) * inner + i % inner) * n + i / inner % n;
    }

    private static void Check(int outer, int n, int inner, bool log)
    {
        int count = outer * n * inner;
        float[] x = Widths.Normal(count, "x", 3), dy = Widths.Normal(count, "dy");
        float[] y = Forward(x, outer, n, inner, log);
        double[] wide = new double[count], wideDx = new double[count];
        fixed (double* px = KernelMemory.Wide(x), py = wide)
            Softmax.Forward(px, py, outer, n, inner, log);
        KernelMemory.Close($"softmax of {outer}, {n}, {inner}", y, wide, 3e-7);
        if (!log)
        {
            for (int line = 0; line < outer * inner && n > 0; line++)
                Enumerable.Range(0, n).Sum(i => (double)y[(line / inner * n + i) * inner + line % inner]).ShouldBe(1, 1e-6);
        }
        float[] dx = KernelMemory.Agree($"softmax's gradient of {outer}, {n}, {inner}", memory =>
        {
            float* pd = memory.New<float>(count, 7);
            Softmax.Backward(Workers.Serial, memory.Put(y), memory.Put(dy), pd, outer, n, inner, log, Workspace(memory, outer, n, inner, backward: true));
            return KernelMemory.Read(pd, count);
        });
        fixed (double* py = wide, pd = KernelMemory.Wide(dy), px = wideDx)
            Softmax.Backward(py, pd, px, outer, n, inner, log);
        KernelMemory.Close($"softmax's gradient of {outer}, {n}, {inner}", dx, wideDx, 3e-6);
    }

    private static float[] Forward(float[] x, int outer, int n, int inner, bool log) => KernelMemory.Agree($"softmax of {outer}, {n}, {inner}", memory =>
    {
        float* y = memory.New<float>(x.Length, 7);
        Softmax.Forward(Workers.Serial, memory.Put(x), y, outer, n, inner, log, Workspace(memory, outer, n, inner, backward: false));
        return KernelMemory.Read(y, x.Length);
    });

    private static float* Workspace(KernelMemory memory, int outer, int n, int inner, bool backward)
    {
        long bytes = Softmax.WorkspaceBytes(outer, n, inner, backward);
        return bytes == 0 ? null : memory.New<float>(bytes / sizeof(float), float.NaN);
    }

    [Fact]
    public void Large_and_infinite_logits_do_not_overflow()
    {
        Forward([1e30f, 1e30f, -1e30f], 1, 3, 1, log: false).ShouldBe([0.5f, 0.5f, 0]);
        Forward([float.MaxValue, 0], 1, 2, 1, log: false).ShouldBe([1, 0]);
        Forward([float.NegativeInfinity, 2, 2], 1, 3, 1, log: false).ShouldBe([0, 0.5f, 0.5f]);
        Forward([float.NegativeInfinity, 2], 1, 2, 1, log: true).ShouldBe([float.NegativeInfinity, 0]);
        Forward([float.NegativeInfinity, float.NegativeInfinity], 1, 2, 1, log: false).ShouldAllBe(v => float.IsNaN(v));
        Forward([1, float.NaN, 2], 1, 3, 1, log: false).ShouldAllBe(v => float.IsNaN(v));
        Forward([1000, 0], 1, 2, 1, log: true).ShouldBe([0, -1000]);
    }

    [Fact]
    public void Log_sum_exp_is_the_infinity_that_the_maximum_is()
    {
        Of([0, 0]).ShouldBe((float)Math.Log(2), 1e-7f);
        Of([1e38f, 1e38f]).ShouldBe(1e38f);
        Of([float.NegativeInfinity]).ShouldBe(float.NegativeInfinity);
        Of([float.PositiveInfinity, 1]).ShouldBe(float.PositiveInfinity);
        Of([1, float.NaN]).ShouldBe(float.NaN);

        static float Of(float[] x) => KernelMemory.Agree("log-sum-exp", memory =>
        {
            float* y = memory.New<float>(1);
            Softmax.LogSumExp(Workers.Serial, memory.Put(x), y, 1, x.Length);
            return [*y];
        })[0];
    }
}
