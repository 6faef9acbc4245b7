using System.Globalization;
using System.Text;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Sources.Values;

public sealed class ValueTests
{
    [Fact]
    public void Numbers_are_the_nearest_double()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64());
            string text = (i % 5) switch
            {
                0 => value.ToString("R", CultureInfo.InvariantCulture),
                1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
                2 => (random.NextDouble() * 1000).ToString("F7", CultureInfo.InvariantCulture),
                3 => $"-{random.Next()}.{random.NextInt64()}",
                _ => $"{random.Next()}e{random.Next(-330, 310)}",
            };
            if (!double.IsFinite(double.Parse(text, CultureInfo.InvariantCulture)))
                continue;
            NumberText.TryParse(Encoding.ASCII.GetBytes(text), (byte)'.', out double parsed).ShouldBeTrue(text);
            parsed.ShouldBe(double.Parse(text, CultureInfo.InvariantCulture), text);
        }
    }

    [Theory]
    [InlineData("5.", 5)]
    [InlineData(".5", .5)]
    [InlineData("+1E+2", 100)]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData("0.00000000000000000000000000000000001", 1e-35)]
    public void Other_forms_of_numbers_are_read(string text, double expected)
    {
        NumberText.TryParse(Encoding.ASCII.GetBytes(text), (byte)'.', out double value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1 2")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    public void What_is_no_number_is_refused(string text) =>
        NumberText.TryParse(Encoding.ASCII.GetBytes(text), (byte)'.', out _).ShouldBeFalse();

    [Theory]
    [InlineData("9223372036854775807", 0)]
    [InlineData("-9223372036854775808", 0)]
    [InlineData("9223372036854775808", 3)]
    [InlineData("-9223372036854775809", 3)]
    [InlineData("18446744073709551616", 3)]
    [InlineData("99999999999999999999999", 3)]
    [InlineData("1.0", 1)]
    [InlineData("+", 1)]
    public void Integers_have_64_bits(string text, int fault)
    {
        IntegerText.Parse(Encoding.ASCII.GetBytes(text), out long value).ShouldBe((FieldFault)fault);
        if (fault == 0)
            value.ToString(CultureInfo.InvariantCulture).ShouldBe(text);
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("1970-01-01", 0)]
    [InlineData("0001-01-01", -62135596800000)]
    [InlineData("9999-12-31 23:59:59.9999", 253402300799999)]
    [InlineData("2000-02-29T12:00:00+05:30", 951805800000)]
    [InlineData("2000-02-29T12:00-0800", 951854400000)]
    [InlineData("2000-02-29T12:00:00,5+08", 951796800500)]
    public void Times_are_unix_milliseconds(string text, long expected)
    {
        TimeText.TryParse(Encoding.ASCII.GetBytes(text), out long value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2001-02-29")]
    [InlineData("2001-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2001-1-1")]
    [InlineData("2001-01-01T")]
    [InlineData("2001-01-01T24:00")]
    [InlineData("2001-01-01T12:00:60")]
    [InlineData("2001-01-01T12:00:00.")]
    [InlineData("2001-01-01T12:00+0")]
    [InlineData("2001-01-01T12:00+19:00")]
    [InlineData("20010101")]
    public void What_is_no_time_is_refused(string text) => TimeText.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData(ColumnType.Integer, "1", "-2", "+3", "0")]
    [InlineData(ColumnType.Number, "1", "2.0")]
    [InlineData(ColumnType.Number, "1", "1e3", "nan")]
    [InlineData(ColumnType.Number, "99999999999999999999", "0.5")]
    [InlineData(ColumnType.Text, "99999999999999999999", "5")]
    [InlineData(ColumnType.Text, "007", "8")]
    [InlineData(ColumnType.Text, "00.5", "8")]
    [InlineData(ColumnType.Text, "1", "x")]
    [InlineData(ColumnType.Text, "nan", "inf")]
    [InlineData(ColumnType.Text)]
    [InlineData(ColumnType.Boolean, "true", "FALSE")]
    [InlineData(ColumnType.Text, "yes", "no")]
    [InlineData(ColumnType.Integer, "1", "0")]
    [InlineData(ColumnType.Time, "2024-01-01", "2024-01-01T10:00")]
    public void Types_follow_from_the_sample(ColumnType expected, params string[] values)
    {
        var inference = new TypeInference((byte)'.');
        foreach (string value in values)
            inference.Add(Encoding.UTF8.GetBytes(value));
        inference.Result.ShouldBe(expected);
    }
}
