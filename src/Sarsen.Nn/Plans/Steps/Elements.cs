using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>y[i] = activation(y[i] + x[i]) over stretches of a tensor.</summary>
internal static unsafe class Elements
{
    // A stretch that stays in the nearest cache, and is worth handing out.
    private const long Stretch = 1 << 13;

    public static void AddAndApply(Workers workers, float* y, float* x, ElementFunction? activation, long count)
    {
        var job = new Job { Y = y, Epilogue = new ProductEpilogue(null, x, 0, activation), Count = count };
        workers.For(ref job, checked((int)((count + Stretch - 1) / Stretch)));
    }

    private struct Job : IChunkJob
    {
        public float* Y;
        public ProductEpilogue Epilogue;
        public long Count;

        public readonly void Run(int chunk)
        {
            long begin = chunk * Stretch;
            Epilogue.Apply(Y + begin, (nint)Math.Min(Stretch, Count - begin), 0, (nint)begin);
        }
    }
}
