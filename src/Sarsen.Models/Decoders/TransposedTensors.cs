using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// Tensors of which some matrices are turned: their columns are its rows. The last one that was asked for is kept whole, so
/// that its rows are read in turn from memory. Any thread may read.
/// </summary>
/// <param name="from">The tensors; their owner's.</param>
/// <param name="turned">Which are turned.</param>
internal sealed class TransposedTensors(ITensorSource from, Func<string, bool> turned) : ITensorSource
{
    private readonly Lock _lock = new();
    private string? _name;
    private float[] _values = [];

    public string Path => from.Path;

    public long Elements => from.Elements;

    public bool Contains(string name) => from.Contains(name);

    public Shape ShapeOf(string name)
    {
        Shape shape = from.ShapeOf(name);
        return turned(name) && shape.Rank == 2 ? new Shape(shape[1], shape[0]) : shape;
    }

    public void ReadRows(string name, long firstRow, long rows, Span<float> into)
    {
        Shape stored = from.ShapeOf(name);
        if (!turned(name) || stored.Rank != 2)
        {
            from.ReadRows(name, firstRow, rows, into);
            return;
        }
        (int height, int width) = (checked((int)stored[0]), checked((int)stored[1]));
        if (firstRow < 0 || rows < 0 || firstRow + rows > width)
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow, $"the tensor '{name}' of {Path} has {width} columns");
        if (into.Length != rows * height)
            throw new ArgumentException($"{rows} columns of the tensor '{name}' of {Path} have {rows * height} elements, room for {into.Length} was given", nameof(into));
        lock (_lock)
        {
            if (_name != name)
            {
                _name = null;
                Array.Resize(ref _values, checked(height * width));
                from.ReadRows(name, 0, height, _values);
                _name = name;
            }
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < height; i++)
                    into[(row * height) + i] = _values[(i * width) + (int)firstRow + row];
            }
        }
    }

    /// <summary>Turned ones are read as elements.</summary>
    public BlockType? TypeOf(string name) => IsTurned(name) ? null : from.TypeOf(name);

    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into)
    {
        if (IsTurned(name))
            throw new NotSupportedException($"the tensor '{name}' of {Path} is turned: its rows are read as elements");
        from.ReadBlocks(name, firstRow, rows, into);
    }

    private bool IsTurned(string name) => turned(name) && from.ShapeOf(name).Rank == 2;

    /// <summary>The source is its owner's.</summary>
    public void Dispose()
    {
    }
}
