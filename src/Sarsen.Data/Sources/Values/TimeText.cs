namespace Sarsen.Data.Sources.Values;

/// <summary>
/// Moments in the extended form of ISO 8601: <c>2024-02-29</c>, then optionally <c>T</c> or a space and
/// <c>13:05</c>, <c>13:05:59</c> or <c>13:05:59.123</c>, then optionally <c>Z</c>, <c>+08:00</c>, <c>+0800</c> or
/// <c>+08</c>. Without a zone it is UTC. What is below a millisecond is cut off; years are 0001 to 9999.
/// </summary>
internal static class TimeText
{
    private const long UnixEpochMs = 62_135_596_800_000;

    /// <param name="text">All of it must be the moment.</param>
    /// <param name="unixMs">Milliseconds since 1970-01-01 UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMs)
    {
        unixMs = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-')
            return false;
        int year = Digits(text[..4]), month = Digits(text.Slice(5, 2)), day = Digits(text.Slice(8, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        long ms = new DateTime(year, month, day).Ticks / TimeSpan.TicksPerMillisecond - UnixEpochMs;
        ReadOnlySpan<byte> rest = text[10..];
        if (rest.Length > 0)
        {
            if (rest[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || !TryClock(ref rest, out long clock) || !TryZone(rest, out long zone))
                return false;
            ms += clock - zone;
        }
        unixMs = ms;
        return true;
    }

    // « HH:mm», «:ss» and «.fff»; what follows is left in the text.
    private static bool TryClock(ref ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.Length < 6 || text[3] != ':')
            return false;
        int hour = Digits(text.Slice(1, 2)), minute = Digits(text.Slice(4, 2));
        text = text[6..];
        if (hour is < 0 or > 23 || minute is < 0 or > 59)
            return false;
        ms = (hour * 60L + minute) * 60_000;
        if (text.Length == 0 || text[0] != ':')
            return true;
        int second = text.Length >= 3 ? Digits(text.Slice(1, 2)) : -1;
        if (second is < 0 or > 59)
            return false;
        ms += second * 1000;
        text = text[3..];
        if (text.Length == 0 || text[0] is not ((byte)'.' or (byte)','))
            return true;
        int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length - 1 : digits;
        if (digits is 0 or > 9)
            return false;
        for (int i = 0, unit = 100; i < Math.Min(digits, 3); i++, unit /= 10)
            ms += (text[1 + i] - '0') * unit;
        text = text[(1 + digits)..];
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.Length == 0 || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
            return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6) || (text.Length == 6 && text[3] != ':'))
            return false;
        int hours = Digits(text.Slice(1, 2)), minutes = text.Length == 3 ? 0 : Digits(text[^2..]);
        if (hours is < 0 or > 18 || minutes is < 0 or > 59)
            return false;
        ms = (hours * 60L + minutes) * 60_000 * (text[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>The number, or -1 where a byte is no digit.</summary>
    private static int Digits(ReadOnlySpan<byte> text)
    {
        int value = 0;
        foreach (byte b in text)
        {
            if ((uint)(b - '0') > 9)
                return -1;
            value = value * 10 + (b - '0');
        }
        return value;
    }
}
