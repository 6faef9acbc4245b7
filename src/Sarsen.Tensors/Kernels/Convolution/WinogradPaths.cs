using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Work that is written once for all vector widths and both sizes of tile.</summary>
internal interface IWinogradWork
{
    void Run<V, TTile>(int chunk, int lane)
        where V : struct, IVector<V>
        where TTile : struct, IWinogradTile;
}

/// <summary>Chooses the vectors, by the kernels that multiply beside them, and the tile.</summary>
internal static class WinogradPaths
{
    /// <param name="work">What is done.</param>
    /// <param name="lanes">Of the kernels.</param>
    /// <param name="outputs">Along a tile's side: 4 or 2.</param>
    /// <param name="chunk">Which piece of the work.</param>
    /// <param name="lane">Whose scratch memory, where there is some.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TWork>(in TWork work, int lanes, nint outputs, int chunk, int lane = 0) where TWork : struct, IWinogradWork
    {
        switch (lanes)
        {
            case 16:
                Run<TWork, Vector512Lanes>(work, outputs, chunk, lane);
                break;
            case 8:
                Run<TWork, Vector256Lanes>(work, outputs, chunk, lane);
                break;
            case 4:
                Run<TWork, Vector128Lanes>(work, outputs, chunk, lane);
                break;
            default:
                Run<TWork, ScalarLanes>(work, outputs, chunk, lane);
                break;
        }
    }

    private static void Run<TWork, V>(in TWork work, nint outputs, int chunk, int lane)
        where TWork : struct, IWinogradWork
        where V : struct, IVector<V>
    {
        if (outputs == 4)
            work.Run<V, WinogradTile4>(chunk, lane);
        else
            work.Run<V, WinogradTile2>(chunk, lane);
    }
}
