using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests.Layers;

public class Padding2dTests
{
    [Theory]
    [InlineData("valid", 0, 0, false)]
    [InlineData("same", 0, 0, true)]
    [InlineData("2", 2, 2, false)]
    [InlineData("1x3", 1, 3, false)]
    public void It_reads_what_it_writes(string text, int height, int width, bool same)
    {
        Padding2d padding = Padding2d.Parse(text, null);

        padding.ShouldBe(new Padding2d(height, width, same));
        padding.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("full")]
    [InlineData("-1")]
    [InlineData("1x2x3")]
    [InlineData("9999999999")]
    public void Other_words_are_refused(string text) => Padding2d.TryParse(text, null, out _).ShouldBeFalse();

    // Sizes as tf.keras.layers.Conv2D(padding="same") documents them: ⌈size / stride⌉.
    [Theory]
    [InlineData(8, 3, 1, 1, 8)]
    [InlineData(8, 3, 2, 1, 4)]
    [InlineData(7, 3, 2, 1, 4)]
    [InlineData(7, 4, 3, 1, 3)]
    [InlineData(9, 3, 1, 4, 9)]
    [InlineData(8, 1, 3, 1, 3)]
    public void Same_keeps_the_size_over_the_stride(int size, int kernel, int stride, int dilation, int expected)
    {
        Network network = Network.Build(new NetworkDefinition
        {
            InputShape = [2, size, size],
            Layers = [new Conv2dSpec { OutChannels = 3, KernelSize = [kernel], Stride = [stride], Dilation = [dilation], Padding = Padding2d.Parse("same", null) }],
        });

        network.OutputShape.ShouldBe(new Shape(3, expected, expected));
    }
}
