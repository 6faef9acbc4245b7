using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Models.Layers;

/// <summary>
/// What is thought before and behind a row: <c>valid</c> for nothing, <c>same</c> for as much as keeps ⌈length / stride⌉,
/// or a number of elements on each side.
/// </summary>
[JsonConverter(typeof(Padding1dJson))]
public readonly record struct Padding1d(int Each, bool Same) : IParsable<Padding1d>
{
    public static Padding1d Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out Padding1d value)
        ? value
        : throw new FormatException("expected valid, same, or a number of elements such as 2");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Padding1d result)
    {
        result = s == "same" ? new Padding1d(0, Same: true) : default;
        if (s is "valid" or "same")
            return true;
        if (!int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out int each) || each > 1 << 20)
            return false;
        result = new Padding1d(each, Same: false);
        return true;
    }

    public override string ToString() => Same ? "same" : Each == 0 ? "valid" : Each.ToString(CultureInfo.InvariantCulture);
}

internal sealed class Padding1dJson : JsonConverter<Padding1d>
{
    public override Padding1d Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Padding1d.TryParse(reader.GetString(), null, out Padding1d value)
            ? value
            : throw new JsonException("expected a padding: valid, same or 2");

    public override void Write(Utf8JsonWriter writer, Padding1d value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
