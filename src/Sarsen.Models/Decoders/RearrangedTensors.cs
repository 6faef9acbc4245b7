using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// A model's tensors as another kind of file has them, read from where they are: of both kinds it is known of which rows each
/// parameter is made, so a row of a new tensor is a row of an old one. Nothing is held but one tensor at a time where columns
/// become rows.
/// </summary>
internal sealed class RearrangedTensors : ITensorSource
{
    // A run of rows, from where they are to where they go.
    private readonly record struct Run(long To, long Count, string Name, long From, float Add);

    private sealed record Target(Shape Shape, List<Run> Runs);

    private readonly ITensorSource _from;
    private readonly Dictionary<string, Target> _targets = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, float[]> _extra;

    /// <param name="from">What is read.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="old">The rows of <paramref name="from"/> that a parameter is made of.</param>
    /// <param name="made">The rows of the new tensors.</param>
    /// <param name="extra">New tensors that are no parameters: vectors.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, or has another shape than the model's.</exception>
    public RearrangedTensors(ITensorSource from, IEnumerable<(string Name, Shape Shape)> parameters, Func<string, IEnumerable<TensorPart>> old, Func<string, IEnumerable<TensorPart>> made,
        IReadOnlyDictionary<string, float[]> extra)
    {
        (_from, _extra) = (from, extra);
        foreach ((string name, Shape shape) in parameters)
            Add(name, shape, Sources(name, shape, old(name)), made(name));
    }

    public string Path => _from.Path;

    public long Elements => _from.Elements;

    /// <summary>The new tensors, in the order of the parameters.</summary>
    public IEnumerable<(string Name, Shape Shape)> Tensors => [.. _targets.Select(t => (t.Key, t.Value.Shape)), .. _extra.Select(e => (e.Key, new Shape(e.Value.Length)))];

    public bool Contains(string name) => _targets.ContainsKey(name) || _extra.ContainsKey(name);

    public Shape ShapeOf(string name) => _extra.TryGetValue(name, out float[]? values) ? new Shape(values.Length)
        : _targets.TryGetValue(name, out Target? target) ? target.Shape : throw new ModelFormatException(Path, 0, $"the model has no tensor '{name}'");

    public void ReadRows(string name, long firstRow, long rows, Span<float> into)
    {
        if (_extra.TryGetValue(name, out float[]? values))
        {
            values.AsSpan(checked((int)firstRow), checked((int)rows)).CopyTo(into);
            return;
        }
        Target target = _targets[name];
        long width = target.Shape.Rank > 1 ? target.Shape[1] : 1;
        foreach (Run run in target.Runs)
        {
            long begin = Math.Max(run.To, firstRow), end = Math.Min(run.To + run.Count, firstRow + rows);
            if (begin >= end)
                continue;
            Span<float> part = into.Slice(checked((int)((begin - firstRow) * width)), checked((int)((end - begin) * width)));
            _from.ReadRows(run.Name, run.From + begin - run.To, end - begin, part);
            for (int i = 0; i < part.Length && run.Add != 0; i++)
                part[i] += run.Add;
        }
    }

    /// <summary>All are read as elements: rows of one may be stored in different ways.</summary>
    public BlockType? TypeOf(string name) => null;

    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into) => throw new NotSupportedException($"the tensor '{name}' is put together of others: its rows are read as elements");

    /// <summary>The source is its owner's.</summary>
    public void Dispose()
    {
    }

    /// <summary>The runs of stored rows that make a parameter, by its rows.</summary>
    private List<Run> Sources(string parameter, in Shape shape, IEnumerable<TensorPart> parts)
    {
        var runs = new List<Run>();
        long row = 0, rows = shape[0], width = shape.Rank > 1 ? shape[1] : 1;
        foreach (TensorPart part in parts)
        {
            string name = part.Otherwise is { } otherwise && !_from.Contains(part.Name) && _from.Contains(otherwise) ? otherwise : part.Name;
            Shape stored = _from.ShapeOf(name);
            long count = part.Count ?? (stored[0] - part.First);
            if ((stored.Rank > 1 ? stored.Count / Math.Max(1, stored[0]) : 1) != width || count < 0 || row + count > rows || part.First + count > stored[0])
                throw new ModelFormatException(Path, 0, $"'{name}' has the shape {stored}, which does not fit '{parameter}' of {shape}: the configuration is of another model");
            runs.Add(new Run(row, count, name, part.First, (float)part.Plus));
            row += count;
        }
        return row == rows ? runs : throw new ModelFormatException(Path, 0, $"'{parameter}' of {shape} is filled by {row} rows: the configuration is of another model");
    }

    private void Add(string parameter, in Shape shape, List<Run> sources, IEnumerable<TensorPart> parts)
    {
        long row = 0;
        foreach (TensorPart part in parts)
        {
            long count = part.Count ?? part.Rows ?? (shape[0] - row);
            if (!_targets.TryGetValue(part.Name, out Target? target))
                target = new Target(shape, []);
            foreach (Run source in sources)
            {
                long begin = Math.Max(source.To, row), end = Math.Min(source.To + source.Count, row + count);
                if (begin < end)
                    Append(target.Runs, new Run(part.First + begin - row, end - begin, source.Name, source.From + begin - source.To, source.Add - (float)part.Plus));
            }
            row += count;
            long height = target.Runs.Max(run => run.To + run.Count);
            _targets[part.Name] = target with { Shape = shape.Rank > 1 ? new Shape(height, shape[1]) : new Shape(height) };
        }
        if (row != shape[0])
            throw new InvalidOperationException($"'{parameter}' of {shape} goes to {row} rows");
    }

    // Rows that follow each other on both sides are read at once.
    private static void Append(List<Run> runs, Run next)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.To + last.Count == next.To && last.From + last.Count == next.From && last.Name == next.Name && last.Add == next.Add)
            runs[^1] = last with { Count = last.Count + next.Count };
        else
            runs.Add(next);
    }
}
