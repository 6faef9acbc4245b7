using Sarsen.Formats;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class TokenizerFileTests
{
    [DataFact("models/tinystories-656k", TestTokenizers.Vectors)]
    public void Files_are_known_by_their_names()
    {
        string folder = Directory.CreateTempSubdirectory("sarsen-tokenizer-").FullName;
        try
        {
            Should.Throw<FileNotFoundException>(() => TokenizerFile.Open(folder));
            File.WriteAllBytes(Path.Combine(folder, "r50k_base.tiktoken"), TestTokenizers.TiktokenBytes("r50k_base"));
            File.WriteAllBytes(Path.Combine(folder, "r51k.tiktoken"), []);
            TokenizerFile.Open(Path.Combine(folder, "r50k_base.tiktoken")).VocabularySize.ShouldBe(50257);
            Should.Throw<ModelFormatException>(() => TokenizerFile.Open(Path.Combine(folder, "r51k.tiktoken"))).Message.ShouldContain("r50k_base");
            Should.Throw<ModelFormatException>(() => TokenizerFile.Open(Path.Combine(folder, "x.txt")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        TokenizerFile.Open(TestData.PathOf("models/tinystories-656k")).VocabularySize.ShouldBe(2048);
        TokenizerFile.Open(TestData.PathOf(TestTokenizers.Vectors + "/sentencepiece/test_model.model")).VocabularySize.ShouldBe(1000);
    }
}
