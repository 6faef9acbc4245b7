using Sarsen.Text.Vocabularies;

namespace Sarsen.Text.Tests.Vocabularies;

public class VocabularyTests
{
    [Theory]
    [InlineData("It's  a test_1, isn't it?", "It|s|a|test_1|isn|t|it")]
    [InlineData("Größe: 3½ naïve naı̈ve", "Größe|3|naïve|naı̈ve")]
    [InlineData("日本語 \U0001D49C\U0001F600x", "日本語|\U0001D49C|x")]
    [InlineData(" ...", "")]
    public void Words_are_runs_of_letters_marks_digits_and_underscores(string text, string words) =>
        Units(text, TextUnit.Word).ShouldBe(words.Split('|', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Characters_are_those_of_Unicode_and_lone_surrogates() =>
        Units("a\U0001F600\uD83Db", TextUnit.Character).ShouldBe(["a", "\U0001F600", "\uD83D", "b"]);

    [Fact]
    public void Tokens_are_numbered_by_frequency_then_by_text()
    {
        Vocabulary vocabulary = Built(TextUnit.Word, size: 5, minimum: 2, "b a b", "A c c d");
        vocabulary.Tokens.ShouldBe(["a", "b", "c"]); // d is rare
        vocabulary.Size.ShouldBe(5);
        Encode(vocabulary, "c D a", 5).ShouldBe([4, 1, 2]);
        Built(TextUnit.Word, size: 4, minimum: 1, "b a b", "A c c d").Tokens.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_long_text_gives_its_first_or_its_last_ids()
    {
        Vocabulary vocabulary = Built(TextUnit.Character, size: 100, minimum: 1, "abcdefg");
        Encode(vocabulary, "abcdefg", 3).ShouldBe([2, 3, 4]);
        Encode(vocabulary, "abcdefg", 3, last: true).ShouldBe([6, 7, 8]);
        Encode(vocabulary, "abcdef", 3, last: true).ShouldBe([5, 6, 7]);
        Encode(vocabulary, "ab", 3, last: true).ShouldBe([2, 3]);
        Encode(vocabulary, "", 3).ShouldBeEmpty();
        Encode(vocabulary, "abc", 0).ShouldBeEmpty();
    }

    [Fact]
    public void Bytes_need_no_tokens()
    {
        var vocabulary = new Vocabulary(TextUnit.Byte, lowercase: true, []);
        vocabulary.Size.ShouldBe(258);
        Encode(vocabulary, "Aé", 9).ShouldBe([2 + 'a', 2 + 0xC3, 2 + 0xA9]);
        Encode(vocabulary, "aéb", 3, last: true).ShouldBe([2 + 0xC3, 2 + 0xA9, 2 + 'b']);
        Should.Throw<ArgumentException>(() => new Vocabulary(TextUnit.Byte, true, ["a"]));
        Should.Throw<ArgumentException>(() => new Vocabulary(TextUnit.Word, true, ["a", "a"]));
    }

    private static Vocabulary Built(TextUnit unit, int size, int minimum, params string[] texts)
    {
        var builder = new VocabularyBuilder(unit, lowercase: true);
        foreach (string text in texts)
            builder.Add(text);
        return builder.Build(size, minimum);
    }

    private static long[] Encode(Vocabulary vocabulary, string text, int length, bool last = false)
    {
        long[] ids = new long[length];
        return ids[..vocabulary.Encode(text, ids, last)];
    }

    private static List<string> Units(string text, TextUnit unit)
    {
        var units = new List<string>();
        foreach (ReadOnlySpan<char> part in new TextUnits(text, unit))
            units.Add(part.ToString());
        return units;
    }
}
