using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

public sealed class SpecLimitTests
{
    [Fact]
    public void Deep_nesting_is_refused() =>
        SampleRooms.Errors("a: " + new string('[', 100_000)).ShouldHaveSingleItem().Message.ShouldContain("nested deeper than 64 levels");

    [Fact]
    public void A_long_text_is_refused() =>
        SampleRooms.Errors("# " + new string('x', 1 << 20)).ShouldHaveSingleItem().Message.ShouldContain("more than 1048576 characters");

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 12; i++)
            yaml += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";

        SampleRooms.Errors(yaml).ShouldHaveSingleItem().Message.ShouldContain("an alias counts as all it stands for");
    }

    [Fact]
    public void An_alias_inside_its_own_anchor_is_refused() =>
        SampleRooms.Errors("a: &a [*a]").ShouldHaveSingleItem().Message.ShouldContain("refers to no anchor that ends before it");

    [Fact]
    public void Mutated_texts_end_with_typed_errors_only() => Fuzz(1_000);

    [Testing.SlowFact]
    public void Many_mutated_texts_end_with_typed_errors_only() => Fuzz(100_000);

    private static void Fuzz(int rounds)
    {
        const string alphabet = "{}[]:,-#&*!|>'\"%@`?\\ \t\n\0\ud800éx01e.~<=";
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            var text = new System.Text.StringBuilder(SampleRooms.Digits);
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0: text[at] = alphabet[random.Next(alphabet.Length)]; break;
                    case 1: text.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                    case 2: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                    default: text.Insert(at, SampleRooms.Digits.AsSpan(random.Next(400), random.Next(1, 100))); break;
                }
            }
            try
            {
                SampleRooms.Bind(text.ToString());
            }
            catch (SpecException e)
            {
                refused++;
                e.Errors.ShouldNotBeEmpty();
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e.GetType().Name}: {e.Message}\n{text}");
            }
        }
        refused.ShouldBeGreaterThan(rounds / 2);
    }
}
