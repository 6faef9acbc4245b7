namespace Sarsen.Serving.Language;

/// <summary>Marks in a text that comes in pieces.</summary>
internal static class Marks
{
    /// <summary>The length of the longest end of a text that a mark begins with; less than the mark's.</summary>
    public static int BegunAtEnd(ReadOnlySpan<char> text, ReadOnlySpan<char> mark)
    {
        for (int length = Math.Min(mark.Length - 1, text.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(mark[..length]))
                return length;
        }
        return 0;
    }
}
