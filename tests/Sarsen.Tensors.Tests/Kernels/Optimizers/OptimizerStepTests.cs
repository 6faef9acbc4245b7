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
