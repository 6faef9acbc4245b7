namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>When <see cref="Metaspace"/> puts its mark before a piece. The names are those of tokenizer.json.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}
