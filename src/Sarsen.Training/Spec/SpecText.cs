using System.Text;

namespace Sarsen.Training.Spec;

/// <summary>The text of a spec with the name it is called by in messages and the folder its paths are relative to.</summary>
public sealed class SpecText
{
    private string[]? _lines;

    /// <param name="name">What messages call it: the file's path as the user gave it.</param>
    /// <param name="text">The YAML.</param>
    /// <param name="folder">Where relative paths of the spec start; null leaves them as they are written.</param>
    public SpecText(string name, string text, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        Name = name;
        Text = text;
        Folder = folder;
    }

    public string Name { get; }

    public string Text { get; }

    public string? Folder { get; }

    /// <summary>Reads a UTF-8 file (a BOM is taken off).</summary>
    /// <exception cref="SpecException">The file is longer than the limit, or it is not UTF-8.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SpecText Read(string path, SpecLimits? limits = null)
    {
        int most = (limits ?? SpecLimits.Default).MaxCharacters;
        using FileStream file = File.OpenRead(path);
        long longest = 4L * most + 3;
        if (file.CanSeek && file.Length > longest)
            throw new SpecException([new SpecError(1, 1, "", $"the file has {file.Length} bytes, more than a spec of {most} characters can have") { Source = path }]);
        byte[] bytes = new byte[file.CanSeek ? file.Length : longest];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> utf8 = bytes.AsSpan(0, read);
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
            return new SpecText(path, text, Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (DecoderFallbackException e)
        {
            throw new SpecException([new SpecError(1, 1, "",
                $"the file is not UTF-8: the bytes at offset {e.Index} are no character; save it as UTF-8") { Source = path }]);
        }
    }

    internal int LineCount => Lines.Length;

    private string[] Lines => _lines ??= Text.ReplaceLineEndings("\n").Split('\n');

    /// <summary>Line <paramref name="line"/>, counted from 1, or "" past the end.</summary>
    internal string Line(int line) => line >= 1 && line <= Lines.Length ? Lines[line - 1] : "";
}
