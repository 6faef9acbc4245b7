namespace Sarsen.Data.BadRows;

/// <summary>A row could not be read, and the source was told to fail at the first.</summary>
public sealed class BadRowException(BadRow row)
    : DataException($"{row} (on_bad_row: skip or quarantine goes on without such rows)")
{
    public BadRow Row { get; } = row;
}
