using System.Runtime.InteropServices;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// From the columns behind the steps to one tensor a sample. Numbers, booleans and vectors are put side by side, in the
/// order of the columns, as (features) of F32; one array, such as a picture or token ids, stays as it is. The last steps
/// on a picture, from the first that is random or turns bytes into numbers, are the <see cref="Tail"/>, which is run
/// when a sample is read.
/// </summary>
internal sealed class SampleEncoder
{
    private readonly StepChain _chain;
    private readonly FeatureVector? _vector;
    private readonly int _array = -1;

    /// <exception cref="DataException">The columns are no tensor.</exception>
    public SampleEncoder(StepChain chain)
    {
        _chain = chain;
        ColumnInfo[] features = [.. chain.Output.Features];
        Head = chain.Transforms.Count;
        if (features.Length == 0)
            throw new DataException("preprocess: no column is left for the model to read; name 'features', or drop fewer columns");
        if (features.All(FeatureVector.Takes))
        {
            _vector = new FeatureVector("preprocess", chain.Output.Schema, features);
            var layout = new SampleLayout(DType.F32, new Shape(_vector.Width));
            Tail = new SampleTail([], layout, layout);
            FeatureNames = [.. features.SelectMany(Names)];
        }
        else
        {
            ColumnInfo array = OneArray(features);
            _array = chain.Output.Schema.IndexOf(array.Name);
            Tail = MakeTail(array);
            Ids = chain.Transforms.Select(t => t.IdsOf(array.Name)).FirstOrDefault(n => n is not null);
        }
        if (chain.Transforms.Take(Head).OfType<ArrayTransform>().Any(t => t.IsRandom))
            throw new DataException("preprocess: a random step (random_crop, random_flip) works on the one picture that the model reads, so it must be among the last steps, with nothing but picture steps behind it");
    }

    /// <summary>Steps before the tail.</summary>
    public int Head { get; private set; }

    public SampleTail Tail { get; }

    /// <summary>Names of the elements of a feature vector; empty for an array.</summary>
    public IReadOnlyList<string> FeatureNames { get; } = [];

    /// <summary>Token ids are below this; null where the input is no ids.</summary>
    public int? Ids { get; }

    /// <summary>Writes rows that came through the head, each at its place in records of <paramref name="stride"/> bytes.</summary>
    /// <exception cref="FieldException">A value is missing or no finite number.</exception>
    public void Write(RowBlock rows, Span<byte> into, int stride)
    {
        int width = checked((int)Tail.Stored.Bytes);
        if (_vector is not null)
        {
            float[] values = new float[checked(rows.Count * _vector.Width)];
            _vector.Write(rows, values);
            for (int row = 0; row < rows.Count; row++)
                MemoryMarshal.AsBytes(values.AsSpan(row * _vector.Width, _vector.Width)).CopyTo(into[(row * stride)..]);
            return;
        }
        var arrays = (ArrayColumn)rows.Columns[_array];
        for (int row = 0; row < rows.Count; row++)
        {
            if (arrays.IsMissing(row))
                throw ColumnValues.Missing("preprocess", arrays, rows, row);
            Span<byte> record = into.Slice(row * stride, width);
            arrays.Row(row).CopyTo(record);
            if (Tail.Stored.Type == DType.F32)
                CheckFinite(MemoryMarshal.Cast<byte, float>(record), arrays, rows, row);
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> values, Column column, RowBlock rows, int row)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw new FieldException(FormattableString.Invariant($"preprocess: '{column.Info.Name}' of row {rows.NumberOf(row)} holds {value}; finite numbers expected: correct it, or leave the row out"), column.Info.Name, rows.NumberOf(row));
        }
    }

    private IEnumerable<string> Names(ColumnInfo column)
    {
        if (column.Type != ColumnType.Array)
            return [column.Name];
        return _chain.Transforms.Select(t => t.ElementNames(column.Name)).LastOrDefault(names => names is not null)
            ?? Enumerable.Range(0, (int)column.ElementShape.Count).Select(i => $"{column.Name}[{i}]");
    }

    private static ColumnInfo OneArray(ColumnInfo[] features)
    {
        foreach (ColumnInfo column in features)
        {
            if (column.Type == ColumnType.Text)
                throw new DataException($"preprocess: column '{column.Name}' is still text; encode it with 'one_hot', 'ordinal' or 'tokenize', or take it away with 'drop_columns'");
            if (column.Type == ColumnType.Time)
                throw new DataException($"preprocess: column '{column.Name}' is still a time; make it a number with 'cast', or take it away with 'drop_columns'");
        }
        if (features.Length > 1)
            throw new DataException($"preprocess: the model reads one tensor, but {string.Join(" and ", features.Select(c => $"'{c.Name}' ({StepInput.Described(c)})"))} cannot be put side by side; keep one array, or numbers and vectors only");
        return features[0];
    }

    // Leaves in the head what is dear and always gives the same.
    private SampleTail MakeTail(ColumnInfo array)
    {
        int first = _chain.Transforms.Count, start = first;
        while (first > 0 && _chain.Transforms[first - 1] is ArrayTransform transform && transform.Of(array.Name) is { } operation)
        {
            first--;
            if (operation.IsLight)
                start = first;
        }
        (string, ArrayOperation)[] tail = [.. Enumerable.Range(start, _chain.Transforms.Count - start).Select(i => ($"{array.Name}.{i}", ((ArrayTransform)_chain.Transforms[i]).Of(array.Name)!))];
        if (tail.Length == 0 && array.ElementType == DType.U8)
            tail = [(array.Name, new ToFloat(array.ElementShape, array.ElementType))];
        else if (tail.Length > 0 && tail[^1].Item2.OutputType == DType.U8)
            tail = [.. tail, (array.Name, new ToFloat(tail[^1].Item2.OutputShape, DType.U8))];
        Head = start;
        var input = new SampleLayout(array.ElementType, array.ElementShape);
        return tail.Length == 0
            ? new SampleTail([], input, input)
            : new SampleTail(tail, new SampleLayout(tail[0].Item2.InputType, tail[0].Item2.InputShape), new SampleLayout(tail[^1].Item2.OutputType, tail[^1].Item2.OutputShape));
    }
}
