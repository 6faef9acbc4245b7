using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The transformed weights of a <see cref="WinogradConvolution"/> in the order in which its products read them: [panel of
/// targets][element of the transform][source][target].
/// </summary>
/// <param name="sources">Channels that are seen: of a data gradient, the filters.</param>
/// <param name="targets">Channels that are computed.</param>
/// <param name="outputs">Along a tile's side: 4 or 2.</param>
/// <param name="isGradient">The weights are turned by half a turn, and their dimensions change places.</param>
internal readonly unsafe struct WinogradWeights(nint sources, nint targets, nint outputs, bool isGradient)
{
    /// <summary>Targets whose products are computed together.</summary>
    public const nint PanelTargets = MicroKernels.MaxPanelColumns;

    /// <summary>Between the elements of a transform, so that they do not fall on equal cache lines.</summary>
    private const nint Gap = 16;

    private const nint Group = WinogradTiles.Group;

    /// <summary>Sources whose weights are transformed together.</summary>
    private const nint BlockSources = 16;

    private readonly nint _sources = sources, _targets = targets, _outputs = outputs;
    private readonly bool _isGradient = isGradient;

    public nint Panels => Ceiling(_targets, PanelTargets);

    /// <summary>From one element of the transform to the next.</summary>
    public nint Step => (_sources * PanelTargets) + Gap;

    public nint PanelFloats => (_outputs + 2) * (_outputs + 2) * Step;

    public long Floats => (long)Panels * PanelFloats;

    /// <param name="weight">(filters, channels, 3, 3)</param>
    /// <param name="packed"><see cref="Floats"/>.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="kernels">The instruction set.</param>
    public void Pack(float* weight, float* packed, Workers workers, MicroKernels kernels)
    {
        var job = new PackJob { Weights = this, Weight = weight, Packed = packed, Kernels = kernels };
        workers.For(ref job, (int)(Ceiling(_targets, Group) * Ceiling(_sources, BlockSources)));
    }

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    /// <summary>Sixteen targets, and some sources.</summary>
    private struct PackJob : IChunkJob, IWinogradWork
    {
        public WinogradWeights Weights;
        public float* Weight, Packed;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk) => WinogradPaths.Run(this, Kernels.Lanes, Weights._outputs, chunk);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run<V, TTile>(int chunk, int lane)
            where V : struct, IVector<V>
            where TTile : struct, IWinogradTile
        {
            ref readonly WinogradWeights w = ref Weights;
            (nint block, nint group) = nint.DivRem(chunk, Ceiling(w._targets, Group));
            nint first = group * Group, count = nint.Min(Group, w._targets - first);
            float* taps = stackalloc float[(int)((BlockSources * 9 * Group) + Packing.Spill)];
            float* target = Packed + (first / PanelTargets * w.PanelFloats) + (first % PanelTargets);
            for (nint source = block * BlockSources; source < nint.Min(w._sources, (block + 1) * BlockSources); source++)
            {
                float* to = target + (source * PanelTargets);
                if (w._isGradient)
                {
                    // The weights of one filter, channel after channel, the last tap first.
                    Packing.Transpose(Weight + (((source * w._targets) + first) * 9), 9, count, 9, taps, Group, Kernels.Lanes);
                    TTile.Weight<V>(taps + (8 * Group), -Group, to, w.Step);
                    continue;
                }
                nint inBlock = source - (block * BlockSources);
                if (inBlock == 0)
                {
                    nint some = nint.Min(BlockSources, w._sources - source);
                    Packing.Transpose(Weight + (((first * w._sources) + source) * 9), w._sources * 9, count, some * 9, taps, Group, Kernels.Lanes);
                }
                TTile.Weight<V>(taps + (inBlock * 9 * Group), Group, to, w.Step);
            }
        }
    }
}
