using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Reads the files of openai/tiktoken: a line is a token in base64, a space and its rank, which is its id. Pattern and
/// special tokens are not in the file; they are those of <see cref="TiktokenEncoding"/>.
/// </summary>
public static class TiktokenFile
{
    private const int MaxBytes = 64 << 20;

    /// <param name="bytes">The file.</param>
    /// <param name="encoding">Which encoding it is.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="ModelFormatException">The file is no such list, or a byte has no token.</exception>
    public static Tokenizer Read(ReadOnlySpan<byte> bytes, TiktokenEncoding encoding, string file)
    {
        if (bytes.Length > MaxBytes)
            throw new ModelFormatException(file, 0, $"the file has {bytes.Length} bytes, at most {MaxBytes} are read");
        List<(byte[] Bytes, int Id)> tokens = ReadTokens(bytes, file);
        int[] byteIds = new int[256];
        Array.Fill(byteIds, -1);
        foreach ((byte[] token, int id) in tokens.Where(t => t.Bytes.Length == 1))
            byteIds[token[0]] = id;
        int missing = Array.IndexOf(byteIds, -1);
        if (missing >= 0)
            throw new ModelFormatException(file, 0, $"the byte 0x{missing:X2} is no token, so not every text could be encoded: the file is cut off or damaged");
        IEnumerable<(string, long)> all = tokens.Select(t => (ByteAlphabet.Write(t.Bytes), (long)t.Id))
            .Concat(encoding.Special.Select(s => (s.Key, (long)s.Value)));
        var table = new TokenTable(TokenTable.TextsById(all, file),
            (_, text) => encoding.Special.ContainsKey(text) ? Encoding.UTF8.GetBytes(text) : ByteAlphabet.Read(text)!);
        return new PipelineTokenizer(new PipelineParts
        {
            Table = table,
            Model = new BytePairModel(new ByteSymbols(byteIds), MergeLists.FromRanks(tokens, file)),
            PreTokenizer = Patterns.Split(encoding.Pattern, SplitBehavior.Isolated, invert: false, file),
            Added = [.. encoding.Special.Select(s => new AddedToken(s.Value, s.Key, Special: true))],
        });
    }

    private static List<(byte[] Bytes, int Id)> ReadTokens(ReadOnlySpan<byte> bytes, string file)
    {
        var tokens = new List<(byte[], int)>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = bytes[at..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? bytes[at..] : bytes.Slice(at, length);
            if (!line.IsEmpty)
                tokens.Add(ReadLine(line, at, file));
            at += line.Length + 1;
        }
        return tokens;
    }

    private static (byte[], int) ReadLine(ReadOnlySpan<byte> line, int at, string file)
    {
        int space = line.IndexOf((byte)' ');
        byte[] token = new byte[line.Length];
        if (space <= 0 || Base64.DecodeFromUtf8(line[..space], token, out _, out int written) != System.Buffers.OperationStatus.Done
            || !int.TryParse(line[(space + 1)..].TrimEnd((byte)'\r'), NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= TokenTable.MaxSize)
            throw new ModelFormatException(file, at, $"a line must be a token in base64, a space and a rank below {TokenTable.MaxSize}");
        return (token[..written], id);
    }
}
