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
        var range = new Range<TStep> { Step = step, P = p, G = g, A = a, B = b, C = c };
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
        public float* P, G, A, B, C;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            TStep step = Step;
            int states = step.States;
            nint i = (nint)begin;
            for (; i <= (nint)end - 16; i += 16)
            {
                V a = states > 0 ? V.Load(A + i) : default, b = states > 1 ? V.Load(B + i) : default, c = states > 2 ? V.Load(C + i) : default;
                step.Step(V.Load(P + i), V.Load(G + i), ref a, ref b, ref c).Store(P + i);
                if (states > 0)
                    a.Store(A + i);
                if (states > 1)
                    b.Store(B + i);
                if (states > 2)
                    c.Store(C + i);
            }
            if (i < (nint)end)
            {
                nint n = (nint)end - i;
                V a = states > 0 ? V.Load(A + i, n) : default, b = states > 1 ? V.Load(B + i, n) : default, c = states > 2 ? V.Load(C + i, n) : default;
                step.Step(V.Load(P + i, n), V.Load(G + i, n), ref a, ref b, ref c).Store(P + i, n);
                if (states > 0)
                    a.Store(A + i, n);
                if (states > 1)
                    b.Store(B + i, n);
                if (states > 2)
                    c.Store(C + i, n);
            }
        }
    }
}
