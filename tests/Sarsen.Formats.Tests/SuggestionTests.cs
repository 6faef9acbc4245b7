namespace Sarsen.Formats.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("adma", "adam", 1)]
    [InlineData("ca", "abc", 3)]
    public void Distance_counts_edits_and_swaps(string a, string b, int expected)
    {
        Suggestion.Distance(a, b).ShouldBe(expected);
        Suggestion.Distance(b, a).ShouldBe(expected);
    }

    [Theory]
    [InlineData("epoch", "epochs")]
    [InlineData("batchSize", "batch_size")]
    [InlineData("leraning_rate", "learning_rate")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_near(string word, string? expected) =>
        Suggestion.Nearest(word, ["epochs", "batch_size", "learning_rate"]).ShouldBe(expected);
}
