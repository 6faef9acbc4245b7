using Sarsen.Tensors;
using Sarsen.Text.Sampling;

namespace Sarsen.Text.Tests.Sampling;

public class SamplerTests
{
    private const int Draws = 6_000;

    private static readonly float[] s_logits = [1, 3, 2, 2, -1, 0.5f];

    private static double[] Probabilities(float[] logits, double temperature = 1)
    {
        double[] weights = [.. logits.Select(l => Math.Exp((l - logits.Max()) / temperature))];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>How often each token comes: the first token of samplers with different seeds.</summary>
    private static double[] Frequencies(SamplingOptions options, float[] logits, ulong[]? allowed = null)
    {
        double[] counts = new double[logits.Length];
        for (ulong seed = 0; seed < Draws; seed++)
            counts[new Sampler(options with { Seed = seed }, logits.Length).Next([.. logits], allowed)]++;
        return [.. counts.Select(c => c / Draws)];
    }

    private static void Near(double[] actual, double[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], 5 * Math.Sqrt(expected[i] * (1 - expected[i]) / Draws) + 1e-9, $"token {i}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Tokens_come_as_often_as_their_probability_says(double temperature) =>
        Near(Frequencies(new SamplingOptions { Temperature = temperature }, s_logits), Probabilities(s_logits, temperature));

    [Fact]
    public void Temperature_zero_takes_the_likeliest_and_of_equals_the_first()
    {
        var options = new SamplingOptions { Temperature = 0, TopP = 0.1, Seed = 3 };
        new Sampler(options, 6).Next([.. s_logits]).ShouldBe(1);
        new Sampler(options, 4).Next([0f, 2, 2, 1]).ShouldBe(1);
    }

    /// <summary>What remains keeps its proportions.</summary>
    private static void Keeps(SamplingOptions options, params int[] tokens)
    {
        double[] all = Probabilities(s_logits), kept = [.. all.Select((p, i) => tokens.Contains(i) ? p : 0)];
        Near(Frequencies(options, s_logits), [.. kept.Select(p => p / kept.Sum())]);
    }

    // Probabilities: 0.069, 0.507, 0.187, 0.187, 0.009, 0.042; the likeliest first: 1, 2, 3, 0, 5, 4.

    [Fact]
    public void Top_k_keeps_so_many_and_of_equals_the_first() => Keeps(new SamplingOptions { TopK = 2 }, 1, 2);

    [Fact]
    public void Top_p_keeps_what_reaches_it()
    {
        Keeps(new SamplingOptions { TopP = 0.5 }, 1);
        Keeps(new SamplingOptions { TopP = 0.69 }, 1, 2);
        Keeps(new SamplingOptions { TopP = 0.88 }, 1, 2, 3);
        Keeps(new SamplingOptions { TopP = 1e-9 }, 1);
    }

    [Fact]
    public void Min_p_keeps_a_share_of_the_likeliest() => Keeps(new SamplingOptions { MinP = 0.3 }, 1, 2, 3);

    [Fact]
    public void One_limit_follows_the_other()
    {
        // Of the three likeliest 0.576, 0.212, 0.212: two reach 0.78.
        Keeps(new SamplingOptions { TopK = 3, TopP = 0.78 }, 1, 2);
        Keeps(new SamplingOptions { TopK = 4, MinP = 0.3 }, 1, 2, 3);
    }

    [Fact]
    public void Typical_keeps_what_is_as_surprising_as_the_whole()
    {
        double[] p = Probabilities(s_logits);
        double entropy = -p.Sum(x => x * Math.Log(x));
        int[] order = [.. Enumerable.Range(0, p.Length).OrderBy(i => Math.Abs(-Math.Log(p[i]) - entropy)).ThenBy(i => i)];
        double sum = 0;
        int[] kept = [.. order.TakeWhile(i =>
        {
            bool before = sum < 0.5;
            sum += p[i];
            return before;
        })];
        kept.ShouldNotContain(4);
        Keeps(new SamplingOptions { TypicalP = 0.5 }, kept);
    }

    [Fact]
    public void A_grammar_leaves_only_what_it_allows()
    {
        double[] all = Probabilities(s_logits);
        Near(Frequencies(new SamplingOptions(), s_logits, [0b100101]), [all[0] / (all[0] + all[2] + all[5]), 0, all[2] / (all[0] + all[2] + all[5]), 0, 0, all[5] / (all[0] + all[2] + all[5])]);
        Should.Throw<ArgumentException>(() => new Sampler(new SamplingOptions(), 6).Next([.. s_logits], [0UL])).Message.ShouldContain("no token is allowed");
    }

    [Fact]
    public void Penalties_count_the_answer_and_the_repetition_penalty_the_prompt_as_well()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0, FrequencyPenalty = 0.4, PresencePenalty = 0.25 }, 3);
        sampler.Prompt([0, 1, 2]);
        float[] logits = [2, 1.5f, 0];
        int[] tokens = [.. Enumerable.Range(0, 5).Select(_ => sampler.Next([.. logits]))];
        // 2 | 1.35 1.5 | 1.35 0.85 | 0.95 0.85 | 0.55 0.85.
        tokens.ShouldBe([0, 1, 0, 0, 1]);
        sampler.Answered.ShouldBe(5);

        var repeated = new Sampler(new SamplingOptions { Temperature = 0, RepetitionPenalty = 2 }, 3);
        repeated.Prompt([0]);
        float[] row = [3, 2, -1];
        repeated.Next(row).ShouldBe(1);
        row.ShouldBe([1.5f, 2, -1]);
        row = [-3, 2, -1];
        repeated.Next(row).ShouldBe(1);
        row.ShouldBe([-6, 1, -1]);
    }

    [Fact]
    public void Biases_are_added() =>
        new Sampler(new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, double> { [4] = 100, [1] = -100 } }, 6).Next([.. s_logits]).ShouldBe(4);

    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_one_others()
    {
        int[] Run(ulong seed)
        {
            var sampler = new Sampler(new SamplingOptions { Seed = seed, TopP = 0.99, TopK = 50 }, 1000);
            var rng = new Rng(1, "logits");
            return [.. Enumerable.Range(0, 40).Select(step => sampler.Next([.. Enumerable.Range(0, 1000).Select(i => (float)rng.Normal((1000 * step) + i))]))];
        }
        Run(7).ShouldBe(Run(7));
        Run(7).ShouldNotBe(Run(8));
    }

    /// <summary>Of a vocabulary as large as models have, against the plain definition: all sorted, summed and cut.</summary>
    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(50, 1)]
    [InlineData(300, 0.5)]
    [InlineData(0, 0.9999)]
    public void Limits_keep_what_sorting_everything_keeps(int topK, double topP)
    {
        const int Vocabulary = 20_000;
        var rng = new Rng(3, "logits");
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(i => (float)(3 * rng.Normal(i)))];
        double[] p = Probabilities(logits);
        int[] sorted = [.. Enumerable.Range(0, Vocabulary).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(topK > 0 ? topK : Vocabulary)];
        double all = sorted.Sum(i => p[i]), sum = 0;
        var kept = new HashSet<int>();
        foreach (int token in sorted)
        {
            kept.Add(token);
            sum += p[token];
            if (sum >= topP * all)
                break;
        }
        var seen = new HashSet<int>();
        var options = new SamplingOptions { TopK = topK, TopP = topP };
        for (ulong seed = 0; seed < 120; seed++)
            seen.Add(new Sampler(options with { Seed = seed }, Vocabulary).Next([.. logits]));
        seen.ShouldBeSubsetOf(kept);
        seen.Count.ShouldBeGreaterThan(Math.Min(kept.Count / 4, 40));
    }

    [Fact]
    public void Logarithms_of_probabilities_are_the_models_own()
    {
        double[] p = Probabilities(s_logits);
        for (int i = 0; i < p.Length; i++)
            Sampler.LogProbability(s_logits, i).ShouldBe(Math.Log(p[i]), 1e-9);
        var top = new TokenProbability[4];
        Sampler.Likeliest(s_logits, top);
        top.Select(t => t.Token).ShouldBe([1, 2, 3, 0]);
        top[0].LogProbability.ShouldBe(Math.Log(p[1]), 1e-9);
        Sampler.Likeliest(s_logits, []);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_its_range()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions { Temperature = -1 }, 6)).Message.ShouldContain("Temperature is from 0 to 100");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions { TopP = 0 }, 6)).Message.ShouldContain("above 0");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions { Temperature = double.NaN }, 6));
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions { LogitBias = new Dictionary<int, double> { [6] = 1 } }, 6)).Message.ShouldContain("from 0 to 5");
        Should.Throw<ArgumentException>(() => new Sampler(new SamplingOptions(), 6).Next([1, 2])).Message.ShouldContain("6 logits");
        Should.Throw<ArgumentException>(() => new Sampler(new SamplingOptions(), 2).Next([1, float.NaN])).Message.ShouldContain("token 1 is NaN");
    }

    [Fact]
    public void After_the_first_tokens_nothing_is_allocated()
    {
        var sampler = new Sampler(new SamplingOptions { TopK = 40, TopP = 0.9, MinP = 0.01, TypicalP = 0.95, FrequencyPenalty = 0.1, RepetitionPenalty = 1.1 }, 6);
        float[] logits = new float[6];
        void Step()
        {
            s_logits.CopyTo(logits, 0);
            sampler.Next(logits);
        }
        for (int i = 0; i < 100; i++)
            Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
