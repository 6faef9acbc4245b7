using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>Opens the tokenizer that lies beside a model's weights, whatever kind of file it is.</summary>
public static class TokenizerFile
{
    /// <summary>Kinds of files by how their names end, one a line; of a folder the first that is there is read.</summary>
    private static readonly (string Ending, Func<byte[], string, Tokenizer> Read)[] Kinds =
    [
        ("tokenizer.json", (bytes, file) => TokenizerJson.Read(bytes, file)),
        ("tokenizer.model", (bytes, file) => SentencePieceFile.Read(bytes, file, addBeginning: true)),
        (".model", (bytes, file) => SentencePieceFile.Read(bytes, file)),
        (".json", (bytes, file) => TokenizerJson.Read(bytes, file)),
        (".tiktoken", ReadTiktoken),
    ];

    /// <param name="path">
    /// A file, or a folder with one that is named <c>tokenizer.json</c> or <c>tokenizer.model</c>. The latter does not say
    /// what stands around a text: as in Llama's, the token of the beginning does.
    /// </param>
    /// <exception cref="ModelFormatException">The file is damaged, or of a kind that is not known.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer Open(string path)
    {
        if (Directory.Exists(path))
        {
            path = Kinds.Select(k => Path.Combine(path, k.Ending)).FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException($"{path} has neither a tokenizer.json nor a tokenizer.model");
        }
        foreach ((string ending, Func<byte[], string, Tokenizer> read) in Kinds)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return read(File.ReadAllBytes(path), path);
        }
        throw new ModelFormatException(path, 0, $"a tokenizer's file ends in {string.Join(", ", Kinds.Select(k => k.Ending))}");
    }

    private static Tokenizer ReadTiktoken(byte[] bytes, string file) =>
        TiktokenEncoding.ByName.TryGetValue(Path.GetFileNameWithoutExtension(file), out TiktokenEncoding? encoding)
            ? TiktokenFile.Read(bytes, encoding, file)
            : throw new ModelFormatException(file, 0, $"the file's name says which encoding it is: {string.Join(", ", TiktokenEncoding.ByName.Keys)} are known");
}
