using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Where things lie in a panel: block after block, each its header and then its groups, each their levels and then their scales: a panel is
/// read as one stream, which processors follow by themselves.
/// </summary>
internal static unsafe class PanelPlaces<TLevels, TScales> where TLevels : struct, ILevels where TScales : struct, IScales
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Groups of 32 in a block.</summary>
    public static int Groups
    {
        [MethodImpl(Inline)]
        get => TScales.BlockLength / BlockInput.Group;
    }

    /// <summary>From group to group.</summary>
    public static int GroupBytes
    {
        [MethodImpl(Inline)]
        get => TLevels.GroupBytes + TScales.GroupBytes;
    }

    public static int BlockBytes
    {
        [MethodImpl(Inline)]
        get => TScales.HeaderBytes + (Groups * GroupBytes);
    }

    /// <summary>The header of the block of a group of 32, counted from the panel's first.</summary>
    [MethodImpl(Inline)]
    public static byte* Header(byte* panel, nint group) => panel + ((nint)((nuint)group / (nuint)Groups) * BlockBytes);

    /// <summary>The levels of a group of 32, counted from the panel's first; its scales are <see cref="ILevels.GroupBytes"/> behind them.</summary>
    [MethodImpl(Inline)]
    public static byte* Levels(byte* panel, nint group) =>
        Header(panel, group) + TScales.HeaderBytes + ((nint)((nuint)group % (nuint)Groups) * GroupBytes);
}
