namespace Sarsen.Formats;

/// <summary>What came from a file is not what its format says. The message names file and place, what was found and what was expected.</summary>
public class ModelFormatException : FormatException
{
    // Names and texts of a hostile file may be as long as the file.
    private const int LongestMessage = 600;

    /// <param name="file">The file's path, or what the bytes are when they come from elsewhere.</param>
    /// <param name="offset">Bytes from the beginning, of the unpacked contents where the file is compressed.</param>
    /// <param name="message">What was found, what was expected, and where there is one the cure.</param>
    /// <param name="inner">What was thrown below.</param>
    public ModelFormatException(string file, long offset, string message, Exception? inner = null)
        : base(FormattableString.Invariant($"{file}, byte {offset}: {Clip(message)}"), inner)
    {
        File = file;
        Offset = offset;
    }

    public string File { get; }

    /// <summary>Where it was noticed, in bytes from the beginning.</summary>
    public long Offset { get; }

    private static string Clip(string message) => message.Length <= LongestMessage ? message : message[..LongestMessage] + "…";
}
