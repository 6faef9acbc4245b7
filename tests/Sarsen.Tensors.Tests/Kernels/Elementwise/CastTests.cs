using System.Globalization;
using System.Numerics;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Every pair of types, against conversions by way of exact integers, decimal text and nearest neighbours.</summary>
public unsafe class CastTests
{
    private static readonly double[] s_floats =
    [
        0, -0.0, 0.5, -0.5, 1, -1, 1.5, 2.5, -2.75, 127, 128, -128, -129, 255, 256, 32767.9, 65504, 65519, 65520, 2147483647, 2147483648, -2147483649,
        9223372036854775807, 1.8446744073709552e19, 1e30, -1e30, 1e-8, 6e-8, 1e-40, 1e-45, 3.4e38, 3.4028235677973366e38, 1e300, 1.00390625, 1.01171875,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    private static readonly Int128[] s_integers =
    [
        0, 1, -1, 2, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, 16777215, 16777217, 33554435, 2049, 2051, 257, 259, 65519, 65520,
        int.MaxValue, int.MinValue, uint.MaxValue, 9007199254740993, long.MaxValue, long.MinValue, ulong.MaxValue, ulong.MaxValue - 1024,
    ];

    public static TheoryData<DType, DType> Pairs()
    {
        var pairs = new TheoryData<DType, DType>();
        foreach (DType from in Enum.GetValues<DType>())
        {
            foreach (DType to in Enum.GetValues<DType>())
                pairs.Add(from, to);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Conversion_is_what_it_says(DType from, DType to)
    {
        byte[] source = from.IsFloat() ? FloatSource(from) : IntegerSource(from);
        int count = source.Length / from.Size();
        byte[] actual;
        using (var memory = new KernelMemory())
        {
            byte* y = memory.New<byte>(count * to.Size(), 0xAB);
            Cast.Run(Workers.Serial, from, memory.Put<byte>(source), to, y, count);
            actual = KernelMemory.Read(y, count * to.Size());
        }
        for (int i = 0; i < count; i++)
        {
            object value = Read(source, from, i), result = Read(actual, to, i), expected = Expected(value, to);
            bool equal = value is double.NaN && to.IsFloat() ? double.IsNaN((double)result) : result.Equals(expected);
            equal.ShouldBeTrue($"{value} of {from} became {result} of {to}, expected {expected}");
        }
    }

    [Fact]
    public void Any_length_and_any_number_of_threads_will_do()
    {
        foreach (int count in (int[])[.. KernelMemory.Lengths, 255, 256, 257, 50_001])
        {
            KernelMemory.Everywhere("cast", memory =>
            {
                byte* bools = memory.New<byte>(count, 3);
                float* y = memory.New<float>(count, 9);
                Cast.Run(Workers.Shared, DType.Bool, bools, DType.F32, y, count);
                new Span<float>(y, count).ContainsAnyExcept(1).ShouldBeFalse($"{count} elements");
            }, widths: false);
        }
    }

    /// <summary>The exact value: a double for floats, an Int128 for integers and bool.</summary>
    private static object Read(byte[] bytes, DType type, int i)
    {
        fixed (byte* p = bytes)
        {
            return type switch
            {
                DType.F32 => (double)((float*)p)[i],
                DType.F16 => (double)((Half*)p)[i],
                DType.BF16 => (double)BitConverter.UInt32BitsToSingle((uint)((ushort*)p)[i] << 16),
                DType.F64 => ((double*)p)[i],
                DType.I8 => (Int128)((sbyte*)p)[i],
                DType.I16 => (Int128)((short*)p)[i],
                DType.I32 => (Int128)((int*)p)[i],
                DType.I64 => (Int128)((long*)p)[i],
                DType.U8 => (Int128)p[i],
                DType.U16 => (Int128)((ushort*)p)[i],
                DType.U32 => (Int128)((uint*)p)[i],
                DType.U64 => (Int128)((ulong*)p)[i],
                _ => (Int128)(p[i] != 0 ? 1 : 0),
            };
        }
    }

    private static object Expected(object value, DType to)
    {
        if (to == DType.Bool)
            return (Int128)(value is Int128 n ? n == 0 ? 0 : 1 : (double)value == 0 ? 0 : 1);
        if (!to.IsFloat())
            return value is Int128 integer ? Wrap(integer, to) : Saturate((double)value, to);
        string exact = value is Int128 whole ? whole.ToString(CultureInfo.InvariantCulture) : ((double)value).ToString("E770", CultureInfo.InvariantCulture);
        return to switch
        {
            DType.F32 => (double)float.Parse(exact, CultureInfo.InvariantCulture),
            DType.F16 => (double)Half.Parse(exact, CultureInfo.InvariantCulture),
            DType.F64 => double.Parse(exact, CultureInfo.InvariantCulture),
            _ => NearestBFloat16(double.Parse(exact, CultureInfo.InvariantCulture)),
        };
    }

    private static Int128 Wrap(Int128 value, DType to)
    {
        (Int128 low, int bits) = Range(to);
        Int128 modulus = Int128.One << bits, wrapped = (value % modulus + modulus) % modulus;
        return low < 0 && wrapped >= modulus / 2 ? wrapped - modulus : wrapped;
    }

    private static Int128 Saturate(double value, DType to)
    {
        (Int128 low, int bits) = Range(to);
        Int128 high = low + (Int128.One << bits) - 1;
        if (double.IsNaN(value))
            return 0;
        return value >= (double)high ? high : value <= (double)low ? low : (Int128)(BigInteger)Math.Truncate(value);
    }

    private static (Int128 Low, int Bits) Range(DType type)
    {
        int bits = 8 * type.Size();
        return (type is DType.U8 or DType.U16 or DType.U32 or DType.U64 ? 0 : -(Int128.One << (bits - 1)), bits);
    }

    /// <summary>By distance: of the two neighbours the nearer one, of equals the even one.</summary>
    private static double NearestBFloat16(double value)
    {
        if (!double.IsFinite(value) || value == 0)
            return value;
        ushort below = (ushort)(BitConverter.SingleToUInt32Bits(Math.Abs(value) > float.MaxValue ? float.MaxValue : (float)Math.Abs(value)) >> 16);
        while (Value(below) > Math.Abs(value))
            below--;
        // Beyond the largest one the next would be 2^128.
        double lower = Value(below), upper = below == 0x7F7F ? Math.ScaleB(1, 128) : Value((ushort)(below + 1));
        double toLower = Math.Abs(value) - lower, toUpper = upper - Math.Abs(value);
        bool up = toUpper < toLower || (toUpper == toLower && (below & 1) != 0);
        double rounded = up ? below == 0x7F7F ? double.PositiveInfinity : upper : lower;
        return Math.CopySign(rounded, value);

        static double Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
    }

    private static byte[] FloatSource(DType type)
    {
        byte[] bytes = new byte[s_floats.Length * type.Size()];
        fixed (byte* p = bytes)
        {
            for (int i = 0; i < s_floats.Length; i++)
            {
                if (type == DType.F64)
                    ((double*)p)[i] = s_floats[i];
                else if (type == DType.F32)
                    ((float*)p)[i] = (float)s_floats[i];
                else if (type == DType.F16)
                    ((Half*)p)[i] = (Half)s_floats[i];
                else
                    ((ushort*)p)[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)s_floats[i]) >> 16);
            }
        }
        return bytes;
    }

    private static byte[] IntegerSource(DType type)
    {
        byte[] bytes = new byte[s_integers.Length * type.Size()];
        for (int i = 0; i < s_integers.Length; i++)
        {
            UInt128 low = (UInt128)(type == DType.Bool ? s_integers[i] == 0 ? 0 : 1 : s_integers[i]);
            for (int b = 0; b < type.Size(); b++)
                bytes[i * type.Size() + b] = (byte)(low >> 8 * b);
        }
        return bytes;
    }
}
