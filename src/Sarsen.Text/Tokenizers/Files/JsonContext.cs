namespace Sarsen.Text.Tokenizers;

/// <summary>What the model of a tokenizer.json needs to know of the rest of the file.</summary>
/// <param name="Texts">The tokens of the model by id.</param>
/// <param name="Ids">Their ids.</param>
/// <param name="ByteLevel">Whether words become bytes.</param>
internal sealed record JsonContext(string?[] Texts, IReadOnlyDictionary<string, int> Ids, bool ByteLevel);
