using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>One step of each rule on every path; that twenty steps are PyTorch's is tested with the optimizers.</summary>
public unsafe class OptimizerStepTests
{
    [Fact]
    public void Sgd_agrees_on_all_paths()
    {
        Check(new SgdStep(0.1, 0, 0, 0.01, false, false));
        Check(new SgdStep(0.1, 0.9, 0.2, 0.01, false, true));
        Check(new SgdStep(0.1, 0.9, 0.2, 0, false, false));
        Check(new SgdStep(0.1, 0.9, 0, 0.01, true, false));
    }

    [Fact]
    public void Adam_agrees_on_all_paths()
    {
        Check(new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, false, false, 1));
        Check(new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, true, false, 17));
        Check(new AdamStep(0.01, 0.9, 0.999, 1e-8, 0, true, true, 1_000_000));
    }

    [Fact]
    public void RmsProp_agrees_on_all_paths()
    {
        Check(new RmsPropStep(0.01, 0.99, 1e-8, 0.1, 0, false));
        Check(new RmsPropStep(0.01, 0.9, 1e-8, 0, 0.5, false));
        Check(new RmsPropStep(0.01, 0.9, 1e-8, 0, 0, true));
        Check(new RmsPropStep(0.01, 0.9, 1e-8, 0.1, 0.5, true));
    }

    [Fact]
    public void Adagrad_and_Adadelta_agree_on_all_paths()
    {
        Check(new AdagradStep(0.01, 0.1, 1e-10, 0.1, 5));
        Check(new AdadeltaStep(1, 0.9, 1e-6, 0.1));
    }

    [Fact]
    public void Adams_kin_agree_on_all_paths()
    {
        double product = 0.4;
        Check(new AdamaxStep(0.01, 0.9, 0.999, 1e-8, 0.1, 3));
        Check(new NAdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, 4e-3, 3, ref product));
        Check(new RAdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, 2));
        Check(new RAdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, 20));
    }

    [Fact]
    public void Lion_and_averages_agree_on_all_paths()
    {
        Check(new LionStep(0.01, 0.9, 0.99, 0.1));
        Check(new AverageStep(0.99));
    }

    /// <summary>A step over all parameters at once has the bits of a step on each, and passes over those without a gradient.</summary>
    [Fact]
    public void A_table_of_parameters_is_stepped_as_each_alone()
    {
        int[] counts = [1, 64, 20_000, 0, 17, 5000, 4096, 40_001];
        double[][] wide = [.. counts.Select((n, i) => KernelMemory.Wide(Widths.Normal(n, $"g {i}")))];
        using var memory = new KernelMemory();
        var table = new ParameterTable([.. counts.Select(n => (long)n)]);
        var steps = new AdamStep[counts.Length];
        float[][] expected = new float[counts.Length][];
        double squares = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            int n = counts[i];
            float[] p = Widths.Normal(n, $"p {i}"), g = Widths.Normal(n, $"g {i}");
            steps[i] = new AdamStep(0.01 * (i + 1), 0.9, 0.999, 1e-8, 0.1, true, false, i + 1);
            table.Rows[i] = new ParameterRow { P = memory.Put(p), G = i == 5 ? null : memory.Put(g), A = memory.New<float>(n, 0.1f), B = memory.New<float>(n, 0.2f) };
            float* alone = memory.Put(p);
            if (i != 5)
                OptimizerStep.Run(Workers.Serial, steps[i], alone, memory.Put(g), memory.New<float>(n, 0.1f), memory.New<float>(n, 0.2f), null, n);
            expected[i] = KernelMemory.Read(alone, n);
            squares += i == 5 ? 0 : wide[i].Sum(v => v * v);
        }
        table.SquaredGradients(Workers.Shared).ShouldBe(squares, 1e-9 * squares);
        table.SquaredGradients(Workers.Serial).ShouldBe(table.SquaredGradients(Workers.Shared));
        fixed (AdamStep* at = steps)
            table.Step(Workers.Shared, at);
        table.MapGradients(Workers.Shared, default(Negate));
        for (int i = 0; i < counts.Length; i++)
        {
            KernelMemory.Read(table.Rows[i].P, counts[i]).ShouldBe(expected[i], $"parameter {i}");
            if (i != 5)
                KernelMemory.Wide(KernelMemory.Read(table.Rows[i].G, counts[i])).ShouldBe([.. wide[i].Select(v => -v)]);
        }
    }

    private static void Check<TStep>(TStep step) where TStep : struct, IOptimizerStep
    {
        foreach (int n in KernelMemory.Lengths)
        {
            string what = $"{typeof(TStep).Name} of {n}";
            float[] p = Widths.Normal(n, "p"), g = Widths.Normal(n, "g"), a = [.. Widths.Normal(n, "a").Select(Math.Abs)];
            float[] b = [.. Widths.Normal(n, "b").Select(v => v * v + 0.5f)], c = [.. Widths.Normal(n, "c").Select(v => 0.1f * v)];
            // What a rule does not have as a state is not touched: it may be absent.
            float[] all = KernelMemory.Agree(what, memory =>
            {
                float* pp = memory.Put(p), pa = step.States > 0 ? memory.Put(a) : null, pb = step.States > 1 ? memory.Put(b) : null, pc = step.States > 2 ? memory.Put(c) : null;
                OptimizerStep.Run(Workers.Serial, step, pp, memory.Put(g), pa, pb, pc, n);
                float[] results = KernelMemory.Read(pp, n);
                if (step.States > 0)
                    results = [.. results, .. KernelMemory.Read(pa, n)];
                if (step.States > 1)
                    results = [.. results, .. KernelMemory.Read(pb, n)];
                return step.States > 2 ? [.. results, .. KernelMemory.Read(pc, n)] : results;
            });
            double[] wp = KernelMemory.Wide(p), wa = KernelMemory.Wide(a), wb = KernelMemory.Wide(b), wc = KernelMemory.Wide(c);
            fixed (double* pp = wp, pg = KernelMemory.Wide(g), pa = wa, pb = wb, pc = wc)
                OptimizerStep.Run(step, pp, pg, pa, pb, pc, n);
            double[][] states = [wa, wb, wc];
            KernelMemory.Close(what, all, [.. wp, .. states[..step.States].SelectMany(s => s)], 2e-6);
        }
    }

    [Fact]
    public void A_gradient_of_zero_moves_nothing_and_NaN_stays_where_it_is()
    {
        float[] p = Widths.Normal(20, "p"), g = new float[20];
        g[7] = float.NaN;
        float[] moved = KernelMemory.Agree("Adam", memory =>
        {
            float* pp = memory.Put(p);
            OptimizerStep.Run(Workers.Serial, new AdamStep(0.1, 0.9, 0.999, 1e-8, 0, false, false, 1), pp, memory.Put(g), memory.New<float>(20), memory.New<float>(20), null, 20);
            return KernelMemory.Read(pp, 20);
        });
        for (int i = 0; i < 20; i++)
            moved[i].ShouldBe(i == 7 ? float.NaN : p[i]);
    }
}
