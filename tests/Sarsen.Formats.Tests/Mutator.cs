using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sarsen.Formats.Tests;

/// <summary>Makes damaged files out of sound ones: the same seed, the same files.</summary>
internal sealed class Mutator(int seed, params byte[][] samples)
{
    private static readonly long[] s_extremes =
        [0, 1, -1, 2, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, 1L << 40, 1L << 62];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    /// <summary>One to four changes to one of the samples.</summary>
    public byte[] Next()
    {
        byte[] file = [.. samples[_random.Next(samples.Length)]];
        for (int changes = _random.Next(1, 5); changes > 0 && file.Length > 0; changes--)
            file = Change(file);
        return file;
    }

    private byte[] Change(byte[] file)
    {
        // Headers are short and come first: half of the changes go there.
        int at = _random.Next(_random.Next(2) == 0 ? Math.Min(file.Length, 96) : file.Length);
        switch (_random.Next(9))
        {
            case 0:
                file[at] ^= (byte)(1 << _random.Next(8));
                return file;
            case 1:
                file[at] = (byte)_random.Next(256);
                return file;
            case 2:
                return file[..at];
            case 3:
                return [.. file[..at], .. file[Math.Min(file.Length, at + _random.Next(1, 40))..]];
            case 4:
                byte[] other = samples[_random.Next(samples.Length)];
                int from = _random.Next(other.Length);
                return [.. file[..at], .. other[from..Math.Min(other.Length, from + _random.Next(1, 200))], .. file[at..]];
            case 5:
                var noise = new byte[_random.Next(1, 40)];
                _random.NextBytes(noise);
                return [.. file[..at], .. noise, .. file[at..]];
            case 6:
                return ExtremeBytes(file, at);
            default:
                return ExtremeDigits(file, at);
        }
    }

    private byte[] ExtremeBytes(byte[] file, int at)
    {
        long value = s_extremes[_random.Next(s_extremes.Length)];
        Span<byte> number = stackalloc byte[8];
        int size = 1 << _random.Next(4);
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number = number[..size];
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number = number[(8 - size)..];
        }
        number[..Math.Min(size, file.Length - at)].CopyTo(file.AsSpan(at));
        return file;
    }

    // The next number written in digits becomes another, as in the headers of safetensors and npy.
    private byte[] ExtremeDigits(byte[] file, int at)
    {
        int begin = file.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (begin < 0)
            return file;
        begin += at;
        int length = file.AsSpan(begin).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int end = length < 0 ? file.Length : begin + length;
        string digits = s_extremes[_random.Next(s_extremes.Length)].ToString(CultureInfo.InvariantCulture);
        return [.. file[..begin], .. Encoding.ASCII.GetBytes(digits), .. file[end..]];
    }
}
