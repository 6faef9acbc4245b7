using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class DropoutTests
{
    private static float[] Run(float[] x, int samples, double p, Rng rng, Workers? workers = null) => KernelMemory.Agree($"dropout of {x.Length}", memory =>
    {
        float* y = memory.New<float>(x.Length, 7);
        Dropout.Run(workers ?? Workers.Serial, rng, memory.Put(x), y, samples, samples == 0 ? 0 : x.Length / samples, p);
        return KernelMemory.Read(y, x.Length);
    });

    [Fact]
    public void Any_size_is_reached_and_both_types_have_one_mask()
    {
        var rng = new Rng(3, "dropout", 5);
        foreach (int size in KernelMemory.Lengths)
        {
            float[] x = [.. Enumerable.Range(1, 3 * size).Select(i => (float)i)];
            float[] y = Run(x, 3, 0.25, rng);
            double[] wide = new double[x.Length];
            fixed (double* px = KernelMemory.Wide(x), py = wide)
                Dropout.Run(rng, px, py, 3, size, 0.25);
            for (int i = 0; i < y.Length; i++)
            {
                (wide[i] == 0).ShouldBe(y[i] == 0);
                (y[i] == 0 || y[i] == x[i] * (float)(1 / 0.75)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void A_sample_has_the_mask_of_its_number_in_any_batch_and_on_any_thread()
    {
        float[] ones = new float[40 * 1000];
        Array.Fill(ones, 1);
        var rng = new Rng(3, "dropout", 5, 100);
        float[] whole = Run(ones, 40, 0.5, rng);
        Run(ones, 40, 0.5, rng, Workers.Shared).ShouldBe(whole);
        Run(ones[..3000], 3, 0.5, rng.AtSample(117)).ShouldBe(whole[17_000..20_000]);
        whole[..1000].ShouldNotBe(whole[1000..2000]);
    }

    [Fact]
    public void None_all_and_impossible_probabilities()
    {
        float[] x = Widths.Normal(30, "x");
        Run(x, 2, 0, new Rng(1, "d")).ShouldBe(x);
        Run(x, 2, 1, new Rng(1, "d")).ShouldAllBe(v => v == 0);
        Should.Throw<ArgumentOutOfRangeException>(() => Run(x, 2, 1.5, new Rng(1, "d")));
        Should.Throw<ArgumentOutOfRangeException>(() => Run(x, 2, double.NaN, new Rng(1, "d")));
        Should.Throw<ArgumentOutOfRangeException>(() => Run(x, 2, 0.5, new Rng(1, "d", 0, Rng.MaxIndex - 1)));
    }
}
