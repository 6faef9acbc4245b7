using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>A whole number that the compiler knows, as an argument of a generic type.</summary>
internal interface INumber
{
    static abstract int Value { get; }
}

internal struct Zero : INumber
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }
}

internal struct Eight : INumber
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }
}

internal struct Sixteen : INumber
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }
}

internal struct ThirtyTwo : INumber
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32;
    }
}
