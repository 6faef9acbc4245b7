using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Where things lie in a panel: block after block, each the levels of its groups and then its scales, so that a panel is read as one stream.</summary>
internal static unsafe class PanelPlaces<TLevels, TScales> where TLevels : struct, ILevels where TScales : struct, IScales
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Groups of 32 in a block.</summary>
    public static int Groups
    {
        [MethodImpl(Inline)]
        get => TScales.BlockLength / BlockInput.Group;
    }

    public static int LevelBytes
    {
        [MethodImpl(Inline)]
        get => Groups * TLevels.GroupBytes;
    }

    public static int BlockBytes
    {
        [MethodImpl(Inline)]
        get => LevelBytes + TScales.BlockBytes;
    }

    /// <summary>The levels of a group of 32, counted from the panel's first.</summary>
    [MethodImpl(Inline)]
    public static byte* Levels(byte* panel, nint group) =>
        panel + ((nint)((nuint)group / (nuint)Groups) * BlockBytes) + ((nint)((nuint)group % (nuint)Groups) * TLevels.GroupBytes);

    /// <summary>The scales of a block.</summary>
    [MethodImpl(Inline)]
    public static byte* Scales(byte* panel, nint block) => panel + (block * BlockBytes) + LevelBytes;
}
