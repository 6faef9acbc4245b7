using Sarsen.Tensors;

namespace Sarsen.Data.Tables;

/// <summary>What a column holds. Numbers and integers are kept apart: an identifier or a class number is no measurement.</summary>
public enum ColumnType
{
    /// <summary>Floating-point numbers, 64 bits.</summary>
    Number,

    /// <summary>Whole numbers, 64 bits.</summary>
    Integer,

    Boolean,

    Text,

    /// <summary>Moments, as Unix milliseconds (UTC).</summary>
    Time,

    /// <summary>A tensor of one shape and type in each row: a picture, a vector.</summary>
    Array,
}

/// <param name="Name">The column's name, unique in its schema.</param>
/// <param name="Type">What it holds.</param>
/// <param name="ElementShape">For <see cref="ColumnType.Array"/>: the shape of one row's tensor, pictures as (C, H, W).</param>
/// <param name="ElementType">For <see cref="ColumnType.Array"/>: the element type, F32 or U8; I64 for token ids.</param>
public sealed record ColumnInfo(string Name, ColumnType Type, Shape ElementShape = default, DType ElementType = DType.F32);

/// <summary>The columns of a table, in order.</summary>
public sealed class Schema
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Two columns have one name.</exception>
    public Schema(params IReadOnlyList<ColumnInfo> columns)
    {
        Columns = columns;
        for (int i = 0; i < columns.Count; i++)
        {
            if (!_index.TryAdd(columns[i].Name, i))
                throw new ArgumentException($"two columns are named '{columns[i].Name}'", nameof(columns));
        }
    }

    public IReadOnlyList<ColumnInfo> Columns { get; }

    /// <summary>The position of a column, or -1.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);
}
