using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// One optimizer step on sixteen parameters p with gradient g and up to three states; one file an optimizer, and
/// <see cref="OptimizerStep"/> holds the loop.
/// </summary>
public interface IOptimizerStep
{
    /// <summary>How many of the states a, b, c are read and written.</summary>
    int States { get; }

    V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>;

    double Step(double p, double g, ref double a, ref double b, ref double c);
}

/// <summary>One pass over a parameter's memory: parameter, gradient and states are each read once and written once.</summary>
public static unsafe class OptimizerStep
{
    /// <summary>States beyond <see cref="IOptimizerStep.States"/> may be null.</summary>
    public static void Run<TStep>(Workers workers, TStep step, float* p, float* g, float* a, float* b, float* c, long count) where TStep : struct, IOptimizerStep
    {
        var range = new Range<TStep> { Step = step, Row = new ParameterRow { P = p, G = g, A = a, B = b, C = c } };
        VectorRanges.For(workers, ref range, count);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Run<TStep>(TStep step, double* p, double* g, double* a, double* b, double* c, long count) where TStep : struct, IOptimizerStep
    {
        double none = 0;
        for (long i = 0; i < count; i++)
        {
            ref double ra = ref step.States > 0 ? ref a[i] : ref none;
            ref double rb = ref step.States > 1 ? ref b[i] : ref none;
            ref double rc = ref step.States > 2 ? ref c[i] : ref none;
            p[i] = step.Step(p[i], g[i], ref ra, ref rb, ref rc);
        }
    }

    private struct Range<TStep> : IVectorRange where TStep : struct, IOptimizerStep
    {
        public TStep Step;
        public ParameterRow Row;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V> => Run<V, TStep>(Step, Row, begin, end);
    }

    /// <summary>One step on the elements begin … end - 1 of a parameter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<V, TStep>(TStep step, in ParameterRow row, long begin, long end) where V : struct, IVector<V> where TStep : struct, IOptimizerStep
    {
        float* p = row.P, g = row.G, pa = row.A, pb = row.B, pc = row.C;
        int states = step.States;
        nint i = (nint)begin;
        for (; i <= (nint)end - 16; i += 16)
        {
            V a = states > 0 ? V.Load(pa + i) : default, b = states > 1 ? V.Load(pb + i) : default, c = states > 2 ? V.Load(pc + i) : default;
            step.Step(V.Load(p + i), V.Load(g + i), ref a, ref b, ref c).Store(p + i);
            if (states > 0)
                a.Store(pa + i);
            if (states > 1)
                b.Store(pb + i);
            if (states > 2)
                c.Store(pc + i);
        }
        if (i < (nint)end)
        {
            nint n = (nint)end - i;
            V a = states > 0 ? V.Load(pa + i, n) : default, b = states > 1 ? V.Load(pb + i, n) : default, c = states > 2 ? V.Load(pc + i, n) : default;
            step.Step(V.Load(p + i, n), V.Load(g + i, n), ref a, ref b, ref c).Store(p + i, n);
            if (states > 0)
                a.Store(pa + i, n);
            if (states > 1)
                b.Store(pb + i, n);
            if (states > 2)
                c.Store(pc + i, n);
        }
    }
}
