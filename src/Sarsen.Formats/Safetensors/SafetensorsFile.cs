using Microsoft.Win32.SafeHandles;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Formats;

/// <summary>
/// A safetensors file, opened: its header is read and checked whole, its tensors are read one by one when asked for.
/// Reads go through the file system, never through a mapping: a file that is cut off meanwhile is an error and not the end
/// of the process. Any thread may read.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int ConvertBytes = 1 << 18;
    private const int ReadBytes = 1 << 30;

    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    private SafetensorsFile(string path, SafeFileHandle handle, in SafetensorsHeader header)
    {
        (Path, _handle, _byName) = (path, handle, header.Entries);
        Metadata = header.Metadata;
        Entries = [.. _byName.Values.OrderBy(e => e.Offset).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }

    public string Path { get; }

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Texts by name that whoever wrote the file put there.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="ModelFormatException">The header breaks a rule of the format, or the data is cut off.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            long bytes = RandomAccess.GetLength(handle);
            Span<byte> first = stackalloc byte[SafetensorsHeader.LengthBytes];
            first = first[..(int)Math.Min(bytes, first.Length)];
            ReadExactly(path, handle, first, 0);
            var json = new byte[SafetensorsHeader.Length(path, first, bytes)];
            ReadExactly(path, handle, json, first.Length);
            return new SafetensorsFile(path, handle, SafetensorsHeader.Read(path, json, bytes));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <exception cref="ModelFormatException">There is no such tensor; the message names the nearest.</exception>
    public SafetensorsEntry Entry(string name)
    {
        if (_byName.TryGetValue(name, out SafetensorsEntry? entry))
            return entry;
        string nearest = Suggestion.Nearest(name, _byName.Keys) is { } near ? $"; the nearest name is '{near}'" : "";
        throw new ModelFormatException(Path, 0, $"there is no tensor '{name}' among the {_byName.Count} of the file{nearest}");
    }

    /// <summary>Reads a tensor into one that is there: contiguous, of the file's shape.</summary>
    /// <param name="name">Which.</param>
    /// <param name="into">Written whole; of unknown contents after an exception.</param>
    /// <param name="convert">
    /// Allow floating-point elements of another type and round them to the nearest, as <see cref="Cast"/> does;
    /// without it the types must be equal.
    /// </param>
    /// <exception cref="ModelFormatException">No such tensor, another shape or type, or the file was cut off.</exception>
    public void ReadInto(string name, Tensor into, bool convert = false)
    {
        SafetensorsEntry entry = Entry(name);
        DType type = Known(entry);
        if (into.Shape != entry.Shape)
            throw new ModelFormatException(Path, entry.Offset, $"the tensor '{name}' has the shape {entry.Shape}, {into.Shape} was expected");
        if (!into.IsContiguous)
            throw new ArgumentException($"ReadInto: '{name}' must be read into a contiguous tensor, this is a strided view", nameof(into));
        if (type == into.DType)
            ReadSame(entry, into);
        else if (convert && type.IsFloat() && into.DType.IsFloat())
            ReadConverted(entry, type, into);
        else
            throw new ModelFormatException(Path, entry.Offset, $"the tensor '{name}' is {entry.TypeName}, {into.DType} was expected"
                + (type.IsFloat() && into.DType.IsFloat() ? ": ask for conversion, or make the tensor of the file's type" : ""));
    }

    /// <summary>Reads a tensor into a new one of the GC.</summary>
    /// <param name="name">Which.</param>
    /// <param name="convertTo">The floating-point type to round to; null for the file's own.</param>
    /// <exception cref="ModelFormatException">No such tensor, of a type that tensors do not have, or the file was cut off.</exception>
    public Tensor Read(string name, DType? convertTo = null)
    {
        SafetensorsEntry entry = Entry(name);
        Tensor tensor = Tensor.Empty(convertTo ?? Known(entry), entry.Shape);
        ReadInto(name, tensor, convert: convertTo is not null);
        return tensor;
    }

    public void Dispose() => _handle.Dispose();

    private DType Known(SafetensorsEntry entry) => entry.DType
        ?? throw new ModelFormatException(Path, entry.Offset, $"the tensor '{entry.Name}' is {entry.TypeName}, which has no tensor type here: convert the file to F32, F16 or BF16");

    private void ReadSame(SafetensorsEntry entry, Tensor into)
    {
        for (long at = 0; at < entry.Bytes;)
        {
            Span<byte> stretch = into.BytesAt(at, (int)Math.Min(ReadBytes, entry.Bytes - at));
            ReadExactly(Path, _handle, stretch, entry.Offset + at);
            if (into.DType == DType.Bool && stretch.IndexOfAnyExceptInRange((byte)0, (byte)1) is var bad and >= 0)
                throw new ModelFormatException(Path, entry.Offset + at + bad, $"the BOOL tensor '{entry.Name}' holds the byte {stretch[bad]}; 0 or 1 is expected");
            at += stretch.Length;
        }
    }

    private unsafe void ReadConverted(SafetensorsEntry entry, DType type, Tensor into)
    {
        byte[] buffer = new byte[(int)Math.Min(ConvertBytes, entry.Bytes)];
        for (long at = 0; at < entry.Bytes;)
        {
            Span<byte> stretch = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Bytes - at));
            ReadExactly(Path, _handle, stretch, entry.Offset + at);
            int count = stretch.Length / type.Size();
            fixed (byte* from = stretch, to = into.BytesAt(at / type.Size() * into.DType.Size(), count * into.DType.Size()))
                Cast.Run(Workers.Serial, type, from, into.DType, to, count);
            at += stretch.Length;
        }
    }

    private static void ReadExactly(string path, SafeFileHandle handle, Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(handle, into, offset);
            if (read == 0)
                throw new ModelFormatException(path, offset, $"the file ends here, {into.Length} more bytes were expected: it was cut off since it was opened");
            into = into[read..];
            offset += read;
        }
    }
}
