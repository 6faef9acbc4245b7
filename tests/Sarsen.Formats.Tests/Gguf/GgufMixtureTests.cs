using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats.Tests.Gguf;

public sealed class GgufMixtureTests
{
    private const int Layers = 32;

    // Of 32 layers, those that llama.cpp gives six bits in Q4_K_M: the first and last eighth, and every third between.
    private static readonly int[] s_better = [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31];

    [Theory]
    [InlineData("Q4_K_M", "Q4_K", "Q6_K")]
    [InlineData("q5_k_m", "Q5_K", "Q6_K")]
    public void The_medium_mixtures_give_some_layers_more(string name, string most, string better)
    {
        Dictionary<string, string> types = Apply(name, width: 512, tied: false);
        for (int layer = 0; layer < Layers; layer++)
        {
            string expected = s_better.Contains(layer) ? better : most;
            (types[$"blk.{layer}.attn_v.weight"], types[$"blk.{layer}.ffn_down.weight"]).ShouldBe((expected, expected));
            (types[$"blk.{layer}.attn_q.weight"], types[$"blk.{layer}.ffn_up.weight"], types[$"blk.{layer}.attn_norm.weight"]).ShouldBe((most, most, "F32"));
        }
        (types["output.weight"], types["token_embd.weight"]).ShouldBe(("Q6_K", most));
    }

    [Fact]
    public void The_small_mixture_gives_the_first_layers_more()
    {
        Dictionary<string, string> types = Apply("Q4_K_S", width: 512, tied: false);
        for (int layer = 0; layer < Layers; layer++)
            (types[$"blk.{layer}.attn_v.weight"], types[$"blk.{layer}.ffn_down.weight"]).ShouldBe(layer < 4 ? ("Q5_K", "Q5_K") : ("Q4_K", "Q4_K"));
        Apply("Q5_K_S", width: 512, tied: false).Where(t => t.Key != "output.weight" && !t.Key.Contains("norm")).ShouldAllBe(t => t.Value == "Q5_K");
    }

    [Fact]
    public void Token_vectors_that_are_the_output_too_are_stored_as_it()
    {
        Apply("Q4_0", width: 512, tied: true)["token_embd.weight"].ShouldBe("Q6_K");
        Apply("Q8_0", width: 512, tied: true)["token_embd.weight"].ShouldBe("Q8_0");
        Apply("F16", width: 512, tied: true)["token_embd.weight"].ShouldBe("F16");
    }

    [Theory]
    [InlineData(96, "Q5_0", "Q8_0")]
    [InlineData(40, "F16", "F16")]
    public void Rows_that_are_no_whole_blocks_get_another_type_and_it_is_said(int width, string most, string output)
    {
        Dictionary<string, string> types = Apply("Q4_K_M", width, tied: false, out IReadOnlyList<string> notes);
        (types["blk.5.attn_q.weight"], types["output.weight"]).ShouldBe((most, output));
        notes.ShouldContain(note => note.StartsWith($"'blk.5.attn_q.weight' gets {most}: its rows of {width} are no whole blocks of 256"));
    }

    [Fact]
    public void A_type_that_is_not_there_is_refused_with_the_nearest() =>
        Should.Throw<ArgumentException>(() => GgufMixture.Find("Q4_KM")).Message.ShouldContain("did you mean 'Q4_K");

    private static Dictionary<string, string> Apply(string name, int width, bool tied) => Apply(name, width, tied, out _);

    private static Dictionary<string, string> Apply(string name, int width, bool tied, out IReadOnlyList<string> notes)
    {
        BlockType single = BlockTypes.Find("F32");
        var tensors = new List<GgufTensorSpec> { new("token_embd.weight", single, new Shape(10, width)) };
        if (!tied)
            tensors.Add(new("output.weight", single, new Shape(10, width)));
        // Out of order, as files may have them.
        for (int layer = Layers - 1; layer >= 0; layer--)
        {
            tensors.AddRange(new[] { "attn_q", "attn_v", "ffn_down", "ffn_up" }.Select(part => new GgufTensorSpec($"blk.{layer}.{part}.weight", single, new Shape(10, width))));
            tensors.Add(new($"blk.{layer}.attn_norm.weight", single, new Shape(width)));
        }
        var metadata = new Dictionary<string, GgufValue> { ["general.architecture"] = "llama", ["llama.block_count"] = Layers };
        return GgufMixture.Find(name).Apply(tensors, metadata, out notes).ToDictionary(t => t.Name, t => t.Type.Name);
    }
}
