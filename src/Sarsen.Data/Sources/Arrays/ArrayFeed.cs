using System.Numerics;
using System.Runtime.InteropServices;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>Brings the rows of one array file into the buffer of its column.</summary>
internal sealed class ArrayFeed : IDisposable
{
    private readonly ArrayFile _file;
    private readonly ArrayReader _array;
    private readonly NonFinite _nonFinite;
    private readonly byte[] _bytes;
    private string[] _texts = [];

    public ArrayFeed(ArrayFile file, ColumnInfo info, NonFinite nonFinite, int capacity)
    {
        (_file, _nonFinite) = (file, nonFinite);
        _array = file.Open();
        _bytes = _array.IsText ? [] : new byte[_array.RowBytes * capacity];
        Buffer = info.Type switch
        {
            ColumnType.Array => new ArrayBuffer(info, capacity),
            ColumnType.Number => new ColumnBuffer<double>(info, capacity),
            ColumnType.Boolean => new ColumnBuffer<bool>(info, capacity),
            ColumnType.Integer => new ColumnBuffer<long>(info, capacity),
            _ => new ColumnBuffer<string>(info, capacity),
        };
    }

    public ColumnBuffer Buffer { get; }

    public string Path => _file.Path;

    /// <summary>Reads the next rows of the file.</summary>
    public void Load(int rows) => _file.Guard(() =>
    {
        if (_array.IsText)
        {
            _texts = _array.ReadText(rows);
            return rows;
        }
        for (int read = 0; read < rows;)
            read += _array.ReadRows(_bytes.AsSpan((int)(read * _array.RowBytes), (int)((rows - read) * _array.RowBytes)));
        return rows;
    });

    /// <summary>Sets row <paramref name="row"/> of the buffer to the loaded row <paramref name="loaded"/>, or says why it cannot.</summary>
    public FieldFault Set(int row, int loaded)
    {
        if (Buffer is ColumnBuffer<string> texts)
        {
            texts.Set(row, _texts[loaded]);
            return FieldFault.None;
        }
        ReadOnlySpan<byte> bytes = _bytes.AsSpan((int)(loaded * _array.RowBytes), (int)_array.RowBytes);
        return _array.DType switch
        {
            DType.U8 => Set<byte>(row, bytes),
            DType.Bool => Set<byte>(row, bytes),
            DType.I8 => Set<sbyte>(row, bytes),
            DType.I16 => Set<short>(row, bytes),
            DType.U16 => Set<ushort>(row, bytes),
            DType.I32 => Set<int>(row, bytes),
            DType.U32 => Set<uint>(row, bytes),
            DType.I64 => Set<long>(row, bytes),
            DType.U64 => Set<ulong>(row, bytes),
            DType.F16 => Set<Half>(row, bytes),
            DType.F32 => Set<float>(row, bytes),
            DType.F64 => Set<double>(row, bytes),
            _ => throw new DataException($"{_file.Path} holds {_array.DType}, which no column holds; save it as float32"),
        };
    }

    public void Dispose() => _array.Dispose();

    private FieldFault Set<T>(int row, ReadOnlySpan<byte> bytes) where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(bytes);
        switch (Buffer)
        {
            case ArrayBuffer { Info.ElementType: DType.U8 } raw:
                bytes.CopyTo(raw.Row(row));
                return FieldFault.None;
            case ArrayBuffer floats:
                return Finish(row, ToFloats(from, MemoryMarshal.Cast<byte, float>(floats.Row(row))));
            case ColumnBuffer<double> numbers:
                double number = double.CreateSaturating(from[0]);
                numbers.Set(row, number);
                return Finish(row, double.IsFinite(number) ? FieldFault.None : FieldFault.NotFinite);
            case ColumnBuffer<bool> truths:
                truths.Set(row, from[0] != T.Zero);
                return FieldFault.None;
            default:
                long integer = long.CreateSaturating(from[0]);
                ((ColumnBuffer<long>)Buffer).Set(row, integer);
                return T.CreateSaturating(integer) == from[0] ? FieldFault.None : FieldFault.OutOfRange;
        }
    }

    // What is not finite was set as it is: to keep it nothing more is to be done.
    private FieldFault Finish(int row, FieldFault fault)
    {
        if (fault is not FieldFault.NotFinite || _nonFinite is NonFinite.Error)
            return fault;
        if (_nonFinite is NonFinite.Missing)
            Buffer.SetMissing(row);
        return FieldFault.None;
    }

    // f64 is rounded; whole numbers must stay what they are, and nothing finite may become infinite.
    private static FieldFault ToFloats<T>(ReadOnlySpan<T> from, Span<float> to) where T : unmanaged, INumber<T>
    {
        bool finite = true, exact = true;
        for (int i = 0; i < from.Length; i++)
        {
            float value = float.CreateSaturating(from[i]);
            to[i] = value;
            finite &= T.IsFinite(from[i]);
            exact &= float.IsFinite(value) || !T.IsFinite(from[i]);
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong))
                exact &= T.CreateSaturating(value) == from[i];
        }
        return !exact ? FieldFault.OutOfRange : finite ? FieldFault.None : FieldFault.NotFinite;
    }
}
