using Sarsen.Nn;
using Sarsen.Serving.Language;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Serving.Tests.Language;

/// <summary>What the ways to cache keys and values cost a trained model.</summary>
public class KvTypeTests
{
    [DataTheory(WideHeads.Folder)]
    [InlineData(KvType.F16, 0.01)]
    [InlineData(KvType.Q8_0, 0.15)]
    public void Logits_stay_near_those_of_exact_keys_and_values(KvType type, double most)
    {
        LoadedLanguageModel model = WideHeads.Load();
        long[] ids = [.. model.Encode("Once upon a time, there was a little girl named Lily. She liked to play with her dog in the park.").Select(t => (long)t)];
        float[] exact = Logits(model, KvType.F32, ids), rounded = Logits(model, type, ids);
        rounded.ShouldNotBe(exact);
        double off = exact.Zip(rounded).Max(pair => Math.Abs(pair.First - pair.Second));
        off.ShouldBeLessThan(most);
        for (int row = 0; row < ids.Length; row++)
            Likeliest(rounded, row).ShouldBe(Likeliest(exact, row), $"token {row}");

        int Likeliest(float[] logits, int row)
        {
            float[] own = logits[(row * model.Model.VocabSize)..((row + 1) * model.Model.VocabSize)];
            return Array.IndexOf(own, own.Max());
        }
    }

    [DataFact(WideHeads.Folder)]
    public void Wider_heads_change_nothing_but_the_cache()
    {
        LoadedLanguageModel narrow = LoadedLanguageModel.Open(TestData.PathOf(WideHeads.Folder)), wide = WideHeads.Load();
        long[] ids = [.. narrow.Encode("Once upon a time").Select(t => (long)t)];
        float[] expected = Logits(narrow, KvType.F32, ids), found = Logits(wide, KvType.F32, ids);
        for (int i = 0; i < expected.Length; i++)
            found[i].ShouldBe(expected[i], 1e-3f);
    }

    [Theory]
    [InlineData(KvType.F32, 4.0)]
    [InlineData(KvType.F16, 2.0)]
    [InlineData(KvType.Q8_0, 1.0625)]
    public void A_pool_takes_the_bytes_of_its_type(KvType type, double bytesAnElement)
    {
        var pool = new KvPool(new KvShape(3, 2, 64), type, 5);
        pool.Bytes.ShouldBe((long)(3 * 2 * 2 * 64 * 5 * KvPool.BlockPositions * bytesAnElement));
        pool.Release();
    }

    [Fact]
    public async Task Heads_that_are_no_whole_groups_are_refused_with_the_cure()
    {
        LoadedLanguageModel model = ScriptedModel.Load("heads of eight");
        var options = new LanguageEngineOptions { Workers = Workers.Serial, KvType = KvType.Q8_0 };
        Should.Throw<ModelLoadException>(() => new LanguageEngine(model, options)).Message.ShouldContain("heads of 8 are no multiple of that: cache them in f16");
        Should.Throw<ModelLoadException>(() => new TextGenerator(model, Workers.Serial, type: KvType.Q8_0)).Message.ShouldContain("32 elements of a head");
        await using var engine = new LanguageEngine(model, options with { KvType = KvType.F16 });
    }

    private static float[] Logits(LoadedLanguageModel model, KvType type, long[] ids)
    {
        var pool = new KvPool(model.Model.KvShape, type, KvPool.BlocksFor(ids.Length));
        using var sequence = new KvSequence(pool);
        sequence.Reserve(ids.Length);
        var batch = new TokenBatch(pool);
        batch.Add(ids, sequence.View, allLogits: true);
        using var arena = new Arena(Workers.Serial);
        using (arena.Begin(Mode.Inference))
            return model.Model.Call(batch).ToArray<float>();
    }
}
