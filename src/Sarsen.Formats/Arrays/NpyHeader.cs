using System.Globalization;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// The dictionary of a npy header, <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>, read as the one
/// Python literal it may be: three keys, each once, in any order.
/// </summary>
internal ref struct NpyHeader
{
    private const int MaxTextWidth = 1 << 20;

    private readonly UnpackedStream _stream;
    private ReadOnlySpan<char> _left;

    private NpyHeader(UnpackedStream stream, string text)
    {
        _stream = stream;
        _left = text;
    }

    /// <exception cref="ModelFormatException">It is something else, or of elements that are not read.</exception>
    public static ArrayLayout Parse(UnpackedStream stream, string text)
    {
        var header = new NpyHeader(stream, text);
        return header.Parse();
    }

    private ArrayLayout Parse()
    {
        string? descr = null;
        bool? columnMajor = null;
        long[]? sizes = null;
        Expect('{');
        while (!Skip('}'))
        {
            string key = Text("a key");
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null: descr = Descr(); break;
                case "fortran_order" when columnMajor is null: columnMajor = Boolean(); break;
                case "shape" when sizes is null: sizes = Sizes(); break;
                default: throw Fail($"the key '{key}' is there twice or unknown");
            }
            if (!Skip(','))
            {
                Expect('}');
                break;
            }
        }
        if (!_left.Trim().IsEmpty)
            throw Fail("something follows the dictionary");
        if (descr is null || columnMajor is null || sizes is null)
            throw Fail("descr, fortran_order and shape are expected");
        (DType? type, int bytes, bool wide, bool bigEndian) = Element(descr);
        return ArrayLayout.Checked(_stream, type, bytes, wide, bigEndian, columnMajor.Value, sizes);
    }

    private string Descr()
    {
        _left = _left.TrimStart();
        if (_left is ['[', ..])
            throw Fail("the elements are records of several fields: save each field as an array of its own");
        return Text("descr");
    }

    private readonly (DType? Type, int Bytes, bool Wide, bool BigEndian) Element(string descr)
    {
        ReadOnlySpan<char> rest = descr;
        bool bigEndian = rest is ['>', ..] || (rest is not ['<', ..] && !BitConverter.IsLittleEndian);
        if (rest is ['<' or '>' or '|' or '=', ..])
            rest = rest[1..];
        DType? type = rest switch
        {
            "b1" or "?" => DType.Bool,
            "i1" => DType.I8,
            "i2" => DType.I16,
            "i4" => DType.I32,
            "i8" => DType.I64,
            "u1" => DType.U8,
            "u2" => DType.U16,
            "u4" => DType.U32,
            "u8" => DType.U64,
            "f2" => DType.F16,
            "f4" => DType.F32,
            "f8" => DType.F64,
            _ => null,
        };
        if (type is { } known)
            return (known, known.Size(), false, bigEndian);
        if (rest is ['U' or 'S' or 'a', .. var width] && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int chars))
        {
            if (chars is 0 or > MaxTextWidth)
                throw Fail($"the texts are {chars} characters wide, 1 to {MaxTextWidth} are supported");
            return (null, rest[0] == 'U' ? chars * 4 : chars, rest[0] == 'U', bigEndian);
        }
        throw Fail(rest is ['O', ..]
            ? "the elements are pickled Python objects, which are not read because that runs code: save numbers or texts"
            : $"elements of the type '{descr}' are not read: bool, integers, floats of 16 to 64 bits and texts (U, S) are");
    }

    private bool Boolean()
    {
        _left = _left.TrimStart();
        foreach (string word in (ReadOnlySpan<string>)["True", "False"])
        {
            if (!_left.StartsWith(word, StringComparison.Ordinal))
                continue;
            _left = _left[word.Length..];
            return word == "True";
        }
        throw Fail("fortran_order must be True or False");
    }

    private long[] Sizes()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Skip(')'))
        {
            _left = _left.TrimStart();
            int digits = _left.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(_left[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
                throw Fail("shape must be a tuple of whole numbers from 0 to 2^63 - 1");
            if (sizes.Count == Shape.MaxRank)
                throw Fail($"shape has more than {Shape.MaxRank} dimensions");
            sizes.Add(size);
            _left = _left[digits..];
            // Python 2 wrote long integers so.
            if (_left is ['L', ..])
                _left = _left[1..];
            if (!Skip(','))
            {
                Expect(')');
                break;
            }
        }
        return [.. sizes];
    }

    private string Text(string what)
    {
        _left = _left.TrimStart();
        if (_left is [('\'' or '"') and var quote, .. var rest] && rest.IndexOf(quote) is var end and >= 0)
        {
            _left = rest[(end + 1)..];
            return rest[..end].ToString();
        }
        throw Fail($"{what} must be a text in quotes");
    }

    private bool Skip(char c)
    {
        _left = _left.TrimStart();
        if (_left.IsEmpty || _left[0] != c)
            return false;
        _left = _left[1..];
        return true;
    }

    private void Expect(char c)
    {
        if (!Skip(c))
            throw Fail($"'{c}' is expected {(_left.IsEmpty ? "where it ends" : $"before '{_left[..Math.Min(20, _left.Length)]}'")}");
    }

    private readonly ModelFormatException Fail(string message) => _stream.Fail($"the npy header is not as numpy writes it: {message}");
}
