namespace Sarsen.Tensors;

/// <summary>Elements around a picture.</summary>
/// <param name="Top">Rows above, 0 or more; so on for the other sides.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns to the right.</param>
public readonly record struct Margin(long Top, long Left, long Bottom, long Right)
{
    /// <summary>As many on all sides.</summary>
    public Margin(long all) : this(all, all, all, all)
    {
    }

    /// <summary>Around a row: nothing above and below.</summary>
    public static Margin OfRow(long left, long right) => new(0, left, 0, right);
}
