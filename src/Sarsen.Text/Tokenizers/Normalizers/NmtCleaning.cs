namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Control characters go and odd spaces become spaces: the <c>Nmt</c> normalizer, after SentencePiece's nmt rules.</summary>
internal sealed class NmtCleaning : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        foreach (char c in buffer.Text)
        {
            if (c is (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F')
                continue;
            bool space = c is '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029'
                or '\u2581' or '\uFEFF' or '\uFFFD';
            buffer.Append(space ? ' ' : c);
        }
        buffer.Commit();
    }
}
