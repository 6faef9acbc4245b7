using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sarsen.Data.Encodings;

/// <summary>How the characters of a text file are written as bytes.</summary>
public enum TextEncoding
{
    [Description("By the byte order mark; without one UTF-16 where every other byte is zero, else UTF-8.")]
    Auto,

    [Description("UTF-8, with or without a byte order mark."), JsonStringEnumMemberName("utf-8")]
    Utf8,

    [Description("UTF-16, low byte first."), JsonStringEnumMemberName("utf-16le")]
    Utf16LittleEndian,

    [Description("UTF-16, high byte first."), JsonStringEnumMemberName("utf-16be")]
    Utf16BigEndian,

    [Description("GB18030, and with it GBK and GB2312."), JsonStringEnumMemberName("gb18030")]
    Gb18030,
}
