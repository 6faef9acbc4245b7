using Sarsen.Serving.Language;

namespace Sarsen.Serving.Tests.Language;

public class StopTextsTests
{
    /// <summary>What comes out, piece by piece, and the rest.</summary>
    private static string[] Through(string[] stops, params string[] pieces)
    {
        var texts = new StopTexts(stops);
        return [.. pieces.Select(piece => texts.Add(piece)), texts.End()];
    }

    [Fact]
    public void Without_stop_texts_all_goes_through_at_once() => Through([], "a", "", "bc").ShouldBe(["a", "", "bc", ""]);

    [Fact]
    public void What_may_become_a_stop_text_is_held_back_until_it_is_clear()
    {
        Through(["END"], "one E", "N", "O ", "EN").ShouldBe(["one ", "", "ENO ", "", "EN"]);
        Through(["aab"], "aa", "a", "c").ShouldBe(["", "a", "aac", ""]);
    }

    [Fact]
    public void The_text_is_cut_before_the_first_stop_text()
    {
        var texts = new StopTexts(["\n\n", "User:"]);
        texts.Add("an answer\nUs").ShouldBe("an answer\n");
        texts.Found.ShouldBeFalse();
        texts.Add("er: more\n\n").ShouldBe("");
        texts.Found.ShouldBeTrue();
        texts.Add("ignored").ShouldBe("");
        texts.End().ShouldBe("");
        Through(["bc", "ab"], "xabc").ShouldBe(["x", ""]);
    }
}
