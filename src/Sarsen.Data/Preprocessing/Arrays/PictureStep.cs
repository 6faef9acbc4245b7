using System.ComponentModel;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>A step on pictures: array columns (C, H, W) of U8 or F32.</summary>
public abstract record PictureStep : PlainStep
{
    [Description("The columns; nothing: all features that are pictures (channels, height, width).")]
    public IReadOnlyList<string>? Columns { get; init; }

    internal sealed override Transform Bind(StepInput input) =>
        new ArrayTransform(input, input.Select(this, Columns, IsPicture, "pictures (channels, height, width)"), Operation);

    private protected abstract ArrayOperation Operation(ColumnInfo column);

    private static bool IsPicture(ColumnInfo column) =>
        column.Type == ColumnType.Array && column.ElementShape.Rank == 3 && column.ElementType is DType.U8 or DType.F32;
}
