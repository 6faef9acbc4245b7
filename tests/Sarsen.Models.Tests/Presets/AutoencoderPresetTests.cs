using Sarsen.Models.Presets;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests.Presets;

public class AutoencoderPresetTests
{
    public static TheoryData<PresetSpec, long[]> Samples => new()
    {
        { new AutoencoderPreset(), [30] },
        { new AutoencoderPreset { Hidden = [], Code = 3 }, [3, 5, 2] },
        { new ConvAutoencoderPreset(), [1, 28, 28] },
        { new ConvAutoencoderPreset { Filters = [4, 5, 6] }, [3, 31, 20] },
        { new ConvAutoencoderPreset { Filters = [2] }, [2, 1, 3] },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_gives_the_shape_it_is_given(PresetSpec preset, long[] sample)
    {
        Network network = Network.Build(new NetworkDefinition { InputShape = sample, Layers = preset.Layers(new Shape(sample), 0) });

        network.OutputShape.ShouldBe(new Shape(sample));
        network.Body.State().Select(s => s.Name.Split('.')[0]).Distinct().ShouldBe(["encoder", "decoder"]);
    }

    [Fact]
    public void Rows_are_no_pictures() =>
        Should.Throw<NetworkException>(() => new ConvAutoencoderPreset().Layers(new Shape(8), 0)).Message.ShouldContain("(C, H, W)");
}
