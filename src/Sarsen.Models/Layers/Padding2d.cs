using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Models.Layers;

/// <summary>
/// What is thought around a picture: <c>valid</c> for nothing, <c>same</c> for as much as keeps ⌈size / stride⌉, or a
/// number of rows and columns on each side: <c>2</c>, <c>1x2</c>.
/// </summary>
[JsonConverter(typeof(Padding2dJson))]
public readonly record struct Padding2d(int Height, int Width, bool Same) : IParsable<Padding2d>
{
    public static Padding2d Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out Padding2d value)
        ? value
        : throw new FormatException("expected valid, same, or rows and columns such as 2 or 1x2");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Padding2d result)
    {
        result = default;
        switch (s)
        {
            case null:
                return false;
            case "valid":
                return true;
            case "same":
                result = new Padding2d(0, 0, Same: true);
                return true;
        }
        string[] parts = s.Split('x');
        if (parts.Length > 2 || !Number(parts[0], out int height) || !Number(parts[^1], out int width))
            return false;
        result = new Padding2d(height, width, Same: false);
        return true;
    }

    private static bool Number(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= 1 << 20;

    public override string ToString() => Same ? "same" : (Height, Width) switch
    {
        (0, 0) => "valid",
        _ when Height == Width => Height.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Height}x{Width}"),
    };
}

internal sealed class Padding2dJson : JsonConverter<Padding2d>
{
    public override Padding2d Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Padding2d.TryParse(reader.GetString(), null, out Padding2d value)
            ? value
            : throw new JsonException("expected a padding: valid, same, 2 or 1x2");

    public override void Write(Utf8JsonWriter writer, Padding2d value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
